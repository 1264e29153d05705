"""A run, watched: curves, samples, how long it will take, and a hand on it."""

from __future__ import annotations

import threading
import weakref
from html import escape
from pathlib import Path
from typing import Any

import traitlets

from sketchkit.training.metrics import NewRecords
from sketchkit.training.run import Run
from sketchkit.widgets.base import SketchWidget

__all__ = ["TrainingMonitor"]

#: Points of a curve that the page is told.
MOST_POINTS = 300
#: A sheet of samples is not shown if it is larger than this, in bytes.
LARGEST = 5_000_000
#: Curves by name: the kinds of records and the figure in them.
_CURVES = {
    "recon": ("train", "recon"), "kl": ("train", "kl"), "rate": ("train", "learning_rate"),
    "valid_recon": ("valid", "recon"), "valid_kl": ("valid", "kl"),
}  # fmt: skip
_WISHES = ("pause", "resume", "checkpoint", "stop")


class TrainingMonitor(SketchWidget):
    """A run as it goes: loss, KL and learning rate, the sheets of samples, steps per second and time left.

    It reads what the run directory says, so the run may be in this kernel, in another process, or over. A thread looks
    every so often and reads what is new; while a cell trains in this very kernel, buttons are heard when that ends.

    Parameters
    ----------
    run : str, Path or Run
        The run directory.
    every : float
        Seconds from one look to the next, at least 0.1.

    Raises
    ------
    FileNotFoundError, ValueError
        If it is not a run directory.

    Examples
    --------
    >>> run = sketchkit.train("doodles", "runs/doodles", background=True)   # doctest: +SKIP
    >>> TrainingMonitor(run)                                                # doctest: +SKIP
    """

    _view = traitlets.Unicode("monitor").tag(sync=True)
    _standing = traitlets.Dict().tag(sync=True)
    _curves = traitlets.Dict().tag(sync=True)
    _sheets = traitlets.List(traitlets.Int()).tag(sync=True)
    every = traitlets.Float(2.0, min=0.1, help="Seconds from one look to the next.")

    def __init__(self, run: str | Path | Run, **arguments: Any) -> None:
        self.run = run if isinstance(run, Run) else Run(run)
        self._new = NewRecords(self.run.folder / "metrics.jsonl")
        self._points: dict[str, list[list[float]]] = {name: [[], []] for name in _CURVES}
        self._best: dict[str, Any] = {}
        self._step, self._pace = 0, 0.0
        self._looking = threading.Lock()
        super().__init__(**arguments)
        self.on_msg(self._hear)
        self.look()
        threading.Thread(target=_watch, args=(weakref.ref(self), threading.Event()), daemon=True).start()

    def look(self) -> None:
        """Read what is new in the run directory, and show it."""
        with self._looking:
            again, records = self._new.read()
            if again:
                self._points = {name: [[], []] for name in _CURVES}
                self._best, self._step = {}, 0
            for record in records:
                self._take(record)
            sheets = [step for path in self.run.samples if (step := _step_of(path)) is not None]
            newer = bool(sheets) and sheets != self._sheets
            with self.hold_sync():
                self._standing = self._stand()
                if records or again:
                    self._curves = {name: _thinned(*points) for name, points in self._points.items()}
                self._sheets = sheets
        if newer:
            self._show(sheets[-1])

    def _take(self, record: dict[str, Any]) -> None:
        self._step = max(self._step, int(record["step"]))
        for name, (kind, key) in _CURVES.items():
            if record.get("kind") == kind and isinstance(record.get(key), (int, float)):
                self._points[name][0].append(record["step"])
                self._points[name][1].append(record[key])
        if record.get("kind") == "train" and isinstance(record.get("seconds"), (int, float)):
            self._pace = float(record["seconds"])
        if record.get("kind") == "valid" and record.get("loss", float("inf")) < self._best.get("loss", float("inf")):
            self._best = record

    def _stand(self) -> dict[str, Any]:
        state, steps = self.run.state, self.run.hparams.num_steps
        told = {"state": state.state, "error": state.error[:500], "step": self._step, "steps": steps}
        if self._best:
            told |= {"best": self._best["loss"], "best_step": self._best["step"]}
        if self._pace > 0:
            told |= {"pace": 1 / self._pace, "left": max(steps - self._step, 0) * self._pace}
        return told

    def _hear(self, _: Any, content: Any, __: Any) -> None:
        if not isinstance(content, dict):
            return
        if content.get("kind") == "sheet" and content.get("step") in self._sheets:
            self._show(content["step"])
        elif content.get("kind") == "tell" and content.get("what") in _WISHES:
            try:
                getattr(self.run, content["what"])()
            except (ValueError, OSError) as error:
                self.send({"kind": "refused", "error": str(error)})

    def _show(self, step: int) -> None:
        path = self.run.folder / "samples" / f"step-{step:08d}.svg"
        try:
            text = path.read_text(encoding="utf-8") if path.stat().st_size <= LARGEST else ""
        except (OSError, ValueError):  # removed since
            return
        self.send({"kind": "sheet", "step": step, "svg": text})

    def _repr_mimebundle_(self, **options: Any) -> Any:
        from sketchkit.render.figure import loss_curves
        from sketchkit.render.svg import Picture

        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            records = [record for record in self.run.records if record["kind"] in ("train", "valid")]
            shown = f"<p>{escape(repr(self.run))}, {escape(self.run.state.state)}</p>"
            shown += f'<img alt="Loss, KL and learning rate" src="{loss_curves(records).data_uri()}">'
            if self.run.samples:
                shown += Picture.open(self.run.samples[-1])._repr_html_()
            data["text/html"] = shown
        return bundle


def _watch(widget: weakref.ref[TrainingMonitor], pause: threading.Event) -> None:
    """Look again and again, until the widget is closed."""
    while True:
        monitor = widget()
        if monitor is None or monitor.comm is None:
            return
        every = max(monitor.every, 0.1)
        del monitor
        pause.wait(every)
        monitor = widget()
        if monitor is not None and monitor.comm is not None:
            try:
                monitor.look()
            except (OSError, ValueError) as error:  # the directory is gone, or damaged by hand
                monitor.send({"kind": "refused", "error": str(error)})


def _step_of(path: Path) -> int | None:
    digits = path.stem.removeprefix("step-")
    return int(digits) if digits.isdecimal() and len(digits) < 16 else None


def _thinned(steps: list[float], values: list[float]) -> list[list[float]]:
    """Return a curve of at most so many points, the last one among them."""
    stride = -(-len(steps) // MOST_POINTS)
    return [steps[::-1][:: stride or 1][::-1], values[::-1][:: stride or 1][::-1]]
