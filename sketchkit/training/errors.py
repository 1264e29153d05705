"""What can end a run."""

__all__ = ["TrainingDivergedError"]


class TrainingDivergedError(RuntimeError):
    """Loss or gradients stopped being finite twice; the checkpoints before that are kept."""
