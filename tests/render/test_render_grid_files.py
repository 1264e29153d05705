"""Grids of drawings as SVG, PNG and GIF files."""

import numpy as np
import pytest
from PIL import Image

from sketchkit.render.grid_files import save_grid
from sketchkit.render.palette import PAPER, rgb
from sketchkit.render.svg import Picture
from sketchkit.sketch import Sketch

CROSS = Sketch.from_polylines([[(0, 50), (100, 50)], [(50, 0), (50, 100)]])
EMPTY = Sketch([])


def pixels(path, frame=0):
    with Image.open(path) as image:
        image.seek(frame)
        return np.asarray(image.convert("L")).astype(int)


@pytest.mark.parametrize("options", [{}, {"columns": 3, "labels": "abcde", "row_labels": ["first", None]}])
def test_save_grid_formats_have_the_same_size(options, tmp_path):
    options = {name: list(value) if isinstance(value, str) else value for name, value in options.items()}
    for ending in ("svg", "png", "gif"):
        assert save_grid([CROSS] * 5, tmp_path / f"x.{ending}", cell=50, **options).stat().st_size > 300
    picture = Picture.open(tmp_path / "x.svg")
    for ending in ("png", "gif"):
        height, width = pixels(tmp_path / f"x.{ending}").shape
        assert (width, height) == (round(picture.width), round(picture.height))


@pytest.mark.parametrize("ending", ["svg", "png", "gif"])
def test_single_drawing_is_saved_large_by_default(ending, tmp_path):
    def width(drawings):
        path = save_grid(drawings, tmp_path / f"x.{ending}")
        return Picture.open(path).width if ending == "svg" else pixels(path).shape[1]

    assert width([CROSS]) >= 512
    assert width([CROSS] * 2) < 300


def test_png_shows_the_drawing_inside_its_cell(tmp_path):
    image = pixels(save_grid([EMPTY, CROSS], tmp_path / "x.png", cell=100, columns=2))  # cells start at 8 and 116
    assert (image[57:59, 130:200] < 120).any(axis=0).all()
    dark = np.argwhere(image < 120)
    assert dark[:, 1].min() > 116
    assert dark[:, 1].max() < 216
    assert image[8, 50] == pytest.approx(231, abs=3)  # the top border of the first cell


def test_png_has_labels_below_cells_and_next_to_rows(tmp_path):
    plain, labeled = (
        pixels(save_grid([CROSS], tmp_path / name, cell=60, labels=labels, row_labels=labels))
        for name, labels in (("plain.png", [None]), ("labeled.png", ["ab"]))
    )
    gutter = labeled.shape[1] - plain.shape[1]
    assert plain[70:].min() == 255
    assert labeled[70:].min() < 200
    assert labeled[:70, :gutter].min() < 200


def test_gif_ends_with_the_picture_of_the_png(tmp_path):
    still = pixels(save_grid([CROSS, CROSS], tmp_path / "x.png", cell=60))
    path = save_grid([CROSS, CROSS], tmp_path / "x.gif", cell=60, seconds=1)
    with Image.open(path) as image:
        count = image.n_frames
    first, last = pixels(path), pixels(path, count - 1)
    assert count > 5
    np.testing.assert_allclose(last, still, atol=8)  # the GIF has 32 shades
    assert (first < 128).sum() < 0.3 * (last < 128).sum()
    assert (first[:, :68] < 128).sum() == (first[:, 68:] < 128).sum() > 0  # both drawings grow together


def test_save_grid_uses_colors_and_a_transparent_background(tmp_path):
    with Image.open(save_grid([CROSS], tmp_path / "x.png", cell=300, color="#00ff00", background="#102030")) as image:
        assert image.getpixel((0, 0)) == (16, 32, 48)
        assert (np.asarray(image) == [0, 255, 0]).all(axis=2).any()
    with Image.open(save_grid([CROSS], tmp_path / "y.png", background=None)) as image:
        assert image.getpixel((0, 0))[3] == 0
    with Image.open(save_grid([], tmp_path / "empty.png")) as image:
        assert image.getpixel((0, 0)) == rgb(PAPER)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("x.jpg", {}, r"ending in \.svg, \.png, \.gif, got 'x\.jpg'"),
        ("x", {}, r"ending in \.svg, \.png, \.gif, got 'x'"),
        ("x.gif", {"cell": 5000}, r"at most 4 million pixels for a GIF, got 5,016 × 5,016; use fewer"),
        ("x.png", {"cell": 50_000}, r"at most 64 million pixels for a PNG, got 50,016 × 50,016; use .* \.svg"),
        ("x.gif", {"seconds": 0}, "seconds: expected a finite number above 0"),
        ("x.png", {"labels": ["a", "b"]}, "labels: expected one label for each of 1 sketches, got 2"),
    ],
)
def test_save_grid_with_invalid_arguments_raises(name, options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        save_grid([CROSS], tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []
