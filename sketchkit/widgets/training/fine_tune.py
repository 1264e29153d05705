"""A pad, a button to learn what was drawn on it, and the training to watch."""

from __future__ import annotations

import html
from itertools import count
from pathlib import Path
from typing import Any

import ipywidgets

from sketchkit.arguments import path_of
from sketchkit.sketch import Sketch
from sketchkit.training.fine_tune import FEWEST, teach
from sketchkit.training.run import Run
from sketchkit.widgets.pad import SketchPad
from sketchkit.widgets.training.monitor import TrainingMonitor

__all__ = ["Teach"]


class Teach(ipywidgets.VBox):
    """Draw a thing some 20 times, press Learn, and a model learns to draw it as you do.

    It learns in a process of its own, a few minutes; what the monitor shows below can be stopped at any time. Pressed
    again after more was drawn, it begins anew, beside the first.

    Parameters
    ----------
    model : str or Path
        What to begin with, by name or folder.
    name : str
        What the thing is called.
    run : str or Path
        The run directory; the second is this with `-2` after it, and so on.
    drawings : list of Sketch
        Those there are already.
    **options
        Of `sketchkit.teach`: `minutes`, `patience`, `seed`, hyperparameters.

    Attributes
    ----------
    pad : SketchPad
        `pad.drawings` are those kept.
    run : Run or None
        The training begun last; `run.model()` is what has learnt so far.

    Examples
    --------
    >>> teach = Teach("quickdraw", name="teapot")             # doctest: +SKIP
    >>> teach.run.model().generate(8, category="teapot")      # doctest: +SKIP
    """

    def __init__(
        self,
        model: str | Path = "quickdraw",
        *,
        name: str = "drawing",
        run: str | Path = "runs/taught",
        drawings: list[Sketch] | None = None,
        **options: Any,
    ) -> None:
        self.pad = SketchPad(collect=True, drawings=list(drawings or []))
        self.run: Run | None = None
        self._model, self._name, self._folder, self._options = str(model), str(name), path_of(run, "run"), options
        self._button = ipywidgets.Button(description="Learn", button_style="primary", icon="graduation-cap")
        self._word = ipywidgets.HTML()
        self._button.on_click(self._learn)
        self.pad.observe(self._count, "drawings")
        self._above = [self.pad, ipywidgets.HBox([self._button, self._word])]
        super().__init__(self._above)
        self._count()

    def _count(self, _: Any = None) -> None:
        kept = len(self.pad.drawings)
        self._button.disabled = kept < FEWEST
        self._word.value = f"{kept} drawings kept" + (f"; {FEWEST} are the fewest, 20 are better" if kept < 20 else "")

    def _learn(self, _: Any = None) -> None:
        folders = (self._folder.with_name(f"{self._folder.name}-{n}") if n > 1 else self._folder for n in count(1))
        folder = next(folder for folder in folders if not (folder / "run.json").exists())
        self._button.disabled, self._word.value = True, "begins to learn ..."
        try:
            self.run = teach(
                self._model, self.pad.drawings, folder, name=self._name, background=True, **self._options
            )  # fmt: skip
        except (ValueError, OSError) as error:
            self._word.value = html.escape(str(error))
            return
        finally:
            self._button.disabled = False
        self._word.value = f"learns in {folder}"
        self.children = [*self._above, TrainingMonitor(self.run)]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            data["text/html"] = self.pad.still()
        return bundle
