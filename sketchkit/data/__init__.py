"""Data sets: reading, building and drawing them."""
