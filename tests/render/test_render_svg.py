"""SVG pictures: valid XML, position of the drawing, escaped text, saving."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchkit.render.svg import Picture, draw, filmstrip, grid
from sketchkit.sketch import Sketch

SVG = "{http://www.w3.org/2000/svg}"
CORNER = Sketch([[100, 0, 0], [0, 50, 1]])
DOT = Sketch([[0, 0, 1]])
WITH_DOT = Sketch([[100, 0, 1], [-50, 40, 1]])
EMPTY = Sketch([])
FIVE = Sketch.from_polylines([[(0, y), (100, y)] for y in range(0, 50, 10)])


def parsed(picture):
    # The parser reads only documents written by this package.
    return ET.fromstring(picture.text)


def view(root):
    return [float(number) for number in re.split(r"[ ,]+", root.get("viewBox"))]


def ink(root):
    """Return the points of all paths and the corners of the bounding boxes of all dots, px."""
    points = []
    for path in root.iter(f"{SVG}path"):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", path.get("d"))]
        points += np.reshape(numbers, (-1, 2)).tolist()
    for circle in root.iter(f"{SVG}circle"):
        x, y, r = (float(circle.get(name)) for name in ("cx", "cy", "r"))
        points += [[x - r, y - r], [x + r, y + r]]
    return np.array(points)


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


offsets = st.floats(-1e6, 1e6, width=32)
drawings = st.lists(st.tuples(offsets, offsets, st.sampled_from([0, 1])), min_size=1, max_size=30).map(Sketch)


@settings(max_examples=60, deadline=None)
@given(drawings, st.floats(5, 2000), st.sampled_from([None, "order"]))
def test_page_of_draw_contains_the_drawing(sketch, size, color_by):
    picture = draw(sketch, size=size, color_by=color_by)
    root = parsed(picture)
    left, top, width, height = view(root)
    points = ink(root)
    assert (left, top) == (0, 0)
    assert max(width, height) == pytest.approx(size, abs=0.01)
    assert min(width, height) >= size / 4 - 0.01
    assert (points >= -0.01).all()
    assert (points <= [width + 0.01, height + 0.01]).all()
    assert (picture.width, picture.height) == (width, height)


@settings(max_examples=60, deadline=None)
@given(drawings)
def test_draw_contains_every_stroke(sketch):
    root = parsed(draw(sketch))
    paths = "".join(path.get("d") for path in root.iter(f"{SVG}path"))
    assert paths.count("M") + len(list(root.iter(f"{SVG}circle"))) == sketch.num_strokes


def test_grid_leaves_a_blank_cell_for_none():
    full, picture = grid([DOT] * 4, columns=2), grid([DOT, None, DOT, DOT], columns=2)
    assert picture.text.count("<rect") == 3 + 1  # the cells and the background
    assert "empty" not in picture.text
    assert (picture.width, picture.height) == (full.width, full.height)


def test_draw_keeps_the_aspect_ratio_and_draws_the_line_of_row_0():
    picture = draw(CORNER, size=200, padding=10)
    assert (picture.width, picture.height) == (200, 110)
    np.testing.assert_allclose(ink(parsed(picture)), [[10, 10], [190, 10], [190, 100]])


def test_draw_keeps_the_shape_of_a_small_drawing_far_from_the_origin():
    np.testing.assert_allclose(
        ink(parsed(draw(Sketch(CORNER.offsets * np.array([1e-3, 1e-3, 1]), (1e9, -1e9))))),
        ink(parsed(draw(CORNER))),
        atol=0.05,
    )


def test_draw_shows_dots_as_circles():
    circles = list(parsed(draw(DOT, size=80)).iter(f"{SVG}circle"))
    assert [(c.get("cx"), c.get("cy")) for c in circles] == [("40.0", "40.0")]
    (circle,) = parsed(draw(WITH_DOT, size=100, padding=0, stroke_width=2)).iter(f"{SVG}circle")
    assert (circle.get("cx"), circle.get("cy"), circle.get("fill")) == ("50.0", "40.0", "#1d2433")


def test_draw_of_an_empty_sketch_shows_the_word_empty():
    picture = draw(EMPTY, size=200)
    assert texts(parsed(picture)) == ["empty"]
    assert picture.width < 200


def test_color_by_order_colors_strokes_from_dark_to_light():
    strokes = [path.get("stroke") for path in parsed(draw(FIVE, color_by="order")).iter(f"{SVG}path")]
    lightness = [np.dot(list(bytes.fromhex(color[1:])), [0.3, 0.6, 0.1]) for color in strokes]
    assert len(set(strokes)) == 5
    assert lightness == sorted(lightness)


def test_strokes_of_one_color_share_one_path():
    root = parsed(draw(FIVE, color="crimson"))
    (path,) = root.iter(f"{SVG}path")
    assert path.get("stroke") == "crimson"


def test_draw_uses_round_caps_and_joins():
    (group,) = (g for g in parsed(draw(CORNER, stroke_width=3)).iter(f"{SVG}g") if g.get("stroke-width"))
    assert (group.get("stroke-linecap"), group.get("stroke-linejoin")) == ("round", "round")
    assert float(group.get("stroke-width")) == 3


def test_draw_without_background_has_no_rectangle():
    assert len(list(parsed(draw(CORNER)).iter(f"{SVG}rect"))) == 1
    assert not list(parsed(draw(CORNER, background=None)).iter(f"{SVG}rect"))


NASTY = ["<script>alert(1)</script>", "]]>", "\"'&amp;", "a\x00b\x1b", "\ud800", "双语 🐑"]


@pytest.mark.parametrize("text", NASTY)
def test_labels_and_titles_are_escaped(text):
    clean = re.sub("[\x00\x1b\ud800]", "\ufffd", text)
    root = parsed(draw(CORNER, title=text))
    assert root.find(f"{SVG}title").text == clean
    assert root.get("aria-label") == clean
    root = parsed(grid([CORNER], labels=[text], row_labels=[text], cell=300, title=text))
    assert texts(root) == [clean, clean]
    assert not list(root.iter(f"{SVG}script"))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_grid_with_any_label_is_valid_xml(text):
    picture = grid([CORNER], labels=[text], title=text)
    parsed(picture)
    picture.text.encode("utf-8")


def test_long_label_is_truncated_with_the_full_text_as_tooltip():
    label = "a rather long label that cannot fit below a cell"
    (word,) = parsed(grid([CORNER], labels=[label], cell=80)).iter(f"{SVG}text")
    assert word.find(f"{SVG}title").text == label
    assert word.text.endswith("…")
    assert label.startswith(word.text[:-1])


def test_grid_places_cells_in_rows():
    picture = grid([CORNER] * 5, columns=2, cell=100)
    root = parsed(picture)
    tiles = [r for r in root.iter(f"{SVG}rect") if r.get("width") == "99.0"]
    assert len(tiles) == 5
    assert len({tile.get("x") for tile in tiles}) == 2
    assert len({tile.get("y") for tile in tiles}) == 3
    for tile, path in zip(tiles, root.iter(f"{SVG}path"), strict=True):
        numbers = np.reshape([float(n) for n in re.findall(r"-?[\d.]+", path.get("d"))], (-1, 2))
        corner = np.array([float(tile.get("x")), float(tile.get("y"))])
        assert (numbers > corner).all()
        assert (numbers < corner + 99).all()
        np.testing.assert_allclose((numbers.min(0) + numbers.max(0)) / 2, corner + 49.5, atol=0.02)
    assert picture.width > 2 * 100
    assert picture.height > 3 * 100


def test_same_scale_compares_sizes():
    small, large = Sketch([[10, 0, 1]]), Sketch([[40, 0, 1]])

    def lengths(picture):
        return [np.ptp(points, axis=0)[0] for points in ink(parsed(picture)).reshape(2, 2, 2)]

    apart, together = lengths(filmstrip([small, large])), lengths(filmstrip([small, large], same_scale=True))
    assert apart[0] == pytest.approx(apart[1], abs=0.02)
    assert together[1] / together[0] == pytest.approx(4, rel=0.01)


def test_filmstrip_is_one_row_with_labels():
    picture = filmstrip([CORNER, EMPTY, CORNER], labels=[0.1, None, "late"], cell=50)
    assert picture.width > 150
    assert picture.height < 100
    assert sorted(texts(parsed(picture))) == ["0.1", "empty", "late"]


def test_grid_without_drawings_shows_the_word_empty():
    assert texts(parsed(grid([]))) == ["empty"]
    assert texts(parsed(filmstrip([]))) == ["empty"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: draw(CORNER, size=0), r"size: expected .*above 0, got 0"),
        (lambda: draw(CORNER, size=float("nan")), "size: expected a finite"),
        (lambda: draw(CORNER, size="big"), "size: expected a number .*'big'"),
        (lambda: draw(CORNER, stroke_width=-1), "stroke_width"),
        (lambda: draw(CORNER, padding=100), "padding: expected .* less than half of size 200, got 100"),
        (lambda: draw(CORNER, color_by="speed"), "color_by: expected None or 'order', got 'speed'"),
        (lambda: grid([CORNER], columns=0), "columns: expected a whole number above 0, got 0"),
        (lambda: grid([CORNER] * 2, labels=["a"]), "labels: expected one label for each of 2 sketches, got 1"),
        (lambda: grid([CORNER] * 2, labels="ab"), "single string"),
        (lambda: grid([CORNER] * 4, columns=2, row_labels=["a"]), "row_labels: .* 2 rows, got 1"),
        (lambda: filmstrip([CORNER], cell=-5), "cell"),
    ],
)
def test_draw_with_invalid_arguments_raises(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("call", [draw, lambda thing: grid([thing]), lambda thing: filmstrip([thing])])
def test_draw_of_other_types_raises_type_error(call):
    with pytest.raises(TypeError, match="expected a Sketch, got list"):
        call([[1, 2, 1]])


def test_picture_has_notebook_representations():
    from IPython.core.formatters import DisplayFormatter

    picture = draw(CORNER)
    shown, _ = DisplayFormatter().format(picture)
    assert shown["image/svg+xml"] == picture.text
    assert shown["text/plain"].startswith("Picture(200 × ")


def test_sketch_representation_matches_draw():
    own, drawn = (ET.fromstring(text) for text in (CORNER._repr_svg_(), draw(CORNER).text))
    assert (float(own.get("width")), float(own.get("height"))) == (draw(CORNER).width, draw(CORNER).height)
    path = ".//{http://www.w3.org/2000/svg}path"
    assert own.find(path).get("d") == drawn.find(path).get("d")


def test_coordinates_have_at_most_two_decimals():
    sketch = Sketch(np.column_stack([np.random.default_rng(0).normal(size=(100, 2)), np.zeros(100)]))
    assert not re.search(r"\d\.\d{3}", draw(sketch).text)
    assert len(draw(sketch).text) < 2200


def test_save_writes_and_replaces_the_file(tmp_path):
    picture = draw(CORNER)
    path = picture.save(tmp_path / "corner.svg")
    assert path.read_text("utf-8") == picture.text
    Picture("<svg/>", 1, 1).save(path)
    assert path.read_text("utf-8") == "<svg/>"
    assert [file.name for file in tmp_path.iterdir()] == ["corner.svg"]


def test_save_with_invalid_path_raises(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        draw(CORNER).save(tmp_path / "nowhere" / "corner.svg")
    with pytest.raises(ValueError, match=r"ending in \.svg, got 'corner\.png'; .*save_grid. writes PNG"):
        draw(CORNER).save(tmp_path / "corner.png")


def test_failed_save_keeps_the_existing_file(tmp_path, monkeypatch):
    path = draw(CORNER).save(tmp_path / "corner.svg")
    before = path.read_bytes()

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr("sketchkit.render.saving.os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        draw(DOT).save(path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1
