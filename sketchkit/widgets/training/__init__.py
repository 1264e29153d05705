"""Widgets that train a model or show a training run."""
