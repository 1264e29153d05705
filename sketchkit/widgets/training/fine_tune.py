"""Widget for fine-tuning: a pad, a button that starts training, and a monitor for each run."""

from __future__ import annotations

import html
import inspect
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import ipywidgets

from sketchkit.argument_errors import short_errors
from sketchkit.arguments import parse_path, parse_seed
from sketchkit.hparams import HParams
from sketchkit.loading import load
from sketchkit.sketch import Sketch
from sketchkit.suggest import did_you_mean
from sketchkit.training.fine_tune import MIN_DRAWINGS, fine_tune_settings, teach
from sketchkit.training.limits import Limits
from sketchkit.training.run import Run
from sketchkit.widgets.pad import SketchPad
from sketchkit.widgets.training.monitor import TrainingMonitor

__all__ = ["Teach"]

#: A folder with one of these files already belongs to a run.
_RUN_FILES = ("run.json", "drawings.npz")


class Teach(ipywidgets.VBox):
    """Draw a subject about 20 times and press Learn to fine-tune a model on your drawings.

    Training takes a few minutes, in a separate process. If you draw more and press Learn again, a second run starts.
    The widget shows all runs, the newest first, each with a monitor that can stop it. These include the runs that an
    earlier widget or kernel has started with the same argument `run`. A note shows the directory of the next run, and
    the line of code that loads the newest model.

    Parameters
    ----------
    model : str or Path
        Name or folder of the model to fine-tune.
    name : str
        Name of the subject, which becomes the category of the drawings.
    run : str or Path
        Directory of the first run; the second has the suffix `-2`, and so on.
    drawings : list of Sketch
        Initial drawings.
    **options
        Options of `sketchkit.teach`: `minutes`, `patience`, `seed`, hyperparameters.

    Raises
    ------
    TypeError
        If an option is neither an option of `sketchkit.teach` nor a hyperparameter.
    ValueError
        If an option is out of range.
    FileNotFoundError
        If the model does not exist.

    Attributes
    ----------
    pad : SketchPad
        The pad; `pad.drawings` are the kept drawings.
    runs : list of Run
        All runs, the newest last, including those that existed when the widget was created.
    run : Run or None
        The newest run; `run.model()` is the model trained so far.

    Examples
    --------
    >>> teach = Teach("quickdraw", name="teapot")             # doctest: +SKIP
    >>> teach.run.model().generate(8, category="teapot")      # doctest: +SKIP
    """

    @short_errors
    def __init__(
        self,
        model: str | Path = "quickdraw",
        *,
        name: str = "drawing",
        run: str | Path = "runs/taught",
        drawings: list[Sketch] | None = None,
        **options: Any,
    ) -> None:
        _check_options(str(model), options)
        self.pad = SketchPad(collect=True, drawings=list(drawings or []))
        self._model, self._name, self._folder, self._options = str(model), str(name), parse_path(run, "run"), options
        self.runs = self._existing_runs()
        self._trained_drawings: list[Sketch] = []
        self._lock = threading.Lock()  # clicks may arrive on another thread while a cell runs
        self._button = ipywidgets.Button(
            description="Learn",
            button_style="primary",
            icon="graduation-cap",
            tooltip="Fine-tune the model on the kept drawings",
        )
        self._message, self._note = ipywidgets.HTML(), ipywidgets.HTML()
        self._button.on_click(self._start_training)
        self.pad.observe(self._update_count, "drawings")
        self._controls = [self.pad, ipywidgets.HBox([self._button, self._message]), self._note]
        self._monitors = [self._monitor(existing) for existing in self.runs]
        super().__init__([*self._controls, *reversed(self._monitors)])
        self._update_count()
        self._update_note()

    @property
    def run(self) -> Run | None:
        """The newest run, or None if there is none."""
        return self.runs[-1] if self.runs else None

    def _folders(self) -> Iterator[Path]:
        """Yield the run directories of this widget in order."""
        yield self._folder
        for number in count(2):
            yield self._folder.with_name(f"{self._folder.name}-{number}")

    def _existing_runs(self) -> list[Run]:
        """Return the runs that already exist."""
        runs = []
        for folder in takewhile(Path.exists, self._folders()):
            with suppress(ValueError, OSError):  # the directory is damaged, or the run has not started
                runs.append(Run(folder))
        return runs

    def _next_folder(self) -> Path:
        """Return the directory of the next run.

        A directory with drawings but without `run.json` belongs to a run that could not start. Its drawings are kept.
        """
        return next(folder for folder in self._folders() if not any((folder / name).exists() for name in _RUN_FILES))

    def _update_note(self) -> None:
        """Show the line of code that loads the newest model and the directory of the next run, once there is a run."""
        if self.run is None:
            return
        line = f"sketchkit.load({self.run.folder.as_posix()!r})"
        text = f"Load the model of the newest run: <code>{html.escape(line)}</code><br>"
        self._note.value = f"{text}Learn starts another run in <code>{html.escape(str(self._next_folder()))}</code>."

    def _monitor(self, run: Run) -> ipywidgets.Widget:
        try:
            monitor = TrainingMonitor(run)
            monitor.observe(self._update_button, "_standing")
            return monitor
        except (ValueError, OSError) as error:  # the directory has been removed or damaged
            return ipywidgets.HTML(f"<code>{html.escape(str(run.folder))}</code> {html.escape(str(error))}")

    def _update_count(self, _: Any = None) -> None:
        kept = len(self.pad.drawings)
        self._update_button()
        self._message.value = f"{kept} drawings kept" + (
            f" (at least {MIN_DRAWINGS} needed, 20 or more recommended)" if kept < 20 else ""
        )

    def _update_button(self, _: Any = None) -> None:
        """Enable the button if there are enough drawings, and no run is training on the same drawings."""
        drawings = list(self.pad.drawings)
        self._button.disabled = len(drawings) < MIN_DRAWINGS or self._is_training_on(drawings)

    def _is_training_on(self, drawings: list[Sketch]) -> bool:
        return self.run is not None and drawings == self._trained_drawings and self.run.status.is_active

    def _start_training(self, _: Any = None) -> None:
        with self._lock:
            drawings = list(self.pad.drawings)
            if self._is_training_on(drawings):
                self._message.value = f"{html.escape(str(self.runs[-1].folder))} is already training on these drawings"
                return
            folder = self._next_folder()
            self._button.disabled, self._message.value = True, "Starting training…"
            try:
                run = teach(self._model, drawings, folder, name=self._name, background=True, **self._options)
            except (ValueError, OSError) as error:
                self._message.value = html.escape(str(error))
                self._button.disabled = False
                return
            self._trained_drawings = drawings
            self.runs.append(run)
            self._monitors.append(self._monitor(run))
            self._message.value = f"Training in {html.escape(str(folder))}"
            self._update_button()
            self._update_note()
            self.children = [*self._controls, *reversed(self._monitors)]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            data["text/html"] = self.pad.still()
        return bundle


def _check_options(model: str, options: Mapping[str, Any]) -> None:
    """Raise the errors that `teach` would raise for the model and the options, before anything is drawn.

    Raises
    ------
    TypeError
        If an option is neither an option of `teach` nor a hyperparameter.
    ValueError
        If an option is out of range.
    FileNotFoundError
        If the model does not exist.
    """
    passed = ("model", "sketches", "background", "changes")  # by the widget itself
    own = ["name", "run", "drawings", *(name for name in inspect.signature(teach).parameters if name not in passed)]
    known = [*own, *HParams().as_dict()]
    for name in options:
        if name not in known:
            listed = f"expected a hyperparameter or one of {', '.join(dict.fromkeys(own))}"
            raise TypeError(f"Teach() has no argument {name!r}; {did_you_mean(name, known, listed)}")
    changes = {name: value for name, value in options.items() if name not in own}
    fine_tune_settings(load(model), options.get("hparams"), changes)
    Limits(1, options.get("minutes"), options.get("patience"))
    parse_seed(options.get("seed"))
