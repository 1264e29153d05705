"""Widgets in pages that other programs make from Markdown and notebooks: pandoc (as in Quarto) and nbconvert."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from sketchkit.widgets import Complete
from sketchkit.widgets.export.page import fragment

pytestmark = pytest.mark.hosts


def first_drawing(page, path):
    """Open a page from disk and wait until the widget in its frame has drawn."""
    page.goto(path.as_uri())
    page.frame_locator("iframe").locator(".sk-choice path.sk-ink[d^='M']").first.wait_for(state="attached")


def test_pandoc_page_draws(chromium, tmp_path):
    pypandoc = pytest.importorskip("pypandoc", reason="needs pypandoc_binary; `make test-hosts` installs it")
    inside = fragment(Complete("kanji", variants=1, seed=7))
    (tmp_path / "page.md").write_text(f"# A page\n\n```{{=html}}\n{inside}\n```\n\nText after.\n", encoding="utf-8")
    pypandoc.convert_file(
        str(tmp_path / "page.md"), "html", outputfile=str(tmp_path / "page.html"), extra_args=["--standalone"]
    )
    page = chromium.new_page()
    first_drawing(page, tmp_path / "page.html")
    page.close()


@pytest.mark.parametrize("form", ["html", "slides"])
def test_nbconvert_page_draws(chromium, tmp_path, form):
    cell = nbformat.v4.new_code_cell("", outputs=[
        nbformat.v4.new_output("display_data", {"text/html": fragment(Complete("kanji", variants=1, seed=7))})
    ])  # fmt: skip
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "talk.ipynb")
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", form, str(tmp_path / "talk.ipynb")]
    subprocess.run(command, check=True, capture_output=True)
    page = chromium.new_page()
    suffix = ".slides.html" if form == "slides" else ".html"
    first_drawing(page, Path(tmp_path / f"talk{suffix}"))
    page.close()
