"""Parameter sweeps over a notebook: search spaces, trials and comparison of runs."""
