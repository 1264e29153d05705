"""`Sketches`: notebook representation and slices."""

import html.parser

import sketchkit
from sketchkit import Sketch, Sketches

DRAWING = Sketch([[5, 0, 0], [0, 5, 1]])


class Images(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.sources = []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.sources.append(dict(attrs)["src"])


def images(sketches):
    parser = Images()
    parser.feed(sketches._repr_html_())
    return parser.sources


def test_sketches_show_one_image_for_each_drawing():
    assert len(images(Sketches([DRAWING, Sketch([]), DRAWING.scaled(2)]))) == 3
    assert images(Sketches()) == []


def test_sketches_show_at_most_64_and_count_the_rest():
    many = Sketches([DRAWING] * 70)
    assert len(images(many)) == 64
    assert "and 6 more" in many._repr_html_()


def test_sketches_slice_like_a_list():
    sketches = Sketches([DRAWING] * 5)
    assert type(sketches[1:3]) is Sketches
    assert sketches[0] == DRAWING
    assert sketches == [DRAWING] * 5
    assert repr(sketches[:1]) == "Sketches(1 drawing)"


def test_generate_and_complete_return_sketches():
    model = sketchkit.load("kanji")
    assert type(model.generate(2, seed=0)) is Sketches
    assert type(model.generate(seed=0)) is Sketch
    assert type(model.complete(DRAWING, 2, seed=0)) is Sketches


def test_sketch_counts_one_point_in_the_singular():
    assert repr(Sketch([[5, 0, 1]])) == "Sketch(1 point, 1 stroke, 5 × 0)"
    assert repr(DRAWING) == "Sketch(2 points, 1 stroke, 5 × 5)"
