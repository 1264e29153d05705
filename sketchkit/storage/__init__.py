"""Local files: atomic writes, the cache folder, downloads."""
