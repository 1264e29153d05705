"""Saved notebooks that are opened in a new session: widgets work after their cell is run."""

import nbformat
import pytest
from nbclient import NotebookClient

from .conftest import Notebook, notebook_of
from .gestures import stroke

CELLS = (
    "from sketchkit.widgets import *\nfirst = Complete('kanji', variants=1)\nfirst",
    "from sketchkit.widgets import *\nsecond = Complete('kanji', variants=1)\nsecond",
)


@pytest.fixture
def page(chromium):
    """Return a function that creates a page in a new browser context, as in a new session."""
    contexts = []

    def make(**options):
        contexts.append(chromium.new_context(viewport={"width": 1200, "height": 1400}, **options))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


def executed(lab, name, *, state):
    """Return a notebook that was executed elsewhere, which this Jupyter does not trust."""
    notebook = notebook_of(*CELLS)
    NotebookClient(notebook, kernel_name="python3").execute()
    if not state:
        del notebook.metadata["widgets"]
    nbformat.write(notebook, lab.folder / "root" / name)
    return lab.folder / "root" / name


def saved(lab, page, app, *, state):
    """Return a notebook that was executed and saved in this Jupyter, which trusts it; its kernel has been shut down."""
    nb = Notebook(lab, page, *CELLS, app=app)
    nb.widget(1)
    nb.page.evaluate(
        """async state => {
          const save = "@jupyter-widgets/jupyterlab-manager:saveWidgetState";
          if (jupyterapp.commands.isToggled(save) !== state) await jupyterapp.commands.execute(save);
          await jupyterapp.commands.execute("docmanager:save");
          await jupyterapp.shell.currentWidget.sessionContext.shutdown();
        }""",
        state,
    )
    page.context.close()
    assert ("widgets" in nbformat.read(nb.path, as_version=4).metadata) == state
    return nb.path


def check_second_cell_is_interactive(lab, page, path, app, *, restored):
    nb = Notebook(lab, page, path=path, app=app)
    if restored:
        page.get_by_text("Without a kernel, run this cell in Jupyter").nth(1).wait_for()
    nb.run_cell(1)
    widget = page.locator(".jp-CodeCell").nth(1).locator('.sk-widget[data-ready="true"]')
    widget.wait_for(timeout=20_000)
    stroke(page, widget.locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(second.sketch.num_strokes, len(second.drawings))", "1 1")
    widget.locator(".sk-choice path.sk-given[d^='M']").wait_for(state="attached")
    nb.run_cell(0)  # the other widget works too
    page.locator(".jp-CodeCell").nth(0).locator('.sk-widget[data-ready="true"]').wait_for(timeout=20_000)
    nb.eventually("print(first.sketch.num_strokes)", "0")


@pytest.mark.parametrize(
    ("app", "state"),
    [
        ("lab", True),
        pytest.param("lab", False, marks=pytest.mark.long),
        pytest.param("notebooks", True, marks=pytest.mark.long),
        pytest.param("notebooks", False, marks=pytest.mark.long),
    ],
)
def test_trusted_saved_notebook_is_interactive_after_rerun(lab, page, app, state):
    if app == "notebooks":
        pytest.importorskip("notebook", reason="needs notebook 7")
    path = saved(lab, page(), app, state=state)
    check_second_cell_is_interactive(lab, page(), path, app, restored=state)


@pytest.mark.parametrize(
    ("app", "state"),
    [
        ("notebooks", True),
        pytest.param("notebooks", False, marks=pytest.mark.long),
        pytest.param("lab", True, marks=pytest.mark.long),
        pytest.param("lab", False, marks=pytest.mark.long),
    ],
)
def test_untrusted_saved_notebook_is_interactive_after_rerun(lab, page, app, state):
    if app == "notebooks":
        pytest.importorskip("notebook", reason="needs notebook 7")
    path = executed(lab, f"untrusted-{app}-{state}.ipynb", state=state)
    check_second_cell_is_interactive(lab, page(), path, app, restored=False)
