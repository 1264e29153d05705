"""Command line interface `sketchkit`."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

__all__ = ["app", "main"]

app = typer.Typer(
    name="sketchkit",
    help="Train sketch-rnn models, draw with them, and build and inspect datasets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Model = Annotated[
    str, typer.Argument(help="Name of a model (see `sketchkit models`), model folder, model file or run directory.")
]
Out = Annotated[Path, typer.Option("--out", "-o", help="Output file (.svg).")]
Temperature = Annotated[
    float | None,
    typer.Option("--temperature", "-t", help="Sampling temperature, 0 (greedy) or more. Default: that of the model."),
]
Seed = Annotated[int | None, typer.Option(help="Seed of the drawings. Default: random.")]
Data = Annotated[list[str], typer.Option("--data", "-d", help="Name or file of a dataset; repeat to join several.")]


#: Marker of the report pages.
_GENERATOR = "<meta name='generator' content='sketchkit'>"


def main() -> None:
    """Run the command line. Errors of the input are printed as one line."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    from sketchkit.training.errors import TrainingDivergedError, WorkerLostError

    try:
        app()
    except (ValueError, OSError, TrainingDivergedError, WorkerLostError) as error:
        typer.echo(f"sketchkit: {error}", err=True)
        sys.exit(1)


@app.command()
def train(
    data: Annotated[list[str] | None, typer.Argument(help="Names or .npz files of datasets, which are joined.")] = None,
    run: Annotated[Path, typer.Option(help="Run directory; an existing run is resumed.")] = Path("runs/sketch-rnn"),
    hparams: Annotated[
        str, typer.Option(help="Hyperparameters, as key=value,key=[a,b]. Default: the published ones.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Seed of weights, batches, dropout and noise.")] = 0,
    base: Annotated[
        str | None, typer.Option(help="Name or folder of a model to start from. Default: random weights.")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(help="Stop after this many validations without improvement. Default: never.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="Maximum training time, in minutes. Default: no limit.")] = None,
    log_every: Annotated[int, typer.Option(help="Number of steps between log records.")] = 20,
    progress: Annotated[str, typer.Option(help="Progress display: auto, bar, lines or none.")] = "auto",
    background: Annotated[
        bool, typer.Option("--background", help="Train in a background process; see `sketchkit runs`.")
    ] = False,
    strategy: Annotated[
        str, typer.Option(help="Distribution: none, mirrored (all local devices) or multiworker (TF_CONFIG).")
    ] = "none",
) -> None:
    """Train a model. The same command resumes an existing run."""
    from sketchkit.training.trainer import train

    finished = train(
        data, run, hparams, seed=seed, base=base, patience=patience, minutes=minutes, log_every=log_every,
        progress=progress, background=background, strategy=strategy,
    )  # fmt: skip
    if finished is not None:
        typer.echo(f"{finished}\nmodel: {finished.model_folder}")


@app.command()
def teach(
    model: Model,
    sources: Annotated[list[str], typer.Argument(help="Files, folders or zips with 20 to 50 drawings of one subject.")],
    name: Annotated[str, typer.Option(help="Name of the subject.")] = "drawing",
    run: Annotated[Path, typer.Option(help="Run directory.")] = Path("runs/taught"),
    minutes: Annotated[float, typer.Option(help="Maximum training time, in minutes.")] = 5.0,
    seed: Annotated[int, typer.Option(help="Seed of the held-out drawings and of the training.")] = 0,
) -> None:
    """Fine-tune a model on a few drawings of one subject."""
    from sketchkit.data.collect import Reader
    from sketchkit.training.fine_tune import teach

    finished = teach(model, Reader().read(sources), run, name=name, minutes=minutes, seed=seed)
    typer.echo(f"{finished}\nmodel: {finished.model_folder}")


@app.command()
def runs(folder: Annotated[Path, typer.Argument(help="Directory of the runs.")] = Path("runs")) -> None:
    """List the runs in a directory with their status."""
    from sketchkit.training.runs import runs

    typer.echo(str(runs(folder)))


@app.command()
def sweep(
    notebook: Annotated[
        Path, typer.Argument(help="Notebook with a cell tagged `parameters`, such as notebooks/train.ipynb.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Directory of the sweep; the same command resumes an existing sweep.")
    ],
    grid: Annotated[
        list[str] | None,
        typer.Option(help="Values of a parameter, as name=value,value; repeat for all combinations of several."),
    ] = None,
    points: Annotated[Path | None, typer.Option(help="File (.json or .csv) of parameter sets.")] = None,
    random: Annotated[
        list[str] | None,
        typer.Option(help="Random parameter, as name=low..high, name=low..high:log or name=a,b; repeat for several."),
    ] = None,
    count: Annotated[int, typer.Option(help="Number of random points.")] = 10,
    seed: Annotated[int, typer.Option(help="Seed of the random points.")] = 0,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="Parameter of all points, as name=value; repeat for several."),
    ] = None,
    workers: Annotated[int, typer.Option(help="Number of points that run at the same time on this machine.")] = 1,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler (tcp://host:8786). Default: this machine.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(help="Maximum time of a point, in seconds. Default: no limit.")
    ] = None,
    disk_limit: Annotated[
        float | None, typer.Option(help="Maximum disk space of a point, in MB. Default: no limit.")
    ] = None,
    progress: Annotated[str, typer.Option(help="Progress display: auto, bar, lines or none.")] = "auto",
) -> None:
    """Execute a notebook for each point of a grid, a list or a random sample of parameters."""
    from sketchkit.sweeps.search_space import parse_range, parse_value, parse_values
    from sketchkit.sweeps.sweep import sweep

    result = sweep(
        notebook, out, _named("--grid", grid, parse_values) or None, points=points,
        ranges=_named("--random", random, parse_range) or None, count=count, seed=seed,
        parameters=_named("--parameter", parameter, parse_value), workers=workers, cluster=cluster,
        time_limit=time_limit, disk_limit=disk_limit, progress=progress,
    )  # fmt: skip
    typer.echo(f"{result}")
    if not all(point.finished for point in result):
        raise typer.Exit(1)


@app.command()
def compare(
    folder: Annotated[Path, typer.Argument(help="Directory of a sweep or of several runs.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Output page (.html). Default: compare.html in the directory.")
    ] = None,
) -> None:
    """Compare the points of a sweep, or several runs, on one page with a table, curves and drawings."""
    from sketchkit.sweeps.comparison import Comparison, compare_page

    typer.echo(str(Comparison(folder)))
    _wrote(compare_page(folder, out or folder / "compare.html"))


@app.command()
def sample(
    model: Model,
    out: Out = Path("samples.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="Number of drawings.")] = 16,
    category: Annotated[
        str | None, typer.Option(help="Category to draw, for models with categories. Default: all in turn.")
    ] = None,
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Generate drawings with a model."""
    from sketchkit.loading import load
    from sketchkit.render.svg import grid

    _ending(out, ".svg")
    sketches = load(model).generate(n, category=category, temperature=temperature, seed=seed)
    _wrote(grid(sketches).save(out))


@app.command()
def reconstruct(
    model: Model,
    data: Data = ["doodles"],  # noqa: B006 - typer copies it
    out: Out = Path("reconstructions.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="Number of drawings.")] = 8,
    split: Annotated[str, typer.Option(help="Split of the drawings: train, valid or test.")] = "test",
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Encode and reconstruct drawings of a dataset; the picture shows originals above reconstructions."""
    _ending(out, ".svg")
    from sketchkit.loading import load
    from sketchkit.render.svg import grid

    network = load(model)
    originals = _drawings(data, split, n)
    reconstructed = network.decode(network.encode(originals), temperature=temperature, seed=seed)
    labels = ["original", "reconstruction"]
    _wrote(grid([*originals, *reconstructed], columns=len(originals), row_labels=labels).save(out))


@app.command()
def morph(
    model: Model,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", help="Name or file of a dataset with the two drawings. Default: random codes."),
    ] = None,
    ends: Annotated[tuple[int, int], typer.Option(help="Indices of the two drawings in the test split of --data.")] = (
        0,
        1,
    ),
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Output file: .svg (a strip) or .gif (an animation).")
    ] = Path("morph.svg"),
    frames: Annotated[int, typer.Option(help="Number of drawings, including both ends; at least 2.")] = 10,
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Interpolate between two drawings or two random codes."""
    _ending(out, ".svg", ".gif")
    import numpy as np

    from sketchkit.latent import slerp
    from sketchkit.loading import load
    from sketchkit.model.noise import fresh_seed, normals, stream
    from sketchkit.render.animation import gif_frames
    from sketchkit.render.svg import filmstrip

    network = load(model)
    if not network.conditional:
        raise ValueError(f"{network.name} is unconditional and has no latent code to interpolate; choose another model")
    if min(ends) < 0:
        raise ValueError(f"--ends: expected two indices of at least 0, got {ends[0]} {ends[1]}")
    if frames < 2:
        raise ValueError(f"--frames: expected at least 2, got {frames}")
    seed = fresh_seed() if seed is None else seed
    if data:
        drawings = _drawings(data, "test", max(ends) + 1)
        a, b = network.encode([drawings[i] for i in ends])
    else:
        a, b = (normals(stream(seed, end, 3), network.z_size) for end in (0, 1))
    times = np.linspace(0, 1, frames)
    sketches = network.decode(slerp(a, b, times), temperature=temperature, seed=seed)
    if out.suffix.lower() == ".gif":
        _wrote(gif_frames([*sketches, *sketches[-2:0:-1]], out))
    else:
        _wrote(filmstrip(sketches, labels=[f"{t:.2f}" for t in times]).save(out))


@app.command()
def show(
    data: Annotated[list[str], typer.Argument(help="Names or .npz files of datasets, which are joined.")],
    out: Out = Path("drawings.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="Number of drawings.")] = 48,
    split: Annotated[str, typer.Option(help="Split of the drawings: train, valid or test.")] = "train",
) -> None:
    """Write a picture of the first drawings of a dataset."""
    _ending(out, ".svg")
    from sketchkit.render.svg import grid

    _wrote(grid(_drawings(data, split, n), cell=84).save(out))


class _ReportUnlessNamed(TyperGroup):
    """Command group that runs `report` if no command is named: `sketchkit dataset DATA`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["report", *args]
        return super().parse_args(ctx, args)


datasets_app = typer.Typer(cls=_ReportUnlessNamed, rich_markup_mode=None, no_args_is_help=True)
app.add_typer(
    datasets_app, name="dataset", help="Report on a dataset (`dataset DATA`), or build one (`dataset build`)."
)


@datasets_app.command("report")
def dataset_report(
    data: Annotated[list[str], typer.Argument(help="Names or .npz files of datasets, which are joined.")],
    max_seq_len: Annotated[
        int | None, typer.Option(help="Maximum number of points; longer drawings are dropped. Default: no limit.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Page (.html) to write the report to.")] = None,
) -> None:
    """Print a health report of a dataset: lengths, scale, dropped drawings, possible problems."""
    from sketchkit.data.dataset import Dataset

    report = Dataset.open(data, max_seq_len=max_seq_len).report()
    typer.echo(str(report))
    if out:
        _page(out, report)


@datasets_app.command("build")
def dataset_build(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files (.svg .ndjson .jsonl .json .csv .npz .npy, plain or .gz), folders, .zip archives, or names of "
            "datasets."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Dataset (.npz) to write; a page with pictures (.html) is written next to it."
        ),
    ],
    epsilon: Annotated[
        float, typer.Option(help="Simplification tolerance, in units of the scaled drawing (see --size).")
    ] = 2.0,
    size: Annotated[
        float, typer.Option(help="Longer side of each drawing after scaling, in units; 0: do not scale.")
    ] = 255.0,
    max_seq_len: Annotated[int, typer.Option(help="Maximum number of points; longer drawings are dropped.")] = 250,
    held_out: Annotated[float, typer.Option(help="Share of the drawings in valid and in test, each 0 to 0.4.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Seed of the random split.")] = 0,
    fills: Annotated[str, typer.Option(help="Treatment of filled SVG shapes: auto, outline or skip.")] = "auto",
    recognized: Annotated[
        bool | None,
        typer.Option(
            "--recognized/--unrecognized",
            help="Keep only the Quick, Draw! drawings that the game recognized, or did not. Default: all.",
        ),
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option(help="Keep only Quick, Draw! drawings from this country (two-letter code); repeat for several."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(help="Maximum number of drawings from each file that contains several. Default: no limit."),
    ] = None,
) -> None:
    """Build a dataset from drawings, and print a report."""
    from sketchkit.data.build import build_dataset

    page = out.with_suffix(".html")
    if page.exists() and _GENERATOR not in page.read_text(encoding="utf-8", errors="replace")[:200]:
        raise FileExistsError(
            f"{page} exists and is not a report of sketchkit, so it is not replaced; choose another --out"
        )
    built = build_dataset(
        sources, out, size=size or None, epsilon=epsilon, max_seq_len=max_seq_len, held_out=held_out, seed=seed,
        fills=fills, recognized=recognized, countries=country or None, limit=limit,
    )  # fmt: skip
    typer.echo(str(built))
    _wrote(out)
    _page(page, built)


@app.command()
def models(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words that an entry must contain. Default: list all.")
    ] = None,
) -> None:
    """List the models that load by name."""
    from sketchkit.loading import models

    typer.echo(str(models(*(words or []))))


@app.command()
def datasets(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words that an entry must contain. Default: list all.")
    ] = None,
) -> None:
    """List the datasets that load by name."""
    from sketchkit.published.catalogue import datasets

    typer.echo(str(datasets(*(words or []))))


@app.command()
def download(
    names: Annotated[list[str], typer.Argument(help="Names of models and datasets.")],
    kind: Annotated[
        str, typer.Option(help="Type of the names: model or data. Default: either; model if both exist.")
    ] = "",
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Download again, replacing the cached copy even if the published file has changed."
        ),
    ] = False,
) -> None:
    """Download models and datasets to the cache for offline use."""
    from sketchkit.loading import models, published
    from sketchkit.published.catalogue import dataset_entry, datasets, model_entry, nearest, published_models
    from sketchkit.storage.download import fetch

    if kind not in ("", "model", "data"):
        raise ValueError(f"--kind: expected model or data, got {kind!r}")
    bundled = [] if kind == "data" else list(models("bundled"))
    for name in names:
        model = model_entry(name) if kind != "data" else None
        data = dataset_entry(name) if kind == "data" or (kind == "" and model is None) else None
        if name in bundled:
            typer.echo(f"{name}: bundled with sketchkit, nothing to download")
        elif model is not None:
            if force:
                published(model, force=True)  # also replaces the converted model in the cache
            typer.echo(f"{name}: {fetch(model.url)}")
        elif data is not None and data.url:
            typer.echo(f"{name}: {fetch(data.url, sha256=data.sha256, force=force)}")
        elif data is not None:
            typer.echo(f"{name}: built in, nothing to download")
        else:
            known = [*(entry.name for entry in published_models()), *datasets(), *bundled]
            expected = {"": "model or dataset", "model": "model", "data": "dataset"}[kind]
            raise ValueError(f"{name}: no published {expected}; {nearest(name, known, 'see sketchkit models')}")


@app.command()
def convert(
    model: Model,
    out: Annotated[
        Path, typer.Argument(help="Output: *.gen.json, *.vae.json, *.npz (weights by TF1 name) or a model folder.")
    ],
    scale_factor: Annotated[
        float | None,
        typer.Option(help="Data units per model unit; TF1 weights do not contain it. Default: that of the model."),
    ] = None,
) -> None:
    """Convert a model to another format."""
    import numpy as np

    from sketchkit.interop.magenta_tf1 import to_tf1
    from sketchkit.interop.sketch_rnn_js import export_js
    from sketchkit.loading import load
    from sketchkit.storage.atomic import replacing

    if out.suffix not in ("", ".json", ".npz") or (out.is_file() and not out.suffix):
        raise ValueError(f"{out}: expected *.gen.json, *.vae.json, *.npz or a folder")
    loaded = load(model, scale_factor=scale_factor)
    if out.suffix == ".json":
        typer.echo(str(export_js(loaded, out)))
    elif out.suffix == ".npz":
        with replacing(out) as part, part.open("wb") as file:
            np.savez(file, **to_tf1(loaded))  # type: ignore[arg-type]
    else:
        loaded.save(out)
    _wrote(out)


@app.command()
def card(model: Model) -> None:
    """Print the card of a model."""
    from sketchkit.loading import load

    typer.echo(load(model).card)


@app.command()
def embed(
    model: Model,
    widget: Annotated[
        list[str],
        typer.Option(
            "--widget",
            "-w",
            help="Widget: complete, reconstruct, morph, temperature-slider, latent-slider, next-point or pad; "
            "repeat to add.",
        ),
    ] = ["complete"],  # noqa: B006 - typer copies it
    out: Annotated[Path, typer.Option("--out", "-o", help="Output page (.html).")] = Path("sketchkit.html"),
    dtype: Annotated[str, typer.Option(help="Data type of the weights: float16, float32 or int8.")] = "float16",
    title: Annotated[str, typer.Option(help="Title of the page.")] = "sketchkit",
) -> None:
    """Export widgets of a model as one page that works without a kernel and offline."""
    from sketchkit import widgets
    from sketchkit.loading import load
    from sketchkit.widgets.export.page import embed

    kinds = {
        "complete": widgets.Complete,
        "reconstruct": widgets.Reconstruct,
        "morph": widgets.Morph,
        "temperature-slider": widgets.TemperatureSlider,
        "latent-slider": widgets.LatentSlider,
        "next-point": widgets.NextPoint,
    }
    unknown = [name for name in widget if name not in (*kinds, "pad")]
    if unknown:
        raise ValueError(f"--widget: expected {', '.join(kinds)} or pad, got {unknown[0]!r}")
    loaded = load(model)
    exported = [widgets.SketchPad(collect=True) if name == "pad" else kinds[name](loaded) for name in widget]
    _wrote(embed(exported, out, title=title, dtype=dtype))


@app.command("html")
def html_(
    notebook: Annotated[Path, typer.Argument(help="Executed notebook (.ipynb).")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Output page. Default: the notebook's path with .html.")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="Data type of the weights: float16, float32 or int8. Default: as stored.")
    ] = None,
    execute: Annotated[
        bool, typer.Option("--execute", help="Execute the notebook first; the file is not changed.")
    ] = False,
) -> None:
    """Export an executed notebook as a page whose widgets work without a kernel and offline."""
    from sketchkit.widgets.export.notebook import notebook_html

    _wrote(notebook_html(notebook, out, dtype=dtype, execute=execute))


@app.command()
def doctor() -> None:
    """Show versions, devices and paths, and report missing dependencies."""
    import platform
    from importlib.metadata import PackageNotFoundError, requires, version

    from sketchkit import __version__
    from sketchkit.loading import models
    from sketchkit.storage.cache import cache_folder

    typer.echo(f"sketchkit {__version__}, Python {platform.python_version()}, {platform.platform()}")
    missing = []
    needed = [line.split(";")[0] for line in requires("sketchkit") or [] if "extra ==" not in line]
    names = ["".join(c if c.isalnum() or c in "-_." else " " for c in line).split()[0] for line in needed]
    for name in names:
        try:
            typer.echo(f"  {name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    folder = cache_folder()
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) if folder.exists() else 0
    typer.echo(f"cache: {folder} ({size / 1e6:,.1f} MB)")
    typer.echo(f"bundled models: {', '.join(models('bundled')) or 'none'}")
    if "tensorflow" not in missing:
        import tensorflow as tf

        typer.echo(f"devices: {', '.join(d.name for d in tf.config.list_physical_devices())}")
    if missing:
        raise ValueError(f"missing: {', '.join(missing)}; install with pip install {' '.join(missing)}")
    typer.echo("all dependencies are installed")


def _drawings(data: list[str], split: str, n: int) -> list[Any]:
    """Return the first n usable drawings of a split."""
    from sketchkit.data.dataset import Dataset
    from sketchkit.formats.npz import SPLITS

    if split not in SPLITS:
        raise ValueError(f"--split: expected one of {', '.join(SPLITS)}, got {split!r}")
    opened = Dataset.open(data)
    drawings = [opened.splits[split][int(i)] for i in opened.usable(split)[:n]]
    if len(drawings) < n:
        raise ValueError(f"--count: expected at most the {len(drawings)} drawings of {opened.name}, {split}, got {n}")
    return drawings


def _named(option: str, texts: list[str] | None, parse: Any) -> dict[str, Any]:
    """Return the parsed values of `name=value` texts, by name."""
    values = {}
    for text in texts or []:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise ValueError(f"{option}: expected name=value, got {text!r}")
        values[name.strip()] = parse(value)
    return values


def _page(path: Path, report: Any) -> None:
    """Write the HTML representation of a report as a page."""
    from sketchkit.storage.atomic import replacing

    with replacing(path) as part:
        part.write_text(
            f"<!doctype html><meta charset='utf-8'>{_GENERATOR}<body>{report._repr_html_()}", encoding="utf-8"
        )
    _wrote(path)


def _ending(out: Path, *endings: str) -> None:
    """Raise ValueError if the output file has an unsupported ending, before anything is computed."""
    if out.suffix.lower() not in endings:
        raise ValueError(f"--out: expected a file ending in {' or '.join(endings)}, got {out.name!r}")


def _wrote(path: Path) -> None:
    typer.echo(f"wrote {path}")
