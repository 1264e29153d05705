"""The code blocks of the README and of the page about the widgets, run in order in one process, as in one notebook."""

import re
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from sketchkit import widgets

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def run():
    """Return a function that runs a block as a cell and returns the value of its last expression."""
    shell = InteractiveShell()

    def run_cell(block):
        result = shell.run_cell(block)
        result.raise_error()
        return result.result

    return run_cell


def blocks(text):
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def quick_start():
    start, end = README.index("<!-- quick start -->"), README.index("<!-- end of quick start -->")
    return blocks(README[start:end])


def widget_table():
    """Return the name, the anchor and the example in each row of the table of widgets."""
    return re.findall(r"^\| \[`(\w+)`\]\(docs/widgets\.md#(\w+)\) \| .* \| `(.+)` \|$", README, re.MULTILINE)


def test_blocks_of_the_quick_start_run_in_order_and_show_something(run):
    values = [run(block) for block in quick_start()]
    assert [type(value).__name__ for value in values] == ["Complete", "Sketches", "Picture", "Sketches"]
    assert all(len(sketch.polylines()) > 1 for index in (1, 3) for sketch in values[index])


def test_table_of_widgets_has_every_widget_with_a_section_and_an_example_that_works(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sections = re.findall(r"^## (\w+)$", (ROOT / "docs/widgets.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(name for name, *_ in widget_table()) == sorted(widgets.__all__)
    for block in [*quick_start(), "from sketchkit.widgets import *"]:
        run(block)
    for name, anchor, example in widget_table():
        assert anchor in [section.lower() for section in sections]
        if name == "TrainingMonitor":  # needs runs/house; the block that trains it takes a minute and is not run here
            with pytest.raises(FileNotFoundError, match="runs/house"):
                run(example)
        else:
            assert type(run(example)).__name__ == name


def test_examples_of_the_widgets_page_run_in_order(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in blocks((ROOT / "docs/widgets.md").read_text(encoding="utf-8")):
        if block.startswith("TrainingMonitor"):  # the user starts the run in Teach
            with pytest.raises(FileNotFoundError, match="runs/teapot"):
                run(block)
        else:
            run(block)


@pytest.mark.long
def test_all_blocks_run_in_order(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = [run(block) for block in blocks(README)]
    assert len(values) > 5
    assert (tmp_path / "runs/house/model/model.safetensors").is_file()
