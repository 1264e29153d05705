"""What can end a run."""

__all__ = ["TrainingDivergedError", "WorkerLostError"]


class TrainingDivergedError(RuntimeError):
    """Loss or gradients stopped being finite twice; the checkpoints before that are kept."""


class WorkerLostError(RuntimeError):
    """A process of those that train together failed or does not answer; the checkpoints are kept."""
