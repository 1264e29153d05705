"""Comparison of runs: their settings, validation losses and training times. Does not import TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from sketchkit.arguments import parse_path, parse_sources
from sketchkit.sweeps.sweep import Sweep
from sketchkit.text_table import text_table
from sketchkit.training.metrics import Record
from sketchkit.training.run import Run
from sketchkit.training.runs import runs

if TYPE_CHECKING:
    from sketchkit.render.plots.plot import Plot

__all__ = ["ComparedRun", "Comparison", "compare_page"]

#: Metadata key that marks the notebooks written by `compare_page`.
_METADATA_KEY = "sketchkit_comparison"

#: Script that sorts the rows by the clicked column: numbers by value, missing values last. It moves the existing rows,
#: so the text of a cell is never parsed as HTML.
_SORT_SCRIPT = """
<script>
(() => {
  const table = document.currentScript.previousElementSibling;
  const value = (row, i) => row.cells[i].dataset.value ?? row.cells[i].textContent;
  [...table.tHead.rows[0].cells].forEach((head, i) => {
    let up = false;
    head.firstElementChild.addEventListener("click", () => {
      up = !up;
      const rows = [...table.tBodies[0].rows].sort((one, other) => {
        const a = value(one, i), b = value(other, i);
        if (a === "" || b === "") return (a === "") - (b === "");
        const order = isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
        return up ? order : -order;
      });
      table.tBodies[0].append(...rows);
      for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
    });
  });
})();
</script>
"""


@dataclass(frozen=True)
class ComparedRun:
    """One of the compared runs.

    Attributes
    ----------
    title : str
        Parameters of the point, for a trial of a sweep; otherwise the name of the run directory.
    state : str
        State of the trial or run, such as `finished`.
    run : Run or None
        The run; None if it is missing or cannot be read.
    seconds : float
        Time spent on the run, in seconds.
    error : str
        Error message, if the run failed or cannot be read.
    values : dict
        Notebook parameters of the trial; empty if the run is not part of a sweep.
    """

    title: str
    state: str
    run: Run | None
    seconds: float
    error: str
    values: Mapping[str, Any]

    @property
    def records(self) -> list[Record]:
        """All metric records of the run."""
        return self.run.records if self.run else []

    @property
    def has_model(self) -> bool:
        """Whether the run has a model."""
        return self.run is not None and (self.run.model_folder / "model.safetensors").is_file()


class Comparison(Sequence[ComparedRun]):
    """Table of the trials of a sweep or of the runs in a directory. A click on a column heading sorts the rows.

    Parameters
    ----------
    folder : str or Path
        Directory of a sweep or of runs.

    Raises
    ------
    FileNotFoundError
        If the directory does not exist.
    ValueError
        If the directory contains no runs, or its sweep is damaged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = parse_path(folder, "folder")
        self.damaged: list[str] = []
        self._items: list[ComparedRun] = []
        if (self.folder / "sweep.json").is_file():
            self._add_trials(Sweep(self.folder))
        else:
            self._add_runs()
        if not self._items:
            raise ValueError(f"{self.folder}: no run to compare" + "".join(f"; {d}" for d in self.damaged))

    def _add_trials(self, sweep: Sweep) -> None:
        for trial in sweep:
            try:
                run, message = trial.run, trial.error
            except (OSError, ValueError) as error:
                run, message = None, trial.error or str(error)
            self._items.append(ComparedRun(trial.title, trial.state, run, trial.seconds, message, trial.parameters))

    def _add_runs(self) -> None:
        all_runs = runs(self.folder)
        self.damaged = all_runs.damaged
        for run in all_runs:
            status = run.status
            self._items.append(ComparedRun(run.folder.name, status.state, run, run.seconds, status.error, {}))

    @overload
    def __getitem__(self, index: int) -> ComparedRun: ...
    @overload
    def __getitem__(self, index: slice) -> list[ComparedRun]: ...
    def __getitem__(self, index: int | slice) -> ComparedRun | list[ComparedRun]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    @property
    def differing(self) -> list[str]:
        """Names of the settings in which the runs differ: hyperparameters, including `data_set`, and `seed`."""
        settings = [_settings(item.run) for item in self if item.run]
        names = list(dict.fromkeys(name for values in settings for name in values))
        return [name for name in names if len({str(values.get(name)) for values in settings}) > 1]

    @property
    def sources(self) -> list[str]:
        """Names or files of the training data, from the first run that specifies them."""
        for item in self:
            data_set = item.values.get("data_set")
            if data_set:
                return [str(source) for source in parse_sources(data_set, "data_set")]
        return next((list(item.run.hparams.data_set) for item in self if item.run), [])

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the table, one dict per run.

        The columns are `run`, `state`, the hyperparameters that differ, the losses and the step of the best validation,
        the number of steps, the time spent on the run in seconds, and the error message. `loss` is
        recon + kl_weight * max(KL, kl_tolerance).
        """
        names, table = self.differing, []
        for item in self:
            settings, best = _settings(item.run) if item.run else {}, item.run.best if item.run else None
            table.append({
                "run": item.title,
                "state": item.state,
                **{name: settings.get(name, "") for name in names},
                **{key: best.get(key, "") if best else "" for key in ("loss", "recon", "kl")},
                "best step": best["step"] if best else "",
                "steps": item.run.step if item.run else "",
                "seconds": round(item.seconds, 1),
                "error": item.error.splitlines()[0][:200] if item.error else "",
            })  # fmt: skip
        return table

    def __str__(self) -> str:
        rows = self.rows()
        cells = [list(rows[0]), *([_cell_text(value) for value in row.values()] for row in rows)]
        return "\n".join([*text_table(cells), *self.damaged])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = self.rows()
        style = "style='text-align:left'"
        head = "".join(f"<th {style}><button type='button'>{escape(name)}</button></th>" for name in rows[0])
        body = "".join(
            "<tr>"
            + "".join(
                f"<td {style} data-value='{escape(str(v), quote=True)}'>{escape(_cell_text(v))}</td>"
                for v in row.values()
            )
            + "</tr>"
            for row in rows
        )
        damaged = "".join(f"<p>{escape(text)}</p>" for text in self.damaged)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{_SORT_SCRIPT}{damaged}"

    def curves(self) -> Plot:
        """Return a figure with the validation curves of all runs."""
        from sketchkit.render.plots.curves import compared_curves

        return compared_curves({f"{i}: {item.title}": item.records for i, item in enumerate(self, 1)})


def compare_page(folder: str | Path, out: str | Path) -> Path:
    """Execute the comparison notebook, and write it as an HTML page.

    Parameters
    ----------
    folder : str or Path
        Directory of a sweep or of runs.
    out : str or Path
        Path of the page, with the suffix `.html`. The executed notebook is written next to it, with the same name.

    Returns
    -------
    Path
        Path of the page.

    Raises
    ------
    FileNotFoundError, ValueError
        If the directory does not exist or contains no runs, or `out` is not an HTML file.
    FileExistsError
        If a notebook with that name exists and was not written by this function.
    OSError
        If the page cannot be written.
    """
    import nbformat
    from nbconvert import HTMLExporter
    from papermill import execute_notebook
    from traitlets.config import Config

    from sketchkit.storage.atomic import atomic_write

    Comparison(folder)
    page = Path(out)
    if page.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{page}: expected a file name with the suffix .html")
    notebook = page.with_suffix(".ipynb")
    if notebook.exists() and not _is_executed_comparison(notebook):
        raise FileExistsError(f"{notebook} exists and is not an executed comparison; choose another name for the page")
    executed = execute_notebook(
        str(_notebook_path()), None, {"folder": str(Path(folder).absolute())}, progress_bar=False
    )
    executed.metadata[_METADATA_KEY] = {"folder": str(folder)}
    with atomic_write(notebook) as part:
        part.write_text(nbformat.writes(executed), encoding="utf-8")
    config = Config()
    config.HTMLExporter.mathjax_url = config.HTMLExporter.require_js_url = ""
    text, _ = HTMLExporter(config=config).from_notebook_node(executed)
    with atomic_write(page) as part:
        part.write_text(text, encoding="utf-8", errors="replace")
    return page


def _is_executed_comparison(notebook: Path) -> bool:
    """Return whether a notebook was written by `compare_page`."""
    try:
        return _METADATA_KEY in json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _notebook_path() -> Path:
    """Return the path of the comparison notebook, in the installed package or in the repository."""
    here = Path(__file__).resolve()
    paths = [
        path for path in (here.parent / "compare.ipynb", here.parents[2] / "notebooks/compare.ipynb") if path.is_file()
    ]
    if not paths:
        raise FileNotFoundError("compare.ipynb is missing from the installation")
    return paths[0]


def _settings(run: Run) -> dict[str, Any]:
    """Return the hyperparameters of a run, with `data_set` as a string, and its seed."""
    hparams = {name: value for name, value in run.hparams.as_dict().items() if name != "data_set"}
    return {**hparams, "data_set": ", ".join(run.hparams.data_set), "seed": run.settings.get("seed", "")}


def _cell_text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
