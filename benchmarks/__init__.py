"""How fast sketchkit is, as ratios to what the same machine does in the same minute. `make bench` runs it all."""
