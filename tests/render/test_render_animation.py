"""Animated SVG and GIF: duration, size and content of the frames."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sketchkit.render.animation import animated_svg
from sketchkit.render.frame_animation import svg_frames
from sketchkit.render.gif_files import gif, gif_frames
from sketchkit.render.raster import raster, raster_grid
from sketchkit.render.svg import draw
from sketchkit.sketch import Sketch

SVG = "{http://www.w3.org/2000/svg}"
THREE = Sketch.from_polylines([[(0, 0), (100, 0), (100, 50)], [(20, 20)], [(50, 50), (0, 50)]])
EMPTY = Sketch([])


def frames_of(path):
    """Return the frames in grayscale and their durations, ms."""
    frames, times = [], []
    with Image.open(path) as film:
        for index in range(film.n_frames):
            film.seek(index)
            frames.append(np.asarray(film.convert("L")))
            times.append(film.info["duration"])
    return frames, times


def keyframes(text):
    """Return the start and end of each stroke, in percent of the animation's duration."""
    return [
        (float(begin), float(end)) for begin, end in re.findall(r"@keyframes \S+?\{0%,([\d.]+)%.*?([\d.]+)%,100%", text)
    ]


def test_animated_svg_has_the_paths_and_size_of_the_static_picture():
    picture, still = animated_svg(THREE), draw(THREE)
    root = ET.fromstring(picture.text)
    assert (picture.width, picture.height) == (still.width, still.height)
    moved = "".join(path.get("d") for path in root.iter(f"{SVG}path"))
    drawn = "".join(path.get("d") for path in ET.fromstring(still.text).iter(f"{SVG}path"))
    assert moved == drawn
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert "<script" not in picture.text


def test_animated_svg_with_reduced_motion_shows_the_finished_drawing():
    text = animated_svg(THREE).text
    assert re.search(r"prefers-reduced-motion:reduce\)\{\.\w+>\*\{animation:none!important\}\}", text)
    # Nothing outside the keyframes hides or shifts a stroke.
    outside = re.sub(r"@keyframes \S+?\{(?:[^{}]*\{[^{}]*\})*\}", "", text)
    assert "opacity:0" not in outside
    assert "dashoffset" not in outside


def test_strokes_are_animated_in_order_at_constant_speed():
    times = keyframes(animated_svg(THREE, seconds=4, hold=1).text)
    assert len(times) == 3
    assert times[0][0] == 0
    assert times[-1][1] == pytest.approx(80, abs=0.01)
    for (_, end), (begin, _) in pairwise(times):
        assert 0 < begin - end < 4
    spans = [end - begin for begin, end in times]
    assert spans[0] / spans[2] == pytest.approx(3, rel=0.02)
    assert spans[1] > 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-100, 100, width=32), st.floats(-100, 100, width=32), st.sampled_from([0, 1])),
        min_size=1,
        max_size=60,
    ).map(Sketch),
    st.floats(0.05, 60),
)
def test_keyframe_times_are_increasing(sketch, seconds):
    times = np.array(keyframes(animated_svg(sketch, seconds=seconds, hold=0).text))
    assert len(times) == sketch.num_strokes
    assert (np.diff(times.ravel()) >= 0).all()
    assert times[-1, 1] == pytest.approx(100, abs=0.01)


def test_animated_svg_loop_or_once():
    assert "linear infinite" in animated_svg(THREE).text
    assert "linear 1}" in animated_svg(THREE, loop=False).text


def test_animated_svgs_have_unique_css_names():
    first, second = (re.findall(r"@keyframes (\S+?)\{", animated_svg(s).text) for s in (THREE, THREE.scaled(1, 2)))
    assert not set(first) & set(second)


def test_animated_svg_of_an_empty_sketch_is_static():
    assert animated_svg(EMPTY).text == draw(EMPTY).text


def test_gif_adds_ink_until_the_sketch_is_finished(tmp_path):
    path = gif(THREE, tmp_path / "three.gif", seconds=2, hold=1.5, size=120, fps=10)
    frames, times = frames_of(path)
    assert sum(times) == 3500
    assert 10 < len(frames) <= 20
    assert frames[0].shape[1] == 120
    assert frames[0].shape[0] < 90
    ink = [(255 - frame.astype(int)).sum() for frame in frames]
    assert ink[0] > 0
    assert ink == sorted(ink)
    assert times[-1] >= 1500
    with Image.open(path) as film:
        assert film.info["loop"] == 0


def test_gif_duration_is_exact_if_a_frame_does_not_last_whole_hundredths_of_a_second(tmp_path):
    _, times = frames_of(gif(THREE, tmp_path / "a.gif", seconds=1, hold=0, fps=30, size=60))
    assert sum(times) == 1000


def test_gif_without_loop_plays_once(tmp_path):
    with Image.open(gif(THREE, tmp_path / "a.gif", loop=False, size=40)) as film:
        assert "loop" not in film.info


def test_gif_of_an_empty_sketch_is_blank(tmp_path):
    frames, times = frames_of(gif(EMPTY, tmp_path / "a.gif", seconds=1, hold=1, size=40))
    assert frames[0].shape == (40, 40)
    assert frames[0].min() == 255
    assert sum(times) == 2000


def test_gif_contains_the_given_colors(tmp_path):
    path = gif(THREE, tmp_path / "a.gif", color="#ff0000", background="#000040", size=60, stroke_width=6)
    with Image.open(path) as film:
        film.seek(film.n_frames - 1)
        colors = {color for _, color in film.convert("RGB").getcolors()}
    assert {(255, 0, 0), (0, 0, 64)} <= colors


def test_gif_frames_share_one_scale(tmp_path):
    small, large = Sketch([[20, 0, 0], [0, 20, 1]]), Sketch([[80, 0, 0], [0, 80, 1]])
    path = gif_frames([small, large, EMPTY], tmp_path / "a.gif", fps=4, size=100, hold=0.5)
    frames, times = frames_of(path)
    assert times == [750, 250, 750]
    assert {frame.shape for frame in frames} == {(100, 100)}
    widths = [np.ptp(np.flatnonzero((frame < 128).any(axis=0))) for frame in frames[:2]]
    assert widths[1] / widths[0] == pytest.approx(4, rel=0.1)
    assert frames[2].min() == 255


def test_gif_frames_of_one_sketch_has_one_frame(tmp_path):
    frames, times = frames_of(gif_frames([THREE], tmp_path / "a.gif", fps=2, hold=1))
    assert len(frames) == 1
    assert times == [1500]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda path: gif(THREE, path, fps=0), "fps"),
        (lambda path: gif(THREE, path, fps=200), "fps: expected 0.1 to 50 frames per second, got 200"),
        (lambda path: gif(THREE, path, seconds=-1), "seconds"),
        (lambda path: gif(THREE, path, hold=-1), "hold: expected 0 to 600 seconds, got -1"),
        (
            lambda path: gif(THREE, path, color="redd"),
            "expected an opaque color such as '#rrggbb' or 'black', got 'redd'",
        ),
        (lambda path: gif(THREE, path, color=None), "expected an opaque color"),
        (lambda path: gif(THREE, path, background="#00000080"), "expected an opaque color"),
        (lambda path: gif(THREE, path, background="var(--paper)"), "expected an opaque color"),
        (lambda path: gif(THREE, path.with_suffix(".png")), r"ending in \.gif, got 'a\.png'"),
        (lambda path: gif_frames([], path), "expected at least one sketch, got none"),
        (lambda path: animated_svg(THREE, seconds=float("inf")), "seconds"),
        (lambda path: animated_svg(THREE, color_by="pressure"), "color_by"),
    ],
)
def test_animations_with_invalid_arguments_raise(call, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        call(tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())


def test_gif_in_a_missing_folder_raises(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        gif(THREE, tmp_path / "nowhere" / "a.gif", seconds=0.1)


@pytest.mark.parametrize("background", ["black", "#000", "rgb(0, 0, 0)"])
def test_gif_accepts_css_colors(background, tmp_path):
    with Image.open(gif(THREE, tmp_path / "a.gif", color="White", background=background, size=60)) as film:
        assert film.convert("RGB").getpixel((0, 0)) == (0, 0, 0)


@pytest.mark.parametrize("background", [None, "none", "transparent"])
@pytest.mark.parametrize("make", [gif, lambda sketch, *a, **o: gif_frames([sketch, sketch.scaled(0.5)], *a, **o)])
def test_gif_without_a_background_is_transparent_in_every_frame(background, make, tmp_path):
    with Image.open(make(THREE, tmp_path / "a.gif", background=background, size=60)) as film:
        inked = []
        for frame in range(film.n_frames):
            film.seek(frame)
            alpha = np.asarray(film.convert("RGBA"))[..., 3]
            assert (alpha[0, 0], alpha.max()) == (0, 255)
            inked.append((alpha > 0).sum())
        assert inked == sorted(inked, reverse=make is not gif)  # the second drawing of `gif_frames` is smaller


def test_raster_without_a_background_has_the_coverage_as_alpha():
    opaque, clear = raster(THREE, 40, color="black", background="white"), raster(THREE, 40, background=None)
    assert clear.shape == (40, 40, 4)
    np.testing.assert_array_equal(255 - opaque[..., 0], clear[..., 3])
    assert raster_grid([THREE] * 3, 2, 40, background=None).shape == (80, 80, 4)


def test_svg_frames_shows_one_sketch_after_the_other():
    text = svg_frames([THREE, THREE.scaled(0.5), EMPTY], fps=2, hold=0.5).text
    frames = [group for group in ET.fromstring(text).iter(f"{SVG}g") if group.get("class")]
    assert len(frames) == 3
    assert [group.get("visibility") for group in frames] == ["hidden", None, "hidden"]  # without animation
    assert "2.5s step-end infinite" in text  # three frames of half a second, and two pauses
    shown = re.findall(r"([\d.]+)%\{visibility:visible\}(?:([\d.]+)%)?", text)
    assert [(float(begin), float(end or 100)) for begin, end in shown] == [(0, 40), (40, 60), (60, 100)]
    assert "prefers-reduced-motion" in text


def test_svg_frames_has_the_scale_of_gif_frames_and_checks_its_input():
    big, small = (
        next(ET.fromstring(svg_frames([THREE, THREE.scaled(s)]).text).iter(f"{SVG}svg")).get("width") for s in (1, 0.5)
    )
    assert big == small
    with pytest.raises(ValueError, match="expected at least one sketch"):
        svg_frames([])
    with pytest.raises(ValueError, match="fps"):
        svg_frames([THREE], fps=0)
    with pytest.raises(TypeError):
        svg_frames(["a"])
