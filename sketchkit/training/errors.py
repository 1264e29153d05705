"""Exceptions raised by training."""

__all__ = ["TrainingDivergedError", "WorkerLostError"]


class TrainingDivergedError(RuntimeError):
    """Loss or gradients became non-finite, and a rollback did not help or was impossible.

    Earlier checkpoints are kept.
    """


class WorkerLostError(RuntimeError):
    """Another worker failed or cannot be reached. The checkpoints are kept."""
