"""The command line: the same verbs as in Python."""

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
    help="Neural drawing: train sketch-rnn models, draw with them, look at datasets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Model = Annotated[str, typer.Argument(help="A name that `sketchkit models` lists, a model's folder or file, or a run.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Where to write: .svg; a morph may be .gif.")]
Temperature = Annotated[
    float | None,
    typer.Option("--temperature", "-t", help="Temperature; 0 is greedy. Default: what the model recommends."),
]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same drawings.")]
Data = Annotated[list[str], typer.Option("--data", "-d", help="A dataset's name or file; may be repeated.")]


#: Marks the pages of reports.
_GENERATOR = "<meta name='generator' content='sketchkit'>"


def main() -> None:
    """Run the command line; what goes wrong with the input is told in one line."""
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
    data: Annotated[list[str] | None, typer.Argument(help="Dataset names or .npz files, joined.")] = None,
    run: Annotated[Path, typer.Option(help="Run directory; an existing one goes on.")] = Path("runs/sketch-rnn"),
    hparams: Annotated[str, typer.Option(help="Hyperparameters: key=value,key=[a,b].")] = "",
    seed: Annotated[int, typer.Option(help="Decides weights, batches, dropout and noise.")] = 0,
    base: Annotated[str | None, typer.Option(help="A model to begin from, by name or folder.")] = None,
    patience: Annotated[int | None, typer.Option(help="Stop after so many validations without a better one.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so much training.")] = None,
    log_every: Annotated[int, typer.Option(help="Steps between records.")] = 20,
    progress: Annotated[str, typer.Option(help="auto, bar, lines or none.")] = "auto",
    background: Annotated[bool, typer.Option("--background", help="Return at once; see `sketchkit runs`.")] = False,
    strategy: Annotated[
        str, typer.Option(help="none, mirrored (all local devices) or multiworker (TF_CONFIG).")
    ] = "none",
) -> None:
    """Train a model, or go on training it: the same command continues where it left off."""
    from sketchkit.training.trainer import train

    done = train(
        data, run, hparams, seed=seed, base=base, patience=patience, minutes=minutes, log_every=log_every,
        progress=progress, background=background, strategy=strategy,
    )  # fmt: skip
    if done is not None:
        typer.echo(f"{done}\nmodel: {done.model_folder}")


@app.command()
def teach(
    model: Model,
    sources: Annotated[list[str], typer.Argument(help="Drawings of one thing, 20 to 50: files, folders, zips.")],
    name: Annotated[str, typer.Option(help="What the thing is called.")] = "drawing",
    run: Annotated[Path, typer.Option(help="Run directory.")] = Path("runs/taught"),
    minutes: Annotated[float, typer.Option(help="At most so long.")] = 5.0,
    seed: Annotated[int, typer.Option(help="Decides what is held out, and the training.")] = 0,
) -> None:
    """Teach a model to draw a thing, from a few drawings of it."""
    from sketchkit.data.collect import Reader
    from sketchkit.training.fine_tune import teach

    done = teach(model, Reader().read(sources), run, name=name, minutes=minutes, seed=seed)
    typer.echo(f"{done}\nmodel: {done.model_folder}")


@app.command()
def runs(folder: Annotated[Path, typer.Argument(help="Where to look.")] = Path("runs")) -> None:
    """List the runs under a directory: what goes on, what ended, and how."""
    from sketchkit.training.runs import runs

    typer.echo(str(runs(folder)))


@app.command()
def sweep(
    notebook: Annotated[Path, typer.Argument(help="With a cell tagged `parameters`, as notebooks/train.ipynb.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The sweep's directory; the same command again goes on.")],
    grid: Annotated[list[str] | None, typer.Option(help="name=value,value; may be repeated, all combinations.")] = None,
    points: Annotated[Path | None, typer.Option(help="A .json or .csv file of sets of parameters.")] = None,
    random: Annotated[
        list[str] | None, typer.Option(help="name=low..high, name=low..high:log or name=a,b; may be repeated.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many points by chance.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the points by chance.")] = 0,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="name=value, for all points.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Points at a time on this machine.")] = 1,
    cluster: Annotated[str | None, typer.Option(help="Address of a Dask scheduler: tcp://host:8786.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for a point.")] = None,
    disk_limit: Annotated[float | None, typer.Option(help="Megabytes on disk for a point.")] = None,
    progress: Annotated[str, typer.Option(help="auto, bar, lines or none.")] = "auto",
) -> None:
    """Execute a notebook for every point of a grid, a list or a random sample."""
    from sketchkit.sweeps.search_space import range_of, value_of, values_of
    from sketchkit.sweeps.sweep import sweep

    done = sweep(
        notebook, out, _named("--grid", grid, values_of) or None, points=points,
        ranges=_named("--random", random, range_of) or None, count=count, seed=seed,
        parameters=_named("--parameter", parameter, value_of), workers=workers, cluster=cluster,
        time_limit=time_limit, disk_limit=disk_limit, progress=progress,
    )  # fmt: skip
    typer.echo(f"{done}")
    if not all(point.finished for point in done):
        raise typer.Exit(1)


@app.command()
def compare(
    folder: Annotated[Path, typer.Argument(help="A sweep's directory, or one of runs.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The page; compare.html in the directory.")] = None,
) -> None:
    """Compare the points of a sweep, or runs: a table, curves and drawings on one page."""
    from sketchkit.sweeps.comparison import Comparison, compare_page

    typer.echo(str(Comparison(folder)))
    _wrote(compare_page(folder, out or folder / "compare.html"))


@app.command()
def sample(
    model: Model,
    out: Out = Path("samples.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="How many drawings.")] = 16,
    category: Annotated[str | None, typer.Option(help="What to draw, of a model that knows several things.")] = None,
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Draw something new."""
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
    n: Annotated[int, typer.Option("--count", "-n", help="How many drawings.")] = 8,
    split: Annotated[str, typer.Option(help="train, valid or test.")] = "test",
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Encode drawings of a dataset and draw them again: given above, redrawn below."""
    _ending(out, ".svg")
    from sketchkit.loading import load
    from sketchkit.render.svg import grid

    network = load(model)
    given = _drawings(data, split, n)
    redrawn = network.decode(network.encode(given), temperature=temperature, seed=seed)
    _wrote(grid([*given, *redrawn], columns=len(given), row_labels=["given", "redrawn"]).save(out))


@app.command()
def morph(
    model: Model,
    data: Annotated[list[str] | None, typer.Option("--data", "-d", help="Take the ends from here.")] = None,
    ends: Annotated[tuple[int, int], typer.Option(help="Two drawings of the test split.")] = (0, 1),
    out: Out = Path("morph.svg"),
    frames: Annotated[int, typer.Option(help="Steps from one end to the other.")] = 10,
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Draw the way from one drawing, or random code, to another (.svg: a strip, .gif: moving)."""
    _ending(out, ".svg", ".gif")
    import numpy as np

    from sketchkit.latent import slerp
    from sketchkit.loading import load
    from sketchkit.model.noise import fresh_seed, normals, stream
    from sketchkit.render.animation import gif_frames
    from sketchkit.render.svg import filmstrip

    network = load(model)
    if not network.conditional:
        raise ValueError(f"{network.name} is a decoder without a latent code, so there is nothing to morph between")
    if min(ends) < 0:
        raise ValueError(f"--ends: expected two places from 0 on, got {ends[0]} {ends[1]}")
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
    data: Annotated[list[str], typer.Argument(help="A dataset's name or .npz files.")],
    out: Out = Path("drawings.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="How many drawings.")] = 48,
    split: Annotated[str, typer.Option(help="train, valid or test.")] = "train",
) -> None:
    """Draw the first drawings of a dataset."""
    _ending(out, ".svg")
    from sketchkit.render.svg import grid

    _wrote(grid(_drawings(data, split, n), cell=84).save(out))


class _ReportUnlessNamed(TyperGroup):
    """`sketchkit dataset DATA` reports, without a word for it; `sketchkit dataset build` builds."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["report", *args]
        return super().parse_args(ctx, args)


datasets_app = typer.Typer(cls=_ReportUnlessNamed, rich_markup_mode=None, no_args_is_help=True)
app.add_typer(
    datasets_app, name="dataset", help="Report a dataset's health (`dataset DATA`), or build one (`dataset build`)."
)


@datasets_app.command("report")
def dataset_report(
    data: Annotated[list[str], typer.Argument(help="A dataset's name or .npz files.")],
    max_seq_len: Annotated[int | None, typer.Option(help="Leave out longer drawings.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write the report as a page (.html).")] = None,
) -> None:
    """Report a dataset's health: lengths, scale, what is dropped, what looks wrong."""
    from sketchkit.data.dataset import Dataset

    report = Dataset.open(data, max_seq_len=max_seq_len).report()
    typer.echo(str(report))
    if out:
        _page(out, report)


@datasets_app.command("build")
def dataset_build(
    sources: Annotated[
        list[str],
        typer.Argument(help="Files (.svg .ndjson .jsonl .json .csv .npz .npy, plain or .gz), folders, .zip, names."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .npz to write; a page with pictures goes beside it.")],
    epsilon: Annotated[float, typer.Option(help="Simplify by so much; drawings are --size large.")] = 2.0,
    size: Annotated[float, typer.Option(help="Longer side of every drawing; 0 keeps them as they are.")] = 255.0,
    max_seq_len: Annotated[int, typer.Option(help="Drop drawings of more points.")] = 250,
    held_out: Annotated[float, typer.Option(help="Share that goes into each of valid and test.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Decides which.")] = 0,
    fills: Annotated[str, typer.Option(help="Filled shapes of SVG: auto, outline or skip.")] = "auto",
    recognized: Annotated[
        bool | None, typer.Option("--recognized/--unrecognized", help="Of Quick, Draw!, only those.")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Of Quick, Draw!, only from there; may be repeated.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many drawings of each file with many.")] = None,
) -> None:
    """Make a dataset of your own drawings, and report what became of them."""
    from sketchkit.data.build import build_dataset

    page = out.with_suffix(".html")
    if page.exists() and _GENERATOR not in page.read_text(encoding="utf-8", errors="replace")[:200]:
        raise FileExistsError(f"{page} exists and is not a report of sketchkit, which goes there; choose another --out")
    built = build_dataset(
        sources, out, size=size or None, epsilon=epsilon, max_seq_len=max_seq_len, held_out=held_out, seed=seed,
        fills=fills, recognized=recognized, countries=country or None, limit=limit,
    )  # fmt: skip
    typer.echo(str(built))
    _wrote(out)
    _page(page, built)


@app.command()
def models(words: Annotated[list[str] | None, typer.Argument(help="Keep what contains every word.")] = None) -> None:
    """List the models that load by name."""
    from sketchkit.loading import models

    typer.echo(str(models(*(words or []))))


@app.command()
def datasets(words: Annotated[list[str] | None, typer.Argument(help="Keep what contains every word.")] = None) -> None:
    """List the datasets that open by name."""
    from sketchkit.published.catalogue import datasets

    typer.echo(str(datasets(*(words or []))))


@app.command()
def download(
    names: Annotated[list[str], typer.Argument(help="Models and datasets, by name.")],
    kind: Annotated[str, typer.Option(help="model or data, where both have a name; a model by default.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Download again, and accept a file that has changed.")] = False,
) -> None:
    """Fetch models and datasets into the cache, for use without the network."""
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
            typer.echo(f"{name}: comes with sketchkit, nothing to download")
        elif model is not None:
            if force:
                published(model, force=True)  # what is loaded is a converted model, so it is converted again
            typer.echo(f"{name}: {fetch(model.url)}")
        elif data is not None and data.url:
            typer.echo(f"{name}: {fetch(data.url, sha256=data.sha256, force=force)}")
        elif data is not None:
            typer.echo(f"{name}: built in, nothing to download")
        else:
            known = [*(entry.name for entry in published_models()), *datasets(), *bundled]
            what = {"": "model or dataset", "model": "model", "data": "dataset"}[kind]
            raise ValueError(f"{name}: no published {what}; {nearest(name, known, 'see sketchkit models')}")


@app.command()
def convert(
    model: Model,
    out: Annotated[Path, typer.Argument(help="*.gen.json or *.vae.json, *.npz (TF1 names), or a model folder.")],
    scale_factor: Annotated[
        float | None, typer.Option(help="Units of drawings per unit of the model; TF1 weights do not say theirs.")
    ] = None,
) -> None:
    """Write a model in another format."""
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
    """Print a model's card."""
    from sketchkit.loading import load

    typer.echo(load(model).card)


@app.command()
def embed(
    model: Model,
    widget: Annotated[
        list[str],
        typer.Option(
            "--widget", "-w", help="complete, reconstruct, morph, temperature, dimension, expectation or pad; repeat."
        ),
    ] = ["complete"],  # noqa: B006 - typer copies it
    out: Annotated[Path, typer.Option("--out", "-o", help="The page.")] = Path("sketchkit.html"),
    dtype: Annotated[str, typer.Option(help="Precision of the weights: float16, float32 or int8.")] = "float16",
    title: Annotated[str, typer.Option(help="Of the page.")] = "sketchkit",
) -> None:
    """Write widgets on a model into one page that needs neither kernel nor network."""
    from sketchkit import widgets
    from sketchkit.loading import load
    from sketchkit.widgets.export.page import embed

    names = ("Complete", "Reconstruct", "Morph", "Temperature", "Dimension", "Expectation")
    kinds = {name.lower(): getattr(widgets, name) for name in names}
    unknown = [name for name in widget if name not in (*kinds, "pad")]
    if unknown:
        raise ValueError(f"--widget: expected {', '.join(kinds)} or pad, got {unknown[0]!r}")
    loaded = load(model)
    made = [widgets.SketchPad(collect=True) if name == "pad" else kinds[name](loaded) for name in widget]
    _wrote(embed(made, out, title=title, dtype=dtype))


@app.command("html")
def html_(
    notebook: Annotated[Path, typer.Argument(help="An executed notebook.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The page; by default beside the notebook.")] = None,
    dtype: Annotated[
        str | None, typer.Option(help="Precision of the weights: float16, float32 or int8; by default as stored.")
    ] = None,
    execute: Annotated[
        bool, typer.Option("--execute", help="Run the notebook first; the file is not changed.")
    ] = False,
) -> None:
    """Turn an executed notebook into a page in which its widgets are alive, without kernel or network."""
    from sketchkit.widgets.export.notebook import notebook_html

    _wrote(notebook_html(notebook, out, dtype=dtype, execute=execute))


@app.command()
def doctor() -> None:
    """Tell versions, devices and folders, and what is missing."""
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
    typer.echo("nothing is missing")


def _drawings(data: list[str], split: str, n: int) -> list[Any]:
    """Return the first n usable drawings of a split."""
    from sketchkit.data.dataset import Dataset
    from sketchkit.formats.npz import SPLITS

    if split not in SPLITS:
        raise ValueError(f"--split: expected one of {', '.join(SPLITS)}, got {split!r}")
    opened = Dataset.open(data)
    drawings = [opened.splits[split][int(i)] for i in opened.usable(split)[:n]]
    if len(drawings) < n:
        raise ValueError(f"{opened.name}: asked for {n} drawings, {split} has {len(drawings)}")
    return drawings


def _named(option: str, words: list[str] | None, meaning: Any) -> dict[str, Any]:
    """Return what `name=value` words say."""
    found = {}
    for word in words or []:
        name, sign, value = word.partition("=")
        if not name or not sign:
            raise ValueError(f"{option}: expected name=value, got {word!r}")
        found[name.strip()] = meaning(value)
    return found


def _page(path: Path, shown: Any) -> None:
    """Write what a notebook would show as a page."""
    from sketchkit.storage.atomic import replacing

    with replacing(path) as part:
        part.write_text(
            f"<!doctype html><meta charset='utf-8'>{_GENERATOR}<body>{shown._repr_html_()}", encoding="utf-8"
        )
    _wrote(path)


def _ending(out: Path, *endings: str) -> None:
    """Refuse a file of another kind before anything is drawn for it."""
    if out.suffix.lower() not in endings:
        raise ValueError(f"--out: expected a file ending in {' or '.join(endings)}, got {out.name!r}")


def _wrote(path: Path) -> None:
    typer.echo(f"wrote {path}")
