"""Files on this machine: atomic writes, the cache folder, downloads."""
