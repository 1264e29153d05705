"""Widgets in pages without a kernel: HTML pages, executed notebooks, Sphinx documents."""
