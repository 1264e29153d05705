"""Widgets in pages without a kernel: HTML pages and executed notebooks."""
