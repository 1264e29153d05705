"""Results of widgets in Python, before the page has answered and after."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

import sketchkit
from sketchkit import Sketch
from sketchkit.latent import slerp
from sketchkit.widgets import (
    Complete,
    Guess,
    LatentSlider,
    LatentSliders,
    Morph,
    NextPoint,
    Reconstruct,
    SketchPad,
    TemperatureSlider,
)
from sketchkit.widgets.export.page_drawing import as_json

CORNER = Sketch.from_polylines([[(10, 10), (90, 20)], [(30, 40), (35, 90)]])
LINE = Sketch.from_polylines([[(5, 50), (95, 60)]])


def same(drawings, expected):
    return len(drawings) == len(expected) and all(
        np.allclose(a.offsets, b.offsets) for a, b in zip(drawings, expected, strict=True)
    )


def from_page(widget, **state):
    """Deliver traits as the page sends them."""
    widget._handle_msg({"content": {"data": {"method": "update", "state": state}}})


@pytest.mark.parametrize(
    ("widget", "count"),
    [
        (lambda: SketchPad(drawings=[CORNER, LINE]), 2),
        (lambda: Complete("kanji", sketch=CORNER, variants=3), 3),
        (lambda: Reconstruct("kanji", sketch=CORNER, variants=2), 2),
    ],
    ids=["SketchPad", "Complete", "Reconstruct"],
)
def test_list_of_drawings_is_shown_as_pictures(widget, count):
    made = widget()
    assert made.drawings._repr_html_().count("<img ") == count
    from_page(made, drawings=[as_json(CORNER)])
    assert made.drawings._repr_html_().count("<img ") == 1


def test_complete_without_page_draws_the_endings_of_the_model():
    widget = Complete("kanji", sketch=CORNER, variants=4, seed=2)
    expected = widget.model.complete(CORNER, 4, seed=2, temperature=widget.temperature, fit=False)
    assert same(widget.drawings, expected)
    first = next(drawing for drawing in expected if len(drawing) > len(CORNER))
    assert same([widget.completion], [first])
    assert widget.by_model == [False] * 2 + [True] * (first.num_strokes - 2)
    widget.sketch = LINE  # in the same cell, before the page can answer
    assert widget.completion.polylines()[0].tolist() == LINE.polylines()[0].tolist()
    assert widget.by_model[:2] == [False, True]
    widget.seed = 7
    assert same(widget.drawings, widget.model.complete(LINE, 4, seed=7, temperature=widget.temperature, fit=False))


def test_complete_has_only_the_users_strokes_if_the_model_adds_none():
    widget = Complete("kanji", sketch=CORNER, auto=False)
    assert widget.completion == CORNER
    assert widget.by_model == [False, False]
    widget.sketch = Sketch([])
    assert len(widget.completion) == 0
    long = Sketch(np.tile([1, 1, 0], (500, 1)))  # more points than the model can draw
    assert same([Complete("kanji", sketch=long).completion], [long])


def test_complete_with_drawing_from_page_keeps_the_turns_of_user_and_model():
    turns = Sketch.from_polylines([[(1, 2), (30, 40)], [(5, 5), (9, 7)], [(3, 3), (4, 9)], [(50, 3), (4, 9)]])
    own = Sketch.from_polylines([turns.polylines()[0], turns.polylines()[2]])
    widget = Complete("kanji")
    from_page(widget, by_model=[False, True, False, True], completion=as_json(turns), sketch=as_json(own))
    assert widget.completion == turns
    from_page(widget, temperature=0.9)  # the page itself answers this change
    assert widget.completion == turns
    widget.temperature = 0.1  # this change replaces the last turn of the model
    for kept, line in zip(widget.completion.polylines()[:3], turns.polylines()[:3], strict=True):
        assert np.allclose(kept, line)
    assert widget.by_model[:3] == [False, True, False]


def test_reconstruct_without_page_equals_the_model():
    widget = Reconstruct("kanji", sketch=CORNER, variants=3, seed=4)
    model, big = widget.model, Reconstruct("kanji", sketch=CORNER.scaled(10), variants=3, seed=4)
    assert np.allclose(widget.z, model.encode(CORNER))
    assert len(widget.drawings) == 3
    assert widget.distances == pytest.approx([CORNER.chamfer_distance(drawing) for drawing in widget.drawings])
    assert big.drawings[0].extent > 3 * widget.drawings[0].extent  # reconstructions have the size of the drawing
    widget.sketch = Sketch([])
    assert (widget.z, widget.drawings, widget.distances) == ([], [], [])


def test_morph_without_page_interpolates_between_drawings_or_given_codes_or_codes_that_the_seed_selects():
    widget = Morph("kanji", CORNER, t=0.25, seed=3)
    model = widget.model
    selected = model.new_codes(None, 2, 3)
    assert np.allclose(widget.z_a, model.encode(CORNER))
    assert np.allclose(widget.z_b, selected[1])
    assert np.allclose(widget.z, slerp(widget.z_a, widget.z_b, 0.25), atol=1e-5)
    assert same([widget.sketch], [model.decode(widget.z, seed=3, temperature=0.1)])
    widget.sketch_b = LINE
    assert np.allclose(widget.z_b, model.encode(LINE))
    widget.z_a = selected[0].tolist()
    assert same(widget.frames(3)[:1], [model.decode(selected[0], seed=3, temperature=0.1)])
    assert widget.z_a == selected[0].tolist()  # the code replaces the drawing


def test_morph_along_a_path_passes_through_all_codes():
    model = sketchkit.load("kanji")
    codes = [model.encode(CORNER), *model.new_codes(None, 2, 7)]
    widget = Morph("kanji", path=[CORNER, *codes[1:]], seed=3)
    for t, z in ((0, codes[0]), (0.5, codes[1]), (1, codes[2]), (0.75, slerp(codes[1], codes[2], 0.5))):
        widget.t = t
        assert np.allclose(widget.z, z, atol=1e-5)
    middle = model.decode(codes[1], seed=3, temperature=0.1)
    assert widget.frames(3)[1].chamfer_distance(middle) < 1e-4
    with pytest.raises(ValueError, match="path: expected at least 2 drawings, codes or categories, got 1"):
        Morph("kanji", path=[CORNER])
    with pytest.raises(ValueError, match="expected either a path or the ends a to d, got both"):
        Morph("kanji", CORNER, path=[CORNER, LINE])


def test_sliders_without_page_draw_what_the_model_generates():
    warm = TemperatureSlider("omniglot", temperature=0.8, seed=3)
    assert same([warm.sketch], [warm.model.generate(seed=3, temperature=0.8)])
    latent = LatentSlider("quickdraw", seed=5, dimension=2)
    assert np.allclose(latent.z, latent.model.new_codes(None, 1, 5)[0])
    assert latent.value == pytest.approx(latent.z[2], abs=0.03)
    before = latent.sketch
    latent.value = 3.0
    assert latent.sketch != before


def test_latent_sliders_without_page_add_directions_to_the_code():
    directions = {"up": np.ones(128) / 9, "down": -np.arange(128) / 999}
    widget = LatentSliders("quickdraw", directions=directions, seed=5)
    model, z = widget.model, widget.model.new_codes(None, 1, 5)[0]
    assert np.allclose(widget.z, z)
    assert same([widget.sketch], [model.decode(z, seed=5, temperature=0.1)])
    widget.strengths = {"down": -2.0, "up": 0.5}
    assert np.allclose(widget.code, z + 0.5 * directions["up"] - 2 * directions["down"], atol=1e-5)
    assert same([widget.sketch], [model.decode(widget.code, seed=5, temperature=0.1)])
    assert np.allclose(LatentSliders("quickdraw", CORNER, directions).z, model.encode(CORNER), atol=1e-5)


def test_guess_without_page_equals_the_model():
    widget = Guess("quickdraw", sketch=CORNER)
    model = widget.model
    assert widget.category == model.categories[0]
    assert [name for name, _ in widget.guesses] == [name for name, _ in model.guess(CORNER)]
    assert sum(widget.probabilities) == pytest.approx(1, abs=1e-5)
    widget.sketch = Sketch([])
    assert (widget.probabilities, widget.guesses) == ([], [])
    assert Guess("quickdraw", seed=15).category == model.categories[1]
    assert Guess("quickdraw", category="").category == ""


def test_next_point_without_page_has_probabilities_at_the_temperature():
    widget = NextPoint("omniglot", sketch=CORNER, temperature=1.0)
    assert widget.pen == pytest.approx(widget.model.mixture(CORNER).pen[-1].tolist(), abs=1e-5)
    widget = NextPoint("quickdraw", sketch=CORNER)
    before = widget.pen
    widget.category = "rabbit"
    assert widget.pen != before
    assert sum(widget.pen) == pytest.approx(1)


def test_results_are_computed_only_when_read(monkeypatch):
    widget, computed = Reconstruct("kanji"), []
    monkeypatch.setattr(widget, "_results", lambda before: computed.append(before) or {"z": [1.0], "drawings": [LINE]})
    widget.sketch = CORNER
    widget.get_state()
    assert computed == []
    assert widget.z == [1.0]
    assert widget.drawings == [LINE]
    assert len(computed) == 1
    widget.sketch = LINE
    from_page(widget, z=[2.0], drawings=[], distances=[])
    assert widget.z == [2.0]
    assert len(computed) == 1


@pytest.mark.parametrize("widget", [Complete, Reconstruct, Morph, TemperatureSlider, LatentSlider, NextPoint])
def test_static_image_of_new_widget_shows_drawings(widget):
    bundle = widget("quickdraw")._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("L").crop((8, 8, 110, 110))
    assert np.mean(np.asarray(picture) < 128) > 0.01
