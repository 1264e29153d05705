"""Commands of the group `dataset`: `report`, `build`."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from sketchkit.cli.options import choice
from sketchkit.cli.output import check_output, report_written
from sketchkit.suggest import did_you_mean

if TYPE_CHECKING:
    from sketchkit.formats.svg import Fills

__all__ = ["app"]

#: Element by which a page is recognized as a report of sketchkit.
_GENERATOR = "<meta name='generator' content='sketchkit'>"
_STYLE = """<style>
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; font: 15px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #ddd; text-align: left; }
img { max-width: 100%; }
</style>"""


class _ReportUnlessNamed(TyperGroup):
    """Command group that runs `report` if no command is named: `sketchkit dataset DATA`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names) and not self._is_misspelled(args[0]):
            args = ["report", *args]
        return super().parse_args(ctx, args)

    def _is_misspelled(self, word: str) -> bool:
        """Return whether a word looks like a misspelled command and is not the path of a file."""
        return bool(did_you_mean(word, self.commands, "")) and not Path(word).exists()


app = typer.Typer(cls=_ReportUnlessNamed, rich_markup_mode=None, no_args_is_help=True)


@app.command()
def report(
    data: Annotated[
        list[str], typer.Argument(help="Names or .npz files of datasets; several are joined into one dataset.")
    ],
    max_seq_len: Annotated[
        int | None,
        typer.Option(
            metavar="INTEGER", min=1, help="Maximum number of points; longer drawings are dropped. Default: no limit."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Page to write (.html). Default: print only.")] = None,
) -> None:
    """Print a health report of a dataset.

    It contains the lengths, the scale, the dropped drawings and possible problems.
    """
    from sketchkit.data.dataset import Dataset

    if out:
        check_output(out, ".html")
    found = Dataset.open(data, max_seq_len=max_seq_len).report()
    typer.echo(str(found))
    if out:
        _page(out, found)


@app.command()
def build(
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
        float,
        typer.Option(
            metavar="NUMBER", min=0, help="Simplification tolerance, in units of the scaled drawing (see --size)."
        ),
    ] = 2.0,
    size: Annotated[
        float,
        typer.Option(
            metavar="NUMBER", min=0, help="Longer side of each drawing after scaling, in units; 0: do not scale."
        ),
    ] = 255.0,
    max_seq_len: Annotated[
        int, typer.Option(metavar="INTEGER", min=1, help="Maximum number of points; longer drawings are dropped.")
    ] = 250,
    held_out: Annotated[
        float,
        typer.Option(
            metavar="NUMBER", min=0, max=0.4, help="Share of the drawings in each of the splits valid and test."
        ),
    ] = 0.1,
    seed: Annotated[int, typer.Option(metavar="INTEGER", min=0, help="Seed of the random split.")] = 0,
    fills: Annotated[
        str,
        choice(
            ("auto", "outline", "skip"),
            help="Treatment of SVG shapes that have a fill and no stroke: read their outlines, or skip them. "
            "auto reads the outlines if no shape in the file has a stroke; otherwise it reads small shapes as dots "
            "and skips the others.",
        ),
    ] = "auto",
    recognized: Annotated[
        bool | None,
        typer.Option(
            "--recognized/--unrecognized",
            help="Keep only the Quick, Draw! drawings that the game recognized, or did not recognize. Default: all.",
        ),
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help="Keep only Quick, Draw! drawings from this country (two-letter code); repeat for several. "
            "Default: all.",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            metavar="INTEGER",
            min=1,
            help="Maximum number of drawings from each file with several drawings. Default: no limit.",
        ),
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
        fills=cast("Fills", fills), recognized=recognized, countries=country or None, limit=limit,
    )  # fmt: skip
    typer.echo(str(built))
    report_written(out)
    _page(page, built)


def _page(path: Path, report: Any) -> None:
    """Write the HTML representation of a report as a page."""
    from sketchkit.storage.atomic import atomic_write

    head = (
        f"<!doctype html><html lang='en'><meta charset='utf-8'>{_GENERATOR}<title>{escape(path.stem)}</title>{_STYLE}"
    )
    with atomic_write(path) as part:
        part.write_text(f"{head}<body>{report._repr_html_()}", encoding="utf-8")
    report_written(path)
