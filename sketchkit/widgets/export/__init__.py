"""Export of widgets to pages without a kernel: HTML pages and executed notebooks."""
