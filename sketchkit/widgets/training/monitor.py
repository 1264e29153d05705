"""Live view of a training run: curves, samples, remaining time and controls."""

from __future__ import annotations

import threading
import weakref
from html import escape
from pathlib import Path
from typing import Any

import traitlets

from sketchkit.training.metrics import MetricsTail
from sketchkit.training.run import Run
from sketchkit.training.time_left import Pace
from sketchkit.widgets.base import SketchWidget
from sketchkit.widgets.export.bundle import widget_stylesheet

__all__ = ["TrainingMonitor"]

#: Maximum number of points of a curve in the page.
MAX_CURVE_POINTS = 300
#: Maximum size of a grid of samples in bytes; larger ones are not shown.
MAX_SHEET_BYTES = 5_000_000
#: For each curve: the kind of the records and the key of the values.
_CURVES = {
    "recon": ("train", "recon"), "kl": ("train", "kl"), "rate": ("train", "learning_rate"),
    "valid_recon": ("valid", "recon"), "valid_kl": ("valid", "kl"),
}  # fmt: skip
_REQUESTS = ("pause", "resume", "checkpoint", "stop")


class TrainingMonitor(SketchWidget):
    """Live view of a training run: losses, learning rate, samples, steps per second and remaining time.

    The status names the limit that the run reaches first: its number of steps, its time, or its patience. To read the
    values of all curves at a step, move the mouse over a curve, or move the slider *Step*.

    The widget reads the run directory, so the run may be in this kernel, in another process, or finished. A thread
    reads new records at regular intervals. While a cell trains in the same kernel, the buttons work in JupyterLab with
    ipykernel 7; elsewhere, they take effect only after that cell has ended.

    Parameters
    ----------
    run : str, Path or Run
        Run directory, or the run.
    every : float
        Interval between updates in seconds, at least 0.1.

    Raises
    ------
    FileNotFoundError, ValueError
        If `run` is not a run directory.

    Examples
    --------
    >>> run = sketchkit.train("doodles", "runs/doodles", background=True)   # doctest: +SKIP
    >>> TrainingMonitor(run)                                                # doctest: +SKIP
    """

    _css = widget_stylesheet("views/monitor.css")
    _view = traitlets.Unicode("monitor").tag(sync=True)
    _standing = traitlets.Dict().tag(sync=True)
    _curves = traitlets.Dict().tag(sync=True)
    _sheets = traitlets.List(traitlets.Int()).tag(sync=True)
    every = traitlets.Float(2.0, min=0.1, help="Interval between updates in seconds.")

    def __init__(self, run: str | Path | Run, **arguments: Any) -> None:
        self.run = run if isinstance(run, Run) else Run(run)
        self._metrics = MetricsTail(self.run.folder / "metrics.jsonl")
        self._points: dict[str, list[list[float]]] = {name: [[], []] for name in _CURVES}
        self._best: dict[str, Any] = {}
        self._pace = Pace()
        self._refresh_lock = threading.Lock()
        super().__init__(**arguments)
        self.on_msg(self._on_message)
        self.refresh()
        threading.Thread(target=_watch, args=(weakref.ref(self), threading.Event()), daemon=True).start()

    def refresh(self) -> None:
        """Read new records and samples from the run directory and show them."""
        with self._refresh_lock:
            restarted, records = self._metrics.read()
            if restarted:
                self._points = {name: [[], []] for name in _CURVES}
                self._best, self._pace = {}, Pace()
            for record in records:
                self._add_record(record)
            sheets = [step for path in self.run.samples if (step := _step_of(path)) is not None]
            has_new_sheet = bool(sheets) and sheets != self._sheets
            with self.hold_sync():
                self._standing = self._status()
                if records or restarted:
                    self._curves = {name: _thinned(*points) for name, points in self._points.items()}
                self._sheets = sheets
        if has_new_sheet:
            self._send_sheet(sheets[-1])

    def _add_record(self, record: dict[str, Any]) -> None:
        self._pace.add(record)
        for name, (kind, key) in _CURVES.items():
            if record.get("kind") == kind and isinstance(record.get(key), (int, float)):
                self._points[name][0].append(record["step"])
                self._points[name][1].append(record[key])
        if record.get("kind") == "valid" and record.get("loss", float("inf")) < self._best.get("loss", float("inf")):
            self._best = record

    def _status(self) -> dict[str, Any]:
        run = Run(self.run.folder)  # read again, because a later start may have other limits
        run_status, limits, pace = run.status, run.limits, self._pace
        status = {
            "name": str(run.folder), "state": run_status.state, "error": run_status.error[:500],
            "step": pace.step, "steps": limits.steps, "minutes": limits.minutes, "patience": limits.patience,
            "share": 1.0 if run_status.state == "finished" else limits.share(pace.step, pace.elapsed),
        }  # fmt: skip
        if self._best:
            loss, recon = self._best["loss"], self._best.get("recon")
            status |= {"best": loss, "best_recon": recon, "best_step": self._best["step"]}
        if run_status.state == "finished":
            status["limit"] = pace.reached(limits)
        elif end := pace.end(limits, run.hparams.save_every):
            status |= {"pace": 1 / pace.seconds_per_step, "left": end.seconds, "limit": end.limit}
        return status

    def _on_message(self, _: Any, content: Any, __: Any) -> None:
        if not isinstance(content, dict):
            return
        if content.get("kind") == "sheet" and content.get("step") in self._sheets:
            self._send_sheet(content["step"])
        elif content.get("kind") == "tell" and content.get("what") in _REQUESTS:
            try:
                getattr(self.run, content["what"])()
            except (ValueError, OSError) as error:
                self.send({"kind": "refused", "error": str(error)})

    def _send_sheet(self, step: int) -> None:
        path = self.run.folder / "samples" / f"step-{step:08d}.svg"
        try:
            text = path.read_text(encoding="utf-8") if path.stat().st_size <= MAX_SHEET_BYTES else ""
        except (OSError, ValueError):  # the file has been removed
            return
        self.send({"kind": "sheet", "step": step, "svg": text})

    def _repr_mimebundle_(self, **options: Any) -> Any:
        from sketchkit.render.plots.curves import loss_curves
        from sketchkit.render.svg import Picture

        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            records = [record for record in self.run.records if record["kind"] in ("train", "valid")]
            summary = f"<p>{escape(repr(self.run))}, {escape(self.run.status.state)}</p>"
            summary += f'<img alt="Loss, KL and learning rate" src="{loss_curves(records).data_uri()}">'
            if self.run.samples:
                summary += Picture.open(self.run.samples[-1])._repr_html_()
            data["text/html"] = summary
        return bundle


def _watch(widget: weakref.ref[TrainingMonitor], pause: threading.Event) -> None:
    """Refresh a widget at regular intervals until it is closed."""
    while True:
        monitor = widget()
        if monitor is None or monitor.comm is None:
            return
        interval = max(monitor.every, 0.1)
        del monitor
        pause.wait(interval)
        monitor = widget()
        if monitor is not None and monitor.comm is not None:
            try:
                monitor.refresh()
            except (OSError, ValueError) as error:  # the directory has been removed or changed by hand
                monitor.send({"kind": "refused", "error": str(error)})


def _step_of(path: Path) -> int | None:
    digits = path.stem.removeprefix("step-")
    return int(digits) if digits.isdecimal() and len(digits) < 16 else None


def _thinned(steps: list[float], values: list[float]) -> list[list[float]]:
    """Return at most MAX_CURVE_POINTS points of a curve, including the last one."""
    stride = -(-len(steps) // MAX_CURVE_POINTS)
    return [steps[::-1][:: stride or 1][::-1], values[::-1][:: stride or 1][::-1]]
