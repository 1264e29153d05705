"""Training of models: trainer, run directories, checkpoints, metrics and fine-tuning."""
