"""A pad, a button to learn what was drawn on it, and the training to watch."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, takewhile
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

#: Files of a run directory that is in use.
_TAKEN = ("run.json", "drawings.npz")


class Teach(ipywidgets.VBox):
    """Draw a thing some 20 times, press Learn, and a model learns to draw it as you do.

    The training runs in a process of its own for a few minutes. Press Learn again after drawing more, and another run
    starts next to the first. All runs are shown, the newest first, each with its monitor, which can stop it. So are
    those that an earlier widget or kernel has started in the same place.

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
    runs : list of Run
        All runs, the newest last. Those found in the run directory when the widget was made come first.
    run : Run or None
        The newest of them; `run.model()` is what has learnt so far.

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
        self._model, self._name, self._folder, self._options = str(model), str(name), path_of(run, "run"), options
        self.runs = self._found()
        self._learnt: list[Sketch] = []
        self._lock = threading.Lock()  # clicks may come on another thread while a cell runs
        self._button = ipywidgets.Button(description="Learn", button_style="primary", icon="graduation-cap")
        self._word = ipywidgets.HTML()
        self._button.on_click(self._learn)
        self.pad.observe(self._count, "drawings")
        self._above = [self.pad, ipywidgets.HBox([self._button, self._word])]
        self._monitors = [self._shown(each) for each in self.runs]
        super().__init__([*self._above, *reversed(self._monitors)])
        self._count()

    @property
    def run(self) -> Run | None:
        """The newest run, None before the first."""
        return self.runs[-1] if self.runs else None

    def _folders(self) -> Iterator[Path]:
        """Yield the run directories of this widget: the first, the second, and so on."""
        yield self._folder
        for number in count(2):
            yield self._folder.with_name(f"{self._folder.name}-{number}")

    def _found(self) -> list[Run]:
        """Return the runs that are there already."""
        found = []
        for folder in takewhile(Path.exists, self._folders()):
            with suppress(ValueError, OSError):  # damaged, or never begun
                found.append(Run(folder))
        return found

    def _shown(self, run: Run) -> ipywidgets.Widget:
        title = ipywidgets.HTML(f"<code>{html.escape(str(run.folder))}</code>")
        try:
            return ipywidgets.VBox([title, TrainingMonitor(run)])
        except (ValueError, OSError) as error:  # removed or damaged since
            return ipywidgets.VBox([title, ipywidgets.HTML(html.escape(str(error)))])

    def _count(self, _: Any = None) -> None:
        kept = len(self.pad.drawings)
        self._button.disabled = kept < FEWEST
        self._word.value = f"{kept} drawings kept" + (
            f" (at least {FEWEST} needed, 20 or more recommended)" if kept < 20 else ""
        )

    def _learn(self, _: Any = None) -> None:
        with self._lock:
            drawings = list(self.pad.drawings)
            active = self.run is not None and self.run.state.goes_on
            if active and drawings == self._learnt:
                self._word.value = f"{html.escape(str(self.runs[-1].folder))} is training on these drawings already"
                return
            # A directory with drawings but no run belongs to one that could not start; its drawings are kept.
            folder = next(
                folder for folder in self._folders() if not any((folder / name).exists() for name in _TAKEN)
            )  # fmt: skip
            self._button.disabled, self._word.value = True, "Starting training ..."
            try:
                run = teach(self._model, drawings, folder, name=self._name, background=True, **self._options)
            except (ValueError, OSError) as error:
                self._word.value = html.escape(str(error))
                return
            finally:
                self._button.disabled = False
            self._learnt = drawings
            self.runs.append(run)
            self._monitors.append(self._shown(run))
            self._word.value = f"Training in {html.escape(str(folder))}"
            self.children = [*self._above, *reversed(self._monitors)]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            data["text/html"] = self.pad.still()
        return bundle
