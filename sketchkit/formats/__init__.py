"""Doors: drawings in files, in and out, one format a module."""
