"""Animations of drawings as SVG and GIF.

The pen moves along the strokes at constant speed, with short pauses between strokes. Both formats use the same timing.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.geometry import centered, page
from sketchkit.render.layout import check_sketch, common_scale, positive
from sketchkit.render.palette import INK, PAPER, is_transparent, rgb
from sketchkit.render.saving import write_file
from sketchkit.render.svg import (
    Picture,
    dot,
    draw,
    finish,
    line_width,
    new_canvas,
    page_padding,
    pen_group,
    stroke_colors,
)
from sketchkit.sketch import Sketch, iter_sketches
from sketchkit.svg_document import path_data

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["animated_svg", "gif", "gif_frames"]

_MAX_PAUSE = 0.12  # maximum pause between two strokes, s
_MAX_PAUSE_SHARE = 0.2  # maximum share of all pauses in the time
_MIN_STROKE_SHARE = 0.01  # minimum share of a stroke, such as a dot, in the total length
_MIN_FPS = 0.1  # frames per second; GIF limits the duration of a frame to about eleven minutes
_MAX_FPS = 50  # frames per second; browsers slow down GIFs with frames shorter than 20 ms
_GRAY_LEVELS = 32  # shades from background to ink in a GIF; 32 look smooth and halve the file size compared with 256


def animated_svg(
    sketch: Sketch,
    *,
    seconds: float = 3.0,
    hold: float = 1.0,
    loop: bool = True,
    size: float = 200,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: str | None = None,
    background: str | None = PAPER,
    padding: float | None = None,
    title: str | None = None,
) -> Picture:
    """Return an SVG that animates a sketch stroke by stroke with CSS, without a script.

    The static picture is the finished drawing. It is shown to readers who prefer reduced motion, in print, and where
    CSS animation is not supported.

    Parameters
    ----------
    sketch : Sketch
        Drawing to animate. An empty sketch gives the static picture of `draw`.
    seconds : float
        Time from the first pen contact to the last pen lift, s.
    hold : float
        Time for which the finished drawing is shown before the animation repeats, s, 0 to 600.
    loop : bool
        Whether to repeat the animation endlessly. Otherwise it plays once and the finished drawing remains.
    size, stroke_width, color, color_by, background, padding, title
        See `draw`.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a time or size is out of range; see also `draw`.
    TypeError
        If `sketch` is not a Sketch.
    """
    seconds = positive("seconds", seconds)
    _check_hold(hold)
    still = draw(
        sketch,
        size=size,
        stroke_width=stroke_width,
        color=color,
        color_by=color_by,
        background=background,
        padding=padding,
        title=title,
    )
    if not len(sketch):
        return still
    line = line_width(stroke_width, size)
    layout = page(sketch.bounds, size, page_padding(padding, size, line))
    strokes = [layout.place(points) for points in sketch.polylines()]
    inks = stroke_colors(len(strokes), color, color_by)
    total = seconds + hold

    # nbconvert inlines all pictures into one HTML page, so the names of CSS rules must be unique.
    name = "s" + hashlib.blake2s(f"{still.text}{total}".encode(), digest_size=5).hexdigest()
    canvas = new_canvas(layout.width, layout.height, background, title, "drawing")
    group = pen_group(canvas, line, class_=name)
    rounds = "infinite" if loop else "1"
    rules = [f".{name}>*{{animation:{total:g}s linear {rounds}}}"]
    for index, (stroke, ink, (begin, end)) in enumerate(zip(strokes, inks, _timetable(strokes, seconds), strict=True)):
        path = path_data(stroke)
        motion = f"{name}-{index}"
        if path is None:
            group.add(dot(canvas, stroke, line, fill=ink, style=f"animation-name:{motion}"))
            rules.append(_keyframes(motion, begin / total, end / total, None))
        else:
            # The dash is slightly longer than the stroke; otherwise, rounding could show the start of the next dash.
            dash = round(_length(stroke) + 1, 1)
            group.add(canvas.path(d=path, stroke=ink, stroke_dasharray=dash, style=f"animation-name:{motion}"))
            rules.append(_keyframes(motion, begin / total, end / total, dash))
    # The animation names are in style attributes, which only an !important rule overrides.
    rules.append(f"@media (prefers-reduced-motion:reduce){{.{name}>*{{animation:none!important}}}}")
    canvas.defs.add(canvas.style("".join(rules)))
    canvas.add(group)
    return finish(canvas, layout.width, layout.height)


def gif(
    sketch: Sketch,
    path: str | os.PathLike[str],
    *,
    seconds: float = 3.0,
    hold: float = 1.0,
    loop: bool = True,
    size: int = 240,
    fps: float = 20,
    stroke_width: float | None = None,
    color: str = INK,
    background: str | None = PAPER,
) -> Path:
    """Write a GIF that animates a sketch stroke by stroke.

    Parameters
    ----------
    sketch : Sketch
        Drawing to animate. An empty sketch gives a blank square.
    path : path-like
        Path of the file, ending in .gif. An existing file is replaced atomically.
    seconds : float
        Time from the first pen contact to the last pen lift, s.
    hold : float
        Time for which the finished drawing is shown, s, 0 to 600.
    loop : bool
        Whether to repeat the animation endlessly.
    size : int
        Longer side of the image, px. The shorter side follows from the drawing.
    fps : float
        Frames per second, 0.1 to 50. Identical frames are stored once.
    stroke_width : float, optional
        Line width, px. Default: `size` / 90, at least 1.
    color : str
        Color of the lines, an opaque CSS color.
    background : str, optional
        Color of the background, an opaque CSS color. None: transparent; the edges of lines are blended with white.

    Returns
    -------
    Path
        Path of the file.

    Raises
    ------
    ValueError
        If a time, rate, size or color is invalid, or the file name does not end in .gif.
    FileNotFoundError
        If the folder does not exist.
    TypeError
        If `sketch` is not a Sketch.
    """
    check_sketch(sketch)
    seconds, longer = positive("seconds", seconds), positive("size", size)
    _check_hold(hold)
    _check_rate(fps)
    line = line_width(stroke_width, longer)
    layout = page(sketch.bounds, longer, page_padding(None, longer, line))
    strokes = [layout.place(points) for points in sketch.polylines()]
    times = _timetable(strokes, seconds)
    count = max(1, round(seconds * fps))
    frames = [_strokes_at(strokes, times, seconds * (index + 1) / count) for index in range(count)]
    durations = _frame_durations(count, seconds)
    durations[-1] += round(100 * hold)
    return _write_gif(path, frames, durations, (layout.width, layout.height), line, color, background, loop)


def gif_frames(
    sketches: Iterable[Sketch],
    path: str | os.PathLike[str],
    *,
    fps: float = 12,
    hold: float = 0.0,
    loop: bool = True,
    size: int = 240,
    stroke_width: float | None = None,
    color: str = INK,
    background: str | None = PAPER,
) -> Path:
    """Write a GIF that shows sketches one after the other, such as an interpolation.

    All sketches are drawn centered and at the same scale, so that only the drawing changes between frames.

    Parameters
    ----------
    sketches : iterable of Sketch
        Drawings to show, at least one.
    path : path-like
        Path of the file, ending in .gif. An existing file is replaced atomically.
    fps : float
        Sketches per second, 0.1 to 50.
    hold : float
        Additional time for the first and the last sketch, s, 0 to 600.
    loop : bool
        Whether to repeat the animation endlessly.
    size : int
        Longer side of the image, px. The shorter side follows from the widest and the tallest sketch.
    stroke_width, color, background
        See `gif`.

    Returns
    -------
    Path
        Path of the file.

    Raises
    ------
    ValueError
        If there are no sketches; see also `gif`.
    FileNotFoundError
        If the folder does not exist.
    TypeError
        If an item is not a Sketch.
    """
    items = list(iter_sketches(sketches))
    if not items:
        raise ValueError("sketches: expected at least one sketch, got none")
    longer = positive("size", size)
    _check_hold(hold)
    _check_rate(fps)
    line = line_width(stroke_width, longer)
    padding = page_padding(None, longer, line)
    corners = np.array([sketch.bounds for sketch in items])
    widest, tallest = (corners[:, 2:] - corners[:, :2]).max(axis=0).tolist()
    layout = page((0.0, 0.0, widest, tallest), longer, padding)
    scale = common_scale(items, longer - 2 * padding)
    frames = []
    for sketch in items:
        to_pixels = centered(sketch.bounds, scale, layout.place.middle)
        frames.append([to_pixels(points) for points in sketch.polylines()])
    durations = _frame_durations(len(frames), len(frames) / fps)
    durations[0] += round(100 * hold)
    if len(frames) > 1:
        durations[-1] += round(100 * hold)
    return _write_gif(path, frames, durations, (layout.width, layout.height), line, color, background, loop)


# Timing ---------------------------------------------------------------------------------------------


def _timetable(strokes: Sequence[NDArray[np.float64]], seconds: float) -> list[tuple[float, float]]:
    """Return the start and end times of the strokes, s, for constant speed and short pauses between strokes."""
    if not strokes:
        return []
    lengths = np.array([_length(stroke) for stroke in strokes])
    shares = np.maximum(lengths, _MIN_STROKE_SHARE * lengths.sum()) if lengths.any() else np.ones(len(strokes))
    num_pauses = len(strokes) - 1
    pause = min(_MAX_PAUSE, _MAX_PAUSE_SHARE * seconds / num_pauses) if num_pauses else 0.0
    times = shares / shares.sum() * (seconds - num_pauses * pause)
    ends = np.cumsum(times) + pause * np.arange(len(strokes))
    return list(zip((ends - times).tolist(), ends.tolist(), strict=True))


def _strokes_at(
    strokes: Sequence[NDArray[np.float64]], times: Sequence[tuple[float, float]], now: float
) -> list[NDArray[np.float64]]:
    """Return the strokes drawn at time `now`; the current stroke is cut at the pen position."""
    drawn = []
    for stroke, (begin, end) in zip(strokes, times, strict=True):
        if now >= end - 1e-9:
            drawn.append(stroke)
        elif now > begin:
            arc_length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
            position = arc_length[-1] * (now - begin) / (end - begin)
            tip = [np.interp(position, arc_length, stroke[:, axis]) for axis in (0, 1)]
            drawn.append(np.concatenate([stroke[arc_length < position], [tip]]))
    return drawn


def _length(stroke: NDArray[np.float64]) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())


def _keyframes(name: str, begin: float, end: float, dash: float | None) -> str:
    """Return the CSS keyframes that draw a stroke between `begin` and `end`, as shares of the animation's duration."""
    # The opacity is also 0 before `begin`, since the round cap of the offset dash would be visible as a dot.
    hidden, drawn = ("", "") if dash is None else (f";stroke-dashoffset:{dash:g}", ";stroke-dashoffset:0")
    first, last = 100 * begin, 100 * end
    return (
        f"@keyframes {name}{{0%,{first:.2f}%{{opacity:0{hidden}}}"
        f"{min(first + 0.01, last):.2f}%{{opacity:1{hidden}}}{last:.2f}%,100%{{opacity:1{drawn}}}}}"
    )


# GIF files ------------------------------------------------------------------------------------------


def _frame_durations(count: int, seconds: float) -> list[int]:
    """Return the durations of `count` frames in hundredths of a second, the time unit of GIF.

    The times of the frames are rounded, not their durations, so the sum of the durations is correct.
    """
    times = np.rint(np.linspace(0, 100 * seconds, count + 1)).astype(int)
    return [max(1, duration) for duration in np.diff(times).tolist()]


def _write_gif(
    path: str | os.PathLike[str],
    frames: Sequence[Sequence[NDArray[np.float64]]],
    durations: Sequence[int],
    size: tuple[float, float],
    line: float,
    color: str,
    background: str | None,
    loop: bool,
) -> Path:
    """Rasterize the frames in shades between background and line color, and write the GIF."""
    from sketchkit.render.raster import coverage

    pixels = (max(1, round(size[0])), max(1, round(size[1])))
    transparent = is_transparent(background)
    paper = rgb(PAPER if transparent or background is None else background)
    shades = np.linspace(paper, rgb(color), _GRAY_LEVELS).round().astype(int).ravel().tolist()

    def render_frame(strokes: Sequence[NDArray[np.float64]]) -> Image:
        image = coverage(strokes, pixels, line).point(lambda ink: round(ink / 255 * (_GRAY_LEVELS - 1)))
        image.putpalette(shades)
        return image

    images = [render_frame(strokes) for strokes in frames]
    buffer = io.BytesIO()
    options: dict[str, Any] = {"loop": 0} if loop else {}
    if transparent:
        options |= {"transparency": 0, "disposal": 2}  # each frame replaces the previous one
    images[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=images[1:],
        duration=[10 * duration for duration in durations],
        **options,
    )
    return write_file(buffer.getvalue(), path, ".gif")


def _check_hold(hold: float) -> None:
    if not 0 <= hold <= 600:
        raise ValueError(f"hold: expected 0 to 600 seconds, got {hold!r}")


def _check_rate(fps: float) -> None:
    if not _MIN_FPS <= positive("fps", fps) <= _MAX_FPS:
        raise ValueError(f"fps: expected {_MIN_FPS} to {_MAX_FPS} frames per second, got {fps!r}")
