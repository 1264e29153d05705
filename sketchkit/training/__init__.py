"""Training: schedules, checkpoints, records and the trainer itself."""
