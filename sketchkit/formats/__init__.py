"""Readers and writers of drawing file formats, one module for each format."""
