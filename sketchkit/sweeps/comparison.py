"""Runs side by side: what they were asked for, how well they did, what it took. Needs no TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, overload

from sketchkit.arguments import path_of, sources_of
from sketchkit.sweeps.sweep import Sweep
from sketchkit.training.run import Run
from sketchkit.training.runs import runs

__all__ = ["Compared", "Comparison", "compare_page"]

#: Metadata of notebooks that `compare_page` writes.
_MARK = "sketchkit_comparison"

#: Rows are sorted by the heading that is clicked, numbers as numbers and what is missing last. No text is evaluated.
_SORT = """
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
      for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
    });
  });
})();
</script>
"""


@dataclass(frozen=True)
class Compared:
    """One of the runs.

    Attributes
    ----------
    title : str
        What makes it differ, or its name.
    state : str
    run : Run or None
        None if there is none, or it cannot be read.
    seconds : float
        Spent on it.
    error : str
        What is wrong with it.
    values : dict
        The parameters of its point, if it is of a sweep.
    """

    title: str
    state: str
    run: Run | None
    seconds: float
    error: str
    values: Mapping[str, Any]

    @property
    def records(self) -> list[dict[str, Any]]:
        """What was measured."""
        return self.run.records if self.run else []

    @property
    def has_model(self) -> bool:
        """Whether there is a model to draw with."""
        return self.run is not None and (self.run.model_folder / "model.safetensors").is_file()


class Comparison(Sequence[Compared]):
    """The points of a sweep, or the runs under a directory, as a table; click a heading to sort.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    FileNotFoundError
        If there is no such directory.
    ValueError
        If there is no run in it, or a sweep is damaged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = path_of(folder, "folder")
        self.damaged: list[str] = []
        self._all: list[Compared] = []
        if (self.folder / "sweep.json").is_file():
            self._take_points(Sweep(self.folder))
        else:
            self._take_runs()
        if not self._all:
            raise ValueError(f"{self.folder}: there is no run to compare" + "".join(f"; {d}" for d in self.damaged))

    def _take_points(self, sweep: Sweep) -> None:
        for point in sweep:
            try:
                run, error = point.run, point.error
            except (OSError, ValueError) as problem:
                run, error = None, point.error or str(problem)
            self._all.append(Compared(point.title, point.state, run, point.seconds, error, point.parameters))

    def _take_runs(self) -> None:
        found = runs(self.folder)
        self.damaged = found.damaged
        for run in found:
            state = run.state
            self._all.append(Compared(run.folder.name, state.state, run, run.seconds, state.error, {}))

    @overload
    def __getitem__(self, index: int) -> Compared: ...
    @overload
    def __getitem__(self, index: slice) -> list[Compared]: ...
    def __getitem__(self, index: int | slice) -> Compared | list[Compared]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    @property
    def differing(self) -> list[str]:
        """The hyperparameters, `seed` and `data` in which the runs differ."""
        settings = [_settings(each.run) for each in self if each.run]
        names = list(dict.fromkeys(name for each in settings for name in each))
        return [name for name in names if len({str(each.get(name)) for each in settings}) > 1]

    @property
    def sources(self) -> list[str]:
        """What the first run that says so was trained on: names or files."""
        for each in self:
            given = each.values.get("data_set")
            if given:
                return [str(source) for source in sources_of(given, "data_set")]
        return next((list(each.run.hparams.data_set) for each in self if each.run), [])

    def rows(self) -> list[dict[str, Any]]:
        """Return the table: for each run `run`, `state`, what differs, losses of the best validation, steps and time.

        Losses are recon + kl_weight * KL, in nats per point; `seconds` is what was spent on the run.
        """
        names, table = self.differing, []
        for each in self:
            settings, best = _settings(each.run) if each.run else {}, each.run.best if each.run else None
            table.append({
                "run": each.title,
                "state": each.state,
                **{name: settings.get(name, "") for name in names},
                **{key: best.get(key, "") if best else "" for key in ("loss", "recon", "kl")},
                "best step": best["step"] if best else "",
                "steps": each.run.step if each.run else "",
                "seconds": round(each.seconds, 1),
                "error": each.error.splitlines()[0][:200] if each.error else "",
            })  # fmt: skip
        return table

    def __str__(self) -> str:
        rows = self.rows()
        texts = [list(rows[0]), *([_text(value) for value in row.values()] for row in rows)]
        widths = [max(len(row[i]) for row in texts) for i in range(len(texts[0]))]
        lines = ("  ".join(t.ljust(width) for t, width in zip(row, widths, strict=True)).rstrip() for row in texts)
        return "\n".join([*lines, *self.damaged])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = self.rows()
        style = "style='text-align:left'"
        head = "".join(f"<th {style}><button type='button'>{escape(name)}</button></th>" for name in rows[0])
        body = "".join(
            "<tr>"
            + "".join(
                f"<td {style} data-value='{escape(str(v), quote=True)}'>{escape(_text(v))}</td>" for v in row.values()
            )
            + "</tr>"
            for row in rows
        )
        damaged = "".join(f"<p>{escape(text)}</p>" for text in self.damaged)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{_SORT}{damaged}"

    def curves(self) -> Any:
        """Return the curves of all runs, one over the other, as a picture."""
        from sketchkit.render.figure import compared_curves

        return compared_curves({f"{i}: {each.title}": each.records for i, each in enumerate(self, 1)})


def compare_page(folder: str | Path, out: str | Path) -> Path:
    """Execute the notebook that compares, and write it as one page.

    Parameters
    ----------
    folder : str or Path
        A sweep, or a directory of runs.
    out : str or Path
        The page, `.html`; the executed notebook goes next to it, under the same name.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is nothing to compare.
    FileExistsError
        If there is a notebook of that name which this function did not write.
    OSError
        If the page cannot be written.
    """
    import nbformat
    from nbconvert import HTMLExporter
    from papermill import execute_notebook
    from traitlets.config import Config

    from sketchkit.storage.atomic import replacing

    Comparison(folder)
    page = Path(out)
    if page.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{page}: expected a page, .html")
    notebook = page.with_suffix(".ipynb")
    if notebook.exists() and not _is_ours(notebook):
        raise FileExistsError(f"{notebook} exists and is not an executed comparison; choose another name for the page")
    done = execute_notebook(str(_notebook()), None, {"folder": str(Path(folder).absolute())}, progress_bar=False)
    done.metadata[_MARK] = {"folder": str(folder)}
    with replacing(notebook) as part:
        part.write_text(nbformat.writes(done), encoding="utf-8")
    config = Config()
    config.HTMLExporter.mathjax_url = config.HTMLExporter.require_js_url = ""
    text, _ = HTMLExporter(config=config).from_notebook_node(done)
    with replacing(page) as part:
        part.write_text(text, encoding="utf-8")
    return page


def _is_ours(notebook: Path) -> bool:
    """Tell whether a notebook was written by `compare_page`."""
    try:
        return _MARK in json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _notebook() -> Path:
    """Return the notebook, of the package or of a checkout."""
    here = Path(__file__).resolve()
    found = [
        path for path in (here.parent / "compare.ipynb", here.parents[2] / "notebooks/compare.ipynb") if path.is_file()
    ]
    if not found:
        raise FileNotFoundError("compare.ipynb: the notebook that compares was not installed with the package")
    return found[0]


def _settings(run: Run) -> dict[str, Any]:
    """Return what a run was asked for; what it was trained on by name."""
    asked = {name: value for name, value in run.hparams.as_dict().items() if name != "data_set"}
    return {**asked, "data_set": ", ".join(run.hparams.data_set), "seed": run.settings.get("seed", "")}


def _cell(value: Any) -> str:
    return f"<td style='text-align:left' data-value='{escape(str(value))}'>{escape(_text(value))}</td>"


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
