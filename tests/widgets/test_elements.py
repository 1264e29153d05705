"""Attributes that give an element the traits of a widget in Python."""

import pytest

from sketchkit.data import doodles
from sketchkit.widgets import Complete, Gallery, LatentSlider, LatentSliders, Morph, SketchPad, TemperatureSlider
from sketchkit.widgets.elements import attributes_of, element_html, tag_of


@pytest.mark.parametrize(
    ("widget", "expected"),
    [
        (lambda: SketchPad(), {}),
        (lambda: Complete("kanji"), {}),
        (lambda: TemperatureSlider("kanji", temperature=0.5, density=True), {"density": "", "temperature": "0.5"}),
        (lambda: Morph("kanji", temperature=0.1), {}),  # 0.1 is the default of this widget
        (
            lambda: Complete("kanji", auto=False, seed=2**52 + 1, hidden=["Model", "Full screen"]),
            {"auto": "false", "hidden_controls": "Model, Full screen", "seed": str(2**52 + 1)},
        ),
        (lambda: SketchPad(task='<b> & "c"', epsilon=0.25), {"epsilon": "0.25", "task": '<b> & "c"'}),
        (lambda: Gallery({"Ada, 7": doodles.draw("fish", 1)}), {"names": '["Ada, 7"]'}),
    ],
)
def test_attributes_are_the_traits_that_differ_from_the_defaults(widget, expected):
    attributes = attributes_of(widget())
    assert {name: text for name, text in attributes.items() if name not in ("drawings", "by_model")} == expected


def test_codes_and_drawings_are_json():
    ends = Morph("kanji", [0.5] * 64, doodles.draw("tree", 4).simplified(8))
    attributes = attributes_of(ends)
    assert attributes["z_a"] == "[" + ",".join(["0.5"] * 64) + "]"
    assert attributes["sketch_b"].startswith('{"start":[')
    assert "z_b" not in attributes  # not computed yet
    sliders = LatentSliders("kanji", directions={"wider": [1.0] * 64})
    assert attributes_of(sliders)["directions"].startswith('{"wider":[1,1,')


def test_element_escapes_attributes():
    html = element_html("sketch-pad", {"collect": "", "task": '<b> & "c"'}, "<img>")
    assert html == '<sketch-pad collect task="&lt;b&gt; &amp; &quot;c&quot;"><img></sketch-pad>'


def test_names_of_elements():
    assert [tag_of(each) for each in (SketchPad, LatentSlider)] == ["sketch-pad", "sketch-latent-slider"]
