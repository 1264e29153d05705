"""Command `doctor`: the state of the installation."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["doctor"]


def doctor(
    devices: Annotated[
        bool,
        typer.Option("--devices", help="Also start TensorFlow and list its devices, which takes several seconds."),
    ] = False,
) -> None:
    """Check the installation.

    The report shows versions and paths, and names missing or outdated dependencies.
    """
    import platform
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    from sketchkit import __version__
    from sketchkit.loading import models
    from sketchkit.storage.cache import cache_folder

    typer.echo(f"sketchkit {__version__}, Python {platform.python_version()}, {platform.platform()}")
    unmet = []
    for requirement in map(Requirement, requires("sketchkit") or []):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            unmet.append(requirement)
            typer.echo(f"  {requirement.name}: not installed")
            continue
        if requirement.specifier.contains(installed, prereleases=True):
            typer.echo(f"  {requirement.name} {installed}")
        else:
            unmet.append(requirement)
            typer.echo(f"  {requirement.name} {installed}: sketchkit requires {requirement.specifier}")
    folder = cache_folder()
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) if folder.exists() else 0
    typer.echo(f"cache: {folder} ({size / 1e6:,.1f} MB)")
    typer.echo(f"bundled models: {', '.join(models('bundled')) or 'none'}")
    if devices and "tensorflow" not in {requirement.name for requirement in unmet}:
        from sketchkit.model.quiet_tensorflow import import_tensorflow

        import_tensorflow()
        import tensorflow as tf

        typer.echo(f"devices: {', '.join(device.name for device in tf.config.list_physical_devices())}")
    if unmet:
        command = " ".join(f"'{requirement.name}{requirement.specifier}'" for requirement in unmet)
        raise ValueError(f"missing or outdated: {', '.join(r.name for r in unmet)}; install with pip install {command}")
    typer.echo("all dependencies are installed")
