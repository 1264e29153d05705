"""Animations of drawings as GIF: one drawing, a sequence of drawings, or a grid."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL.Image import Image

from sketchkit.argument_errors import check_type, short_errors
from sketchkit.geometry import centered, page
from sketchkit.render.animation import check_hold, strokes_at, timetable
from sketchkit.render.grid_layout import GridLayout
from sketchkit.render.layout import check_positive, common_scale, line_width, page_padding
from sketchkit.render.palette import INK, PAPER, is_transparent, rgb
from sketchkit.render.raster import add_strokes, coverage, grid_borders, pixel_size
from sketchkit.render.saving import write_file
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_sketches

__all__ = ["gif", "gif_frames", "gif_grid"]

_MIN_FPS = 0.1  # frames per second; GIF limits the duration of a frame to about eleven minutes
_MAX_FPS = 50  # frames per second; browsers slow down GIFs with frames shorter than 20 ms
_MAX_PIXELS = 4e6  # maximum number of pixels of a frame
_GRAY_LEVELS = 32  # shades from background to ink in a GIF; 32 look smooth and halve the file size compared with 256


@short_errors
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
    check_type(sketch, Sketch, "sketch")
    seconds, longer = check_positive("seconds", seconds), check_positive("size", size)
    check_hold(hold)
    _check_rate(fps)
    line = line_width(stroke_width, longer)
    layout = page(sketch.bounds, longer, page_padding(None, longer, line))
    strokes = [layout.place(points) for points in sketch.polylines()]
    times = timetable(strokes, seconds)
    pixels = pixel_size(layout.width, layout.height)
    moments, durations = _timeline(seconds, fps, hold)
    frames = (coverage(strokes_at(strokes, times, now), pixels, line) for now in moments)
    return _write_gif(path, frames, durations, color, background, loop)


@short_errors
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
    longer = check_positive("size", size)
    check_hold(hold)
    _check_rate(fps)
    line = line_width(stroke_width, longer)
    padding = page_padding(None, longer, line)
    corners = np.array([sketch.bounds for sketch in items])
    widest, tallest = (corners[:, 2:] - corners[:, :2]).max(axis=0).tolist()
    layout = page((0.0, 0.0, widest, tallest), longer, padding)
    scale = common_scale(items, longer - 2 * padding)
    pixels = pixel_size(layout.width, layout.height)

    def frames() -> Iterator[Image]:
        for sketch in items:
            to_pixels = centered(sketch.bounds, scale, layout.place.middle)
            yield coverage([to_pixels(points) for points in sketch.polylines()], pixels, line)

    durations = _frame_durations(len(items), len(items) / fps)
    durations[0] += round(100 * hold)
    if len(items) > 1:
        durations[-1] += round(100 * hold)
    return _write_gif(path, frames(), durations, color, background, loop)


def gif_grid(
    layout: GridLayout,
    path: str | os.PathLike[str],
    *,
    seconds: float = 3.0,
    hold: float = 1.0,
    fps: float = 15,
    loop: bool = True,
    color: str = INK,
    background: str | None = PAPER,
) -> Path:
    """Write a GIF that animates all sketches of a grid at the same time, stroke by stroke.

    Parameters
    ----------
    layout : GridLayout
        Sketches and labels of the grid.
    path, seconds, hold, fps, loop, color, background
        See `gif`.

    Returns
    -------
    Path
        Path of the file.

    Raises
    ------
    ValueError
        If the grid has more than four million pixels; see also `gif`.
    """
    seconds = check_positive("seconds", seconds)
    check_hold(hold)
    _check_rate(fps)
    width, height = pixel_size(layout.width, layout.height)
    if width * height > _MAX_PIXELS:
        raise ValueError(
            f"expected a grid of at most {_MAX_PIXELS / 1e6:g} million pixels for a GIF, got {width:,} × {height:,}; "
            "use fewer drawings or smaller cells"
        )
    times = [timetable(tile.strokes, seconds) for tile in layout.tiles]
    moments, durations = _timeline(seconds, fps, hold)
    frame_without_strokes = grid_borders(layout)

    def frames() -> Iterator[Image]:
        for now in moments:
            drawn = [strokes_at(tile.strokes, when, now) for tile, when in zip(layout.tiles, times, strict=True)]
            yield add_strokes(frame_without_strokes, layout, drawn)

    return _write_gif(path, frames(), durations, color, background, loop)


# GIF files ------------------------------------------------------------------------------------------


def _timeline(seconds: float, fps: float, hold: float) -> tuple[list[float], list[int]]:
    """Return the time that each frame shows, in s, and the duration of each frame, in 1/100 s.

    The last frame lasts `hold` s longer.
    """
    count = max(1, round(seconds * fps))
    durations = _frame_durations(count, seconds)
    durations[-1] += round(100 * hold)
    return [seconds * (index + 1) / count for index in range(count)], durations


def _frame_durations(count: int, seconds: float) -> list[int]:
    """Return the durations of `count` frames in hundredths of a second, the time unit of GIF.

    The times of the frames are rounded, not their durations, so the sum of the durations is correct.
    """
    times = np.rint(np.linspace(0, 100 * seconds, count + 1)).astype(int)
    return [max(1, duration) for duration in np.diff(times).tolist()]


def _write_gif(
    path: str | os.PathLike[str],
    frames: Iterable[Image],
    durations: Sequence[int],
    color: str,
    background: str | None,
    loop: bool,
) -> Path:
    """Write frames, given as coverage of each pixel, as a GIF in shades between background and line color."""
    transparent = is_transparent(background)
    paper = rgb(PAPER if transparent or background is None else background)
    shades = np.linspace(paper, rgb(color), _GRAY_LEVELS).round().astype(int).ravel().tolist()
    images = []
    for frame in frames:
        image = frame.point(lambda ink: round(ink / 255 * (_GRAY_LEVELS - 1)))
        image.putpalette(shades)
        images.append(image)
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


def _check_rate(fps: float) -> None:
    if not _MIN_FPS <= check_positive("fps", fps) <= _MAX_FPS:
        raise ValueError(f"fps: expected {_MIN_FPS} to {_MAX_FPS} frames per second, got {fps!r}")
