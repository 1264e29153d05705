"""Entry point of `python -m sketchkit`: runs the command line interface."""

from sketchkit.cli import main

main()
