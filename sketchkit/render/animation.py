"""Animation of a drawing as SVG, and the timing of animations.

The pen moves along the strokes at constant speed, with short pauses between strokes. GIFs use the same timing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.argument_errors import check_type, short_errors
from sketchkit.geometry import page
from sketchkit.render.canvas import Canvas, ColorBy, stroke_colors
from sketchkit.render.layout import check_positive, line_width, page_padding
from sketchkit.render.palette import INK, PAPER
from sketchkit.render.picture import Picture
from sketchkit.render.svg import draw
from sketchkit.sketch import Sketch
from sketchkit.svg_document import path_data

__all__ = ["animated_svg", "check_hold", "strokes_at", "timetable"]

_MAX_PAUSE = 0.12  # maximum pause between two strokes, s
_MAX_PAUSE_SHARE = 0.2  # maximum total duration of the pauses, as a share of `seconds`
_MIN_STROKE_SHARE = 0.01  # minimum length of a stroke, also of a dot, as a share of the total length


@short_errors
def animated_svg(
    sketch: Sketch,
    *,
    seconds: float = 3.0,
    hold: float = 1.0,
    loop: bool = True,
    size: float = 200,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: ColorBy = None,
    background: str | None = PAPER,
    padding: float | None = None,
    title: str | None = None,
) -> Picture:
    """Return an SVG that animates a sketch stroke by stroke with CSS, without a script.

    The static picture is the finished drawing. Readers who prefer reduced motion see this picture; it is also shown in
    print, and where CSS animation is not supported.

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
    check_type(sketch, Sketch, "sketch")
    seconds = check_positive("seconds", seconds)
    check_hold(hold)
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
    canvas = Canvas(layout.width, layout.height, background, title, "drawing")
    group = canvas.pen_group(line, class_=name)
    rules = [f".{name}>*{{animation:{total:g}s linear {'infinite' if loop else '1'}}}"]
    for index, (stroke, ink, (begin, end)) in enumerate(zip(strokes, inks, timetable(strokes, seconds), strict=True)):
        motion = f"{name}-{index}"
        element, dash = _stroke_element(canvas, stroke, line, ink, motion)
        group.add(element)
        rules.append(_keyframes(motion, begin / total, end / total, dash))
    # The animation names are in style attributes, which only an !important rule overrides.
    rules.append(f"@media (prefers-reduced-motion:reduce){{.{name}>*{{animation:none!important}}}}")
    canvas.svg.defs.add(canvas.svg.style("".join(rules)))
    canvas.add(group)
    return canvas.picture()


# Timing ---------------------------------------------------------------------------------------------


def timetable(strokes: Sequence[NDArray[np.float64]], seconds: float) -> list[tuple[float, float]]:
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


def strokes_at(
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


def _stroke_element(
    canvas: Canvas, stroke: NDArray[np.float64], line: float, ink: str, motion: str
) -> tuple[Any, float | None]:
    """Return the SVG element of an animated stroke, and the length of its dash; None for a dot."""
    style = f"animation-name:{motion}"
    path = path_data(stroke)
    if path is None:
        return canvas.dot(stroke, line, fill=ink, style=style), None
    # The dash is slightly longer than the stroke; otherwise, rounding could show the start of the next dash.
    dash = round(_length(stroke) + 1, 1)
    return canvas.svg.path(d=path, stroke=ink, stroke_dasharray=dash, style=style), dash


def _keyframes(name: str, begin: float, end: float, dash: float | None) -> str:
    """Return the CSS keyframes that draw a stroke between `begin` and `end` (shares of the animation's duration)."""
    # The opacity is also 0 before `begin`, since the round cap of the offset dash would look like a dot.
    hidden, drawn = ("", "") if dash is None else (f";stroke-dashoffset:{dash:g}", ";stroke-dashoffset:0")
    first, last = 100 * begin, 100 * end
    return (
        f"@keyframes {name}{{0%,{first:.2f}%{{opacity:0{hidden}}}"
        f"{min(first + 0.01, last):.2f}%{{opacity:1{hidden}}}{last:.2f}%,100%{{opacity:1{drawn}}}}}"
    )


def check_hold(hold: float) -> None:
    """Raise ValueError if the time of the finished drawing is out of range."""
    if not 0 <= hold <= 600:
        raise ValueError(f"hold: expected 0 to 600 seconds, got {hold!r}")
