"""Models by name or path; those that come with sketchkit."""

from __future__ import annotations

import difflib
from pathlib import Path

from sketchkit.model.sketch_rnn import SketchRNN

__all__ = ["load", "models"]


def models() -> list[str]:
    """Return the names of the models that come with sketchkit."""
    return sorted(folder.name for folder in _shelf().glob("*") if (folder / "config.json").is_file())


def load(name: str | Path) -> SketchRNN:
    """Load a model by name or from its folder. TensorFlow is imported when it first runs.

    Parameters
    ----------
    name : str or Path
        A bundled model (see `models`), a model folder, or a training run's directory.

    Raises
    ------
    FileNotFoundError
        If there is none; names that are near are suggested.
    ValueError
        If the folder is damaged.
    """
    path = Path(name).expanduser()
    if str(name) in models():
        return SketchRNN.open(_shelf() / str(name))
    if (path / "run.json").is_file():
        if not (path / "model").is_dir():
            raise FileNotFoundError(f"{path}: this training run has not validated yet, so it has no model")
        return SketchRNN.open(path / "model")
    if path.is_dir():
        return SketchRNN.open(path)
    near = difflib.get_close_matches(str(name), models(), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"bundled models are {', '.join(models()) or 'none'}"
    raise FileNotFoundError(f"{name}: no model folder and no known model; {hint}")


def _shelf() -> Path:
    """Return the folder of the bundled models: in the package when installed, beside it in a checkout."""
    installed = Path(__file__).parent / "bundled"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "pretrained"
