"""The widgets that train a model or follow a training run."""
