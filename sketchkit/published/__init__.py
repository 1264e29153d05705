"""Catalog and archive of published models and datasets."""
