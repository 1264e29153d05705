"""The Sphinx extension `sketchkit.sphinx`; see `sketchkit.widgets.export.sphinx`."""

from sketchkit.widgets.export.sphinx import setup

__all__ = ["setup"]
