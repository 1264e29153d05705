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
    earlier widget or kernel has started with the same argument `run`. A note shows the line of code that loads the
    newest model, and the directory of the next run.

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
        subject = "one subject" if name == "drawing" else f"“{name}”"
        task = f"Draw {subject} 20 to 50 times, and press Keep after each drawing. Then press Learn."
        self.pad = SketchPad(collect=True, drawings=list(drawings or []), task=task)
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
        """Once there is a model, show the line of code that loads it, and the directory of the next run."""
        trained = [run for run in self.runs if _has_learned(run)]
        if not trained:
            return
        line = f"sketchkit.load({trained[-1].folder.as_posix()!r})"
        text = f"Load the newest model: <code>{html.escape(line)}</code>"
        if not self._button.disabled:
            text += f"<br>Learn starts another run in <code>{html.escape(str(self._next_folder()))}</code>."
        self._note.value = text

    def _monitor(self, run: Run) -> ipywidgets.Widget:
        try:
            monitor = TrainingMonitor(run)
            monitor.observe(self._show_standing, "_standing")
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
        self._update_note()

    def _show_standing(self, change: Any) -> None:
        """Show that the newest run has ended or paused, if its state has changed."""
        states = [standing.get("state") for standing in (change["old"], change["new"])]
        if self.run is not None and change["owner"].run.folder == self.run.folder and states[0] != states[1]:
            self._message.value = _state_text(self.run)
        self._update_button()

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
            self._message.value = _state_text(run)
            self._update_button()
            self.children = [*self._controls, *reversed(self._monitors)]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            data["text/html"] = self.pad.still()
        return bundle


def _has_learned(run: Run) -> bool:
    """Return whether a run has a model that is better than the base model, or has ended with a model."""
    is_better = bool(run.best and run.best["step"])
    return run.model_folder.is_dir() and (is_better or not run.status.is_active)


def _state_text(run: Run) -> str:
    """Return the state of a run as HTML, such as "Training in runs/teapot: running"."""
    return f"Training in {html.escape(str(run.folder))}: {run.status.state}"


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
