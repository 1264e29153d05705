"""`python -m sketchkit` is the command line."""

from sketchkit.cli import main

main()
