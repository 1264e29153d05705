"""Commands that write models and pages: `convert`, `embed`, `component`, `html`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sketchkit.cli.options import Model, choice
from sketchkit.cli.output import check_output, report_written

if TYPE_CHECKING:
    from sketchkit.widgets.base import SketchWidget

__all__ = ["component", "convert", "embed", "html"]

#: Classes of the widgets, by their names on the command line.
_WIDGETS = {
    "complete": "Complete",
    "reconstruct": "Reconstruct",
    "morph": "Morph",
    "temperature-slider": "TemperatureSlider",
    "latent-slider": "LatentSlider",
    "next-point": "NextPoint",
    "guess": "Guess",
    "pad": "SketchPad",
}
_DTYPES = ("float16", "float32", "int8")


def convert(
    model: Model,
    out: Annotated[
        Path, typer.Argument(help="Output: *.gen.json, *.vae.json, *.npz (weights by TF1 name) or a model folder.")
    ],
    scale_factor: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER",
            help="Scale factor, in data units per model unit, above 0. TF1 weights do not contain it. Default: that of "
            "the model.",
        ),
    ] = None,
    saved_model: Annotated[
        bool, typer.Option("--saved-model", help="Write one step of the decoder as a TensorFlow SavedModel.")
    ] = False,
) -> None:
    """Convert a model to another format."""
    import numpy as np

    from sketchkit.interop.magenta_tf1 import to_tf1
    from sketchkit.interop.saved_model import export_saved_model
    from sketchkit.interop.sketch_rnn_js import export_js
    from sketchkit.loading import load
    from sketchkit.storage.atomic import atomic_write

    ending = out.suffix.lower()
    if ending not in ("", ".json", ".npz") or (out.is_file() and not ending):
        raise ValueError(f"OUT: expected *.gen.json, *.vae.json, *.npz or a folder, got {str(out)!r}")
    if saved_model and ending:
        raise ValueError(f"OUT: expected a folder for --saved-model, got {str(out)!r}")
    loaded = load(model, scale_factor=scale_factor)
    if saved_model:
        export_saved_model(loaded, out)
    elif ending == ".json":
        typer.echo(str(export_js(loaded, out)))
    elif ending == ".npz":
        with atomic_write(out) as part, part.open("wb") as file:
            np.savez(file, **to_tf1(loaded))  # type: ignore[arg-type]
    else:
        loaded.save(out)
    report_written(out)


def embed(
    model: Model,
    widget: Annotated[
        list[str],
        choice(tuple(_WIDGETS), "--widget", "-w", help="Widget on the page; repeat for several."),
    ] = ["complete"],  # noqa: B006 - typer copies it
    category: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Category of the drawings; repeat it for the two to four ends of morph. Default: that of each widget.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Page to write (.html), or module for MyST (.mjs).")] = Path(
        "sketchkit.html"
    ),
    dtype: Annotated[
        str, choice(_DTYPES, help="Data type of the weights; a smaller type makes a smaller page.")
    ] = "float16",
    title: Annotated[str, typer.Option(metavar="TEXT", help="Title of the page.")] = "sketchkit",
    language: Annotated[
        str,
        typer.Option(metavar="TAG", help="Language of the page. Widgets are in German for de, otherwise in English."),
    ] = "en",
) -> None:
    """Export widgets of a model as a web page.

    The page works without a kernel and offline.
    """
    from sketchkit import widgets
    from sketchkit.loading import load
    from sketchkit.widgets.export.page import embed

    check_output(out, ".html", ".mjs")
    loaded = load(model)

    def create(name: str) -> SketchWidget:
        if name == "pad":
            return widgets.SketchPad(collect=True)
        if name == "morph":
            return widgets.Morph(loaded, *(category or [])[:4])
        made: SketchWidget = getattr(widgets, _WIDGETS[name])(loaded, **({"category": category[0]} if category else {}))
        return made

    exported = [create(name) for name in widget]
    report_written(embed(exported, out, title=title, dtype=dtype, language=language), size=True)


def component(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write, which is also an npm package.")],
    model: Annotated[
        list[str], typer.Option("--model", "-m", metavar="NAME", help="Model to write as NAME.sk; repeat for several.")
    ] = ["kanji"],  # noqa: B006 - typer copies it
    dtype: Annotated[
        str, choice(_DTYPES, help="Data type of the weights; a smaller type makes smaller files.")
    ] = "float16",
    from_disk: Annotated[
        bool, typer.Option("--from-disk", help="Also write each model as NAME.sk.js, for pages opened from disk.")
    ] = False,
) -> None:
    """Write elements for any web page, and model files.

    A page loads sketchkit.js and contains, for example, <sketch-complete model="kanji.sk"></sketch-complete>.
    """
    from sketchkit.loading import load
    from sketchkit.widgets.export.component import write_component

    if out.is_file():
        raise ValueError(f"--out: expected a folder, got the file {str(out)!r}")
    for path in write_component(out, [load(name) for name in model], dtype=dtype, from_disk=from_disk):
        report_written(path, size=True)


def html(
    notebook: Annotated[Path, typer.Argument(help="Executed notebook (.ipynb).")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Page to write (.html). Default: the notebook's path with the ending .html."),
    ] = None,
    dtype: Annotated[
        str | None,
        choice(_DTYPES, help="Data type of the weights; a smaller type makes a smaller page. Default: as stored."),
    ] = None,
    execute: Annotated[
        bool, typer.Option("--execute", help="Execute the notebook first; the file is not changed.")
    ] = False,
) -> None:
    """Export an executed notebook as a web page.

    The widgets on the page work without a kernel and offline.
    """
    from sketchkit.widgets.export.notebook import notebook_html

    if out:
        check_output(out, ".html")
    report_written(notebook_html(notebook, out, dtype=dtype, execute=execute), size=True)
