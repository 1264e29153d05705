"""Commands about published models and datasets: `models`, `datasets`, `download`, `card`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sketchkit.cli.options import Model, choice

if TYPE_CHECKING:
    from sketchkit.published.catalog import Catalog

__all__ = ["card", "datasets", "download", "models"]


def models(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words that an entry must contain. Default: none; the list then has one line for each family."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every name.")] = False,
) -> None:
    """List the models that can be loaded by name."""
    from sketchkit.loading import models

    _list(models(*(words or [])), "models", by_family=not (words or every))


def datasets(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words that an entry must contain. Default: none; the list then has one line for each family."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every name.")] = False,
) -> None:
    """List the datasets that can be loaded by name."""
    from sketchkit.published.catalog import datasets

    _list(datasets(*(words or [])), "datasets", by_family=not (words or every))


def _list(catalog: Catalog, command: str, *, by_family: bool) -> None:
    typer.echo("\n".join(catalog.lines(by_family=by_family)))
    if by_family:
        typer.echo(
            f"'sketchkit {command} --all' lists every name; 'sketchkit {command} cat' lists those that contain cat."
        )


def download(
    names: Annotated[list[str], typer.Argument(help="Names of models and datasets.")],
    kind: Annotated[
        str | None,
        choice(("model", "data"), help="Type of the names. Default: model if a model has the name, otherwise data."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Download again, and accept a file that has changed since the first download."),
    ] = False,
) -> None:
    """Download models and datasets to the cache for offline use."""
    from sketchkit.loading import load_published, models
    from sketchkit.published.catalog import dataset_entry, datasets, model_entry, published_models
    from sketchkit.storage.download import fetch
    from sketchkit.suggest import did_you_mean

    bundled = [] if kind == "data" else list(models("bundled"))
    for name in names:
        model = model_entry(name) if kind != "data" else None
        data = dataset_entry(name) if kind == "data" or (kind is None and model is None) else None
        if name in bundled:
            typer.echo(f"{name}: bundled with sketchkit, nothing to download")
        elif model is not None:
            if force:
                load_published(model, force=True)  # this also replaces the converted model in the cache
            typer.echo(f"{name}: {fetch(model.url)}")
        elif data is not None and data.url:
            typer.echo(f"{name}: {fetch(data.url, sha256=data.sha256, force=force)}")
        elif data is not None:
            typer.echo(f"{name}: built in, nothing to download")
        else:
            known = [*(entry.name for entry in published_models()), *datasets(), *bundled]
            expected = {None: "model or dataset", "model": "model", "data": "dataset"}[kind]
            suggestion = did_you_mean(name, known, "see sketchkit models", max_names=3, cutoff=0.5)
            raise ValueError(f"{name}: no published {expected}; {suggestion}")


def card(model: Model) -> None:
    """Print the card of a model."""
    from sketchkit.loading import load

    typer.echo(load(model).card)
