"""Many training runs from one notebook: search spaces, trials, comparison."""
