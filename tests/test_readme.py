"""The code blocks of the README, run in order in one process, as in one notebook."""

import re
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


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


def test_blocks_of_the_quick_start_run_in_order_and_show_something(run):
    start, end = README.index("<!-- quick start -->"), README.index("<!-- end of quick start -->")
    values = [run(block) for block in blocks(README[start:end])]
    assert [type(value).__name__ for value in values] == ["Complete", "Sketches", "Picture", "Sketches"]
    assert all(len(sketch.polylines()) > 1 for index in (1, 3) for sketch in values[index])


@pytest.mark.long
def test_all_blocks_run_in_order(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = [run(block) for block in blocks(README)]
    assert len(values) > 5
    assert (tmp_path / "runs/house/model/model.safetensors").is_file()
