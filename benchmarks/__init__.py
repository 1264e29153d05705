"""Benchmarks of sketchkit. Most times are also given relative to a reference on the same machine. See `make bench`."""
