"""Widgets in Python: arguments, traits and messages to the page."""

import base64
import io
from types import SimpleNamespace

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import sketchkit
from sketchkit import HParams, Sketch, SketchRNN, widgets
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
from sketchkit.widgets.export.packing import pack, unpacked
from sketchkit.widgets.export.page import own_state
from sketchkit.widgets.export.page_drawing import as_json, as_sketch

DRAWING = Sketch.from_polylines([[(1, 2), (30, 40.5)], [(5, 5), (9, 7), (8, 1)]])


@pytest.fixture(scope="module")
def decoder():
    h = HParams(conditional=False, dec_rnn_size=8, num_mixture=2, max_seq_len=9)
    return SketchRNN.new(h, 5.0, name="tiny")


def test_widget_with_unknown_argument_raises_with_suggestion():
    with pytest.raises(TypeError, match="did you mean 'variants'"):
        Complete("kanji", varients=3)
    with pytest.raises(TypeError, match="no argument 'zzz'") as caught:
        SketchPad(zzz=1)
    assert str(caught.value).endswith(
        "; expected one of ask_name, collect, drawings, epsilon, hidden, ink, locked, sketch, task"
    )


def test_category_is_accepted_in_place_of_a_drawing_or_a_code():
    model = sketchkit.load("quickdraw")
    bird = model.generate(category="bird", seed=4, temperature=0.2)
    options = {"category": "bird", "seed": 4, "temperature": 0.2}
    assert TemperatureSlider(model, **options).sketch == bird
    assert Reconstruct(model, **options).sketch == bird
    code = model.new_codes("bird", 1, 4)[0]
    np.testing.assert_array_equal(LatentSlider(model, **options).z, code)
    np.testing.assert_array_equal(LatentSliders(model, directions={"up": np.ones(128)}, **options).z, code)


def test_morph_between_categories_starts_with_their_exemplars():
    model = sketchkit.load("quickdraw")
    bears = model.new_codes("bear", 2, 3)
    morph = Morph(model, "rabbit", "bear", "bear", seed=3)
    np.testing.assert_array_equal(morph.z_a, model.new_codes("rabbit", 1, 3)[0])
    np.testing.assert_array_equal([morph.z_b, morph.z_c], bears)
    np.testing.assert_array_equal(Morph(model, path=["bear", DRAWING, "bear"], seed=3).path[::2], bears)


@pytest.mark.parametrize(
    ("create", "message"),
    [
        (lambda: Morph("quickdraw", "rabbit", "baer"), "b: no category 'baer'; did you mean 'bear'?"),
        (lambda: Morph("quickdraw", path=["rabbit", 3]), "path, item 1: expected a Sketch, a latent code or the name"),
        (lambda: Morph("kanji", "bear"), "a: kanji has no categories, got 'bear'"),
        (lambda: Reconstruct("kanji", category="bear"), "kanji has no categories, got 'bear'"),
        (lambda: Complete("kanji", category="bear"), "because kanji has no categories, got 'bear'"),
        (lambda: Reconstruct("quickdraw", category="baer"), "no category 'baer'; did you mean 'bear'?"),
        (lambda: LatentSlider("quickdraw", category="baer"), "no category 'baer'; did you mean 'bear'?"),
        (lambda: TemperatureSlider("quickdraw", [1], category="bear"), "expected either category or z, got both"),
        (lambda: Reconstruct("quickdraw", sketch=DRAWING, category="bear"), "expected either category or sketch, got"),
    ],
)
def test_category_that_cannot_be_drawn_raises(create, message):
    with pytest.raises((TypeError, ValueError, traitlets.TraitError)) as caught:
        create()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("widget", "arguments"),
    [
        (Complete, {"variants": 10}),
        (Complete, {"temperature": -1}),
        (Morph, {"t": 2}),
        (Morph, {"interpolation": "straight"}),
        (SketchPad, {"epsilon": -1}),
    ],
)
def test_widget_with_value_out_of_range_raises(widget, arguments):
    with pytest.raises(traitlets.TraitError):
        widget(**arguments)


def test_widget_with_invalid_code_or_unsuitable_model_raises(decoder):
    with pytest.raises(ValueError, match=r"expected 64 finite numbers, got shape \(3,\)"):
        TemperatureSlider("kanji", z=[1, 2, 3])
    with pytest.raises(ValueError, match="expected 64 finite numbers"):
        Morph("kanji", a=np.full(64, np.nan))
    for widget in (Morph, Reconstruct):
        with pytest.raises(ValueError, match="needs a model with a latent code; tiny is an unconditional model"):
            widget(decoder)
    with pytest.raises(FileNotFoundError, match="did you mean"):
        Complete("kanjy")
    for name in ("kanji", "sheep"):
        with pytest.raises(ValueError, match=f"Guess needs a model with two or more categories, .* got {name}"):
            Guess(name)


def test_hidden_or_locked_with_unknown_name_raises_and_suggests_one():
    with pytest.raises(ValueError, match=r"hidden: no control is named 'Temprature'; did you mean 'Temperature'\?"):
        NextPoint("kanji", hidden=["Toolbar", "Temprature"])
    names = [
        "temperature",
        " Full screen",
        "Save as PNG",
        "Other endings",
        "Temperatur",
        "Accept variant 3",
        "omniglot",
    ]
    widget = Complete("kanji", hidden=names, locked=["Toolbar"])
    with pytest.raises(ValueError, match="locked: no control is named 'Paint bucket'; use the label or the tooltip"):
        widget.locked = ["Paint bucket"]
    assert (widget.hidden, widget.locked) == (names, ["Toolbar"])


def test_latent_sliders_with_invalid_directions_or_strengths_raise():
    right = {"up": np.ones(64)}
    for directions, says in (
        (None, "expected a dictionary of one or more names and codes, got none"),
        ({"up": np.ones(3)}, r"directions, 'up': expected 64 finite numbers, got shape \(3,\)"),
        ({**right, "down": np.full(64, np.inf)}, "directions, 'down': expected 64 finite numbers, got NaN"),
    ):
        with pytest.raises(ValueError, match=says):
            LatentSliders("kanji", directions=directions)
    with pytest.raises(traitlets.TraitError, match="strengths: expected names among up, got left"):
        LatentSliders("kanji", directions=right, strengths={"left": 1})
    widget = LatentSliders("kanji", directions=right)
    with pytest.raises(ValueError, match="'up': has 64 numbers, but quickdraw has codes of 128 numbers"):
        widget.model = "quickdraw"


def test_complete_tells_strokes_of_user_and_model_apart():
    both = Sketch.from_polylines([[(1, 2), (30, 40.5)], [(5, 5), (9, 7), (8, 1)], [(3, 3), (4, 9)]])
    widget = Complete("kanji")
    assert len(widget.added) == 0
    widget.set_state({"by_model": [False, True, False], "completion": as_json(both)})
    assert [line.tolist() for line in widget.added.polylines()] == [[[5, 5], [9, 7], [8, 1]]]


def test_sketch_trait_round_trip():
    assert as_sketch(as_json(DRAWING)) == DRAWING
    pad = SketchPad(sketch=DRAWING)
    state = pad.get_state()["sketch"]
    assert state["start"] == [1, 2]
    pad.set_state({"sketch": {"start": [0, 0], "rows": [1, 2, 0, 3, 4, 1]}})
    assert pad.sketch == Sketch([[1, 2, 0], [3, 4, 1]])


@pytest.mark.parametrize(
    "bad", [{"rows": "x"}, {"rows": [1, 2]}, [1], {"rows": [1, 2, float("nan")]}, {"rows": [0, 0, 7]}]
)
def test_as_sketch_with_invalid_data_raises(bad):
    with pytest.raises(ValueError):  # noqa: PT011 - the messages differ
        as_sketch(bad)


def test_weights_are_sent_on_request_and_not_in_state(decoder):
    widget = Complete(decoder)
    sent = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))
    widget._on_message(widget, {"kind": "weights", "key": widget._card["key"]}, [])
    (content, (buffer,)) = sent[0]
    numbers = np.frombuffer(buffer, "<f4")
    for name, (at, count, kind, _) in content["index"].items():
        assert kind == "float32"
        begin = at // 4
        np.testing.assert_array_equal(numbers[begin : begin + count], decoder.weights[name].reshape(-1))
    widget._on_message(widget, {"kind": "weights", "key": "another"}, [])
    assert "switched to another model" in sent[1][0]["error"]
    assert sum(len(str(value)) for name, value in widget.get_state().items() if name not in ("_esm", "_css")) < 5000


def test_float16_weights_are_packed_as_float16():
    packed = Complete("kanji").packed
    assert {kind for _, _, kind, _ in packed.index.values()} == {"float16"}
    assert len(packed.buffer) < 1.2e6


def test_assigning_model_changes_card(decoder):
    widget = Complete("kanji")
    before = widget._card["key"]
    widget.model = decoder
    assert widget._card["key"] != before
    assert widget._card["name"] == "tiny"
    assert not widget._card["conditional"]
    widget.model = "kanji"
    assert widget._card["key"] == before


@pytest.mark.parametrize(
    ("old", "new"), [("Dimension", "LatentSlider"), ("Expectation", "NextPoint"), ("Temperature", "TemperatureSlider")]
)
def test_old_name_of_widget_warns_and_works(old, new):
    with pytest.warns(FutureWarning, match=f"{old} is now {new}"):
        assert getattr(widgets, old) is getattr(widgets, new)


def test_bundled_models_can_be_chosen_while_a_kernel_runs(decoder):
    assert {"kanji", "omniglot"} <= set(Complete(decoder)._bundled)
    widget = Reconstruct("kanji")
    assert "omniglot" not in widget._bundled  # a model without a latent code
    widget._on_message(widget, {"kind": "choose", "name": "sheep"}, [])
    assert widget.model.name == "sheep"
    assert own_state(widget.get_state())["_bundled"] == []


def test_widget_does_not_import_tensorflow():
    import subprocess
    import sys

    code = "import sys, sketchkit.widgets as w; w.Complete('kanji'); assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_mime_bundle_contains_png():
    bundle = SketchPad(sketch=DRAWING)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("L")
    assert np.mean(np.asarray(picture) < 128) > 0.005
    assert sketchkit.load("kanji").name == "kanji"


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6, width=32)] * 2), max_size=8))
def test_update_from_page_is_not_echoed(points):
    """A late echo would undo newer strokes."""
    rows = [float(f"{x:.6g}") for point in points for x in (*point, 1)]
    pad, sent = SketchPad(), []
    pad.send_state = sent.append
    pad._handle_msg({"content": {"data": {"method": "update", "state": {"sketch": {"start": [0.5, 7], "rows": rows}}}}})
    assert len(pad.sketch) == len(points)
    assert sent == []


@given(st.integers(0, 2**32 - 1), st.sampled_from([(8, 8), (33, 9), (64, 20), (100, 31)]))
def test_int8_packing_error_is_bounded(seed, shape):
    random = np.random.default_rng(seed)
    rows = (random.normal(size=shape) * 10 ** random.uniform(-2, 1)).astype(np.float32)
    weights = {"w": rows, "b": rows[0]}
    config = SimpleNamespace(codes=None)
    parts = {"exemplars": None, "classifier": None, "config": config}
    model = SimpleNamespace(weights=weights, **parts, scale_factor=5.0, hparams=HParams())
    back = unpacked(pack(model, "int8"), model.weights)
    groups = np.repeat(np.maximum.reduceat(np.abs(rows), range(0, len(rows), 32)), 32, axis=0)[: len(rows)]
    assert np.all(np.abs(back["w"] - rows) <= groups / 127 * 0.6 + 4e-5)
    np.testing.assert_allclose(back["b"], rows[0], rtol=6e-4, atol=1e-6)
