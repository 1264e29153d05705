"""Tests of `choose_exemplars`, with a model whose codes are the widths and heights of drawings."""

import numpy as np

from sketchkit.model.exemplar_choice import choose_exemplars
from sketchkit.sketch import Sketch


class RectangleModel:
    """Encodes a drawing as its width and height, and decodes a code to a rectangle, or to a square if it is wide."""

    def encode(self, sketches):
        bounds = [sketch.bounds for sketch in sketches]
        return np.array([[right - left, bottom - top] for left, top, right, bottom in bounds], np.float32)

    def decode(self, codes, *, seed):
        return [rectangle(height if width > 90 else width, height) for width, height in codes]


def rectangle(width, height):
    return Sketch([[width, 0, 0], [0, height, 0], [-width, 0, 0], [0, -height, 1]])


def sizes(rng, mean, count):
    return rng.normal(mean, 2, (count, 2))


def test_exemplars_of_one_category_are_typical():
    rng = np.random.default_rng(0)
    typical, unusual = sizes(rng, (30, 30), 30), sizes(rng, (30, 75), 5)
    drawings = [rectangle(*size) for size in (*typical, *unusual)]
    exemplars = choose_exemplars(RectangleModel(), {"square": drawings}, count=5)
    assert exemplars.names == ("square",)
    assert exemplars.codes.shape == (1, 5, 2)
    assert np.all(exemplars.codes[0, :, 1] < 45)


def test_exemplars_of_two_categories_have_reconstructions_unlike_the_other_category():
    rng = np.random.default_rng(0)
    wide = [*sizes(rng, (60, 30), 10), *sizes(rng, (100, 30), 10)]  # the last ten are reconstructed as squares
    drawings = {
        "square": [rectangle(*size) for size in sizes(rng, (30, 30), 20)],
        "wide": [rectangle(*size) for size in wide],
    }
    exemplars = choose_exemplars(RectangleModel(), drawings, count=3)
    assert exemplars.names == ("square", "wide")
    assert np.all(exemplars.codes[1, :, 0] < 75)


def test_choose_exemplars_repeats_the_codes_of_few_drawings():
    drawings = [rectangle(30, 30), Sketch([[30, 0, 0], [0, 30, 1]])]
    assert choose_exemplars(RectangleModel(), {"square": drawings}, count=4).codes.shape == (1, 4, 2)
