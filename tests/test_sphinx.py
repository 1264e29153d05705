"""The directives of the Sphinx extension: their options, and the errors of documents."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sphinx", reason="needs Sphinx")

import sketchkit
from sketchkit import widgets
from sketchkit.sphinx import directive_widgets, options

ROOT = Path(__file__).parents[1]


@pytest.fixture
def build(tmp_path):
    """Return a function that builds a document and returns the warnings and errors."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    def run(text):
        (tmp_path / "conf.py").write_text('extensions = ["sketchkit.sphinx"]\n')
        (tmp_path / "index.rst").write_text(f"Title\n=====\n\n{text}")
        told = io.StringIO()
        folders = [tmp_path, tmp_path, tmp_path / "out", tmp_path / "trees"]
        with docutils_namespace():
            Sphinx(*map(str, folders), "html", status=None, warning=told).build()
        return told.getvalue()

    return run


def test_documentation_lists_the_options_of_every_directive():
    text = (ROOT / "docs/embedding.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(sketchkit-[\w-]+)` \|[^|]*\| (.*) \|$", text, re.MULTILINE)
    listed = {name: {*re.findall(r"`(\w+)`", cell), "task", "hidden", "locked", "ask_name"} for name, cell in rows}
    assert listed == {name: set(options(widget)) for name, widget in directive_widgets().items()}


def test_only_widgets_that_need_a_kernel_or_arrays_have_no_directive():
    without = {name for name in widgets.__all__ if getattr(widgets, name) not in directive_widgets().values()}
    assert without == {"LatentSliders", "Teach", "TrainingMonitor"}


def test_options_are_the_arguments_of_the_widget():
    assert {"seconds", "task", "hidden", "locked"} < set(options(widgets.Guess))
    assert {"dimension", "interpolation", "probabilities"}.isdisjoint(options(widgets.Guess))
    assert {"auto", "speed", "variants"} < set(options(widgets.Complete))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (".. sketchkit-guess:: quickdraw\n   :dimension: 3\n", 'unknown option: "dimension"'),
        (".. sketchkit-guess:: quickdraw\n   :seconds: 900\n", "seconds"),
        (".. sketchkit-complete:: kanji\n   :auto: maybe\n", "maybe"),
        (".. sketchkit-gallery::\n", "1 argument(s) required"),
        (".. sketchkit-gallery:: absent\n", "absent"),
        (".. sketchkit-pad::\n   :hidden: Nonsense button\n", "no control is named 'Nonsense button'"),
    ],
)
def test_wrong_directive_is_an_error_with_its_line(build, text, error):
    told = build(text)
    assert error in told
    assert "index.rst:4" in told


def elements(path):
    """Return the attributes of the elements in a page, in order; the content of each element must be an image."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r'<div class="sketchkit"><(sketch-[\w-]+)(.*?)><img [^>]*></\1></div>', text)
    attributes = [dict(re.findall(r' ([\w-]+)(?:="([^"]*)")?', written)) for _, written in found]
    return [tag for tag, _ in found], attributes


def test_options_set_the_attributes_of_the_element(build, tmp_path):
    text = (
        ".. sketchkit-guess:: quickdraw\n   :seconds: 20\n   :task: Draw it.\n   :hidden: Model, Full screen\n\n"
        ".. sketchkit-complete:: kanji\n   :auto: false\n   :speed: instant\n\n.. sketchkit-pad::\n   :collect:\n"
    )
    assert build(text) == ""
    tags, (guess, complete, pad) = elements(tmp_path / "out/index.html")
    assert tags == ["sketch-guess", "sketch-complete", "sketch-pad"]
    assert guess | {"seconds": "20", "task": "Draw it.", "hidden_controls": "Model, Full screen"} == guess
    assert complete == {"model": complete["model"], "link": "sketch2", "auto": "false", "speed": "instant"}
    assert pad == {"link": "sketch3", "collect": ""}


def test_categories_are_options_and_ends_of_a_morph(build, tmp_path):
    text = ".. sketchkit-morph:: quickdraw\n   :a: rabbit\n   :b: palm tree\n\n"
    assert build(f"{text}.. sketchkit-temperature-slider:: quickdraw\n   :category: sheep\n") == ""
    _, (morph, slider) = elements(tmp_path / "out/index.html")
    exemplars = sketchkit.load("quickdraw").exemplars
    for name, code in {"rabbit": morph["z_a"], "palm tree": morph["z_b"], "sheep": slider["z"]}.items():
        z = [float(number) for number in re.findall(r"[-\d.e]+", code)]
        assert np.isclose(exemplars.codes[exemplars.index(name)], z, atol=1e-3).all(axis=1).any()
    assert "no category 'rabit'; did you mean 'rabbit'?" in build(".. sketchkit-morph:: quickdraw\n   :a: rabit\n")


def test_pages_share_the_script_and_the_file_of_a_model(build, tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part/page.rst").write_text("Page\n====\n\n.. sketchkit-morph:: kanji\n   :models: quickdraw\n")
    assert build(".. sketchkit-complete:: kanji\n\n.. toctree::\n\n   part/page\n") == ""
    out = tmp_path / "out"
    places = []
    for name in ("index.html", "part/page.html"):
        (attributes,) = elements(out / name)[1]
        listed = attributes.get("models", attributes["model"]).split(", ")
        places.append({((out / name).parent / address).resolve().relative_to(out.resolve()) for address in listed})
        assert all((out / path).is_file() for path in places[-1])
    assert places[0] < places[1]
    assert sorted(path.name for path in places[1]) == ["kanji.sk.js", "quickdraw.sk.js"]
    shared = out / "_static/sketchkit"
    assert len([*shared.rglob("*.sk.js")]) == 2
    assert len([*shared.glob("*.js")]) == 1


def test_widget_without_element_shares_the_model_with_elements(build, tmp_path):
    assert build(".. sketchkit-latent-map:: doodles\n   :limit: 20\n\n.. sketchkit-complete:: kanji\n") == ""
    page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="sketchkit-widgets">(.*?)</script>', page)[1])
    (attributes,) = elements(tmp_path / "out/index.html")[1]
    assert [model["file"] for model in data["models"]] == [attributes["model"]]
