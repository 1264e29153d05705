"""Animation of a sequence of drawings as SVG, such as an interpolation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from sketchkit.argument_errors import short_errors
from sketchkit.geometry import centered, page
from sketchkit.render.animation import check_hold
from sketchkit.render.canvas import Canvas
from sketchkit.render.layout import check_positive, common_scale, line_width, page_padding
from sketchkit.render.palette import INK, PAPER
from sketchkit.render.picture import Picture
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_sketches
from sketchkit.svg_document import path_data

__all__ = ["svg_frames"]


@short_errors
def svg_frames(
    sketches: Iterable[Sketch],
    *,
    fps: float = 12,
    hold: float = 0.0,
    loop: bool = True,
    size: float = 240,
    stroke_width: float | None = None,
    color: str = INK,
    background: str | None = PAPER,
    title: str | None = None,
) -> Picture:
    """Return an SVG that shows sketches one after the other with CSS, without a script.

    All sketches are drawn centered and at the same scale, as in `gif_frames`. The static picture is the sketch in the
    middle of the sequence. Readers who prefer reduced motion see this picture; it is also shown where CSS animation is
    not supported.

    Parameters
    ----------
    sketches : iterable of Sketch
        Drawings to show, at least one.
    fps : float
        Sketches per second, above 0.
    hold : float
        Additional time for the first and the last sketch, s, 0 to 600.
    loop : bool
        Whether to repeat the animation endlessly. Otherwise it plays once and the last sketch remains.
    size : float
        Longer side of the picture, px. The shorter side follows from the widest and the tallest sketch.
    stroke_width, color, background, title
        See `draw`.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no sketches, or a number is out of range.
    TypeError
        If an item is not a Sketch.
    """
    items = list(iter_sketches(sketches))
    if not items:
        raise ValueError("sketches: expected at least one sketch, got none")
    fps, size = check_positive("fps", fps), check_positive("size", size)
    check_hold(hold)
    line = line_width(stroke_width, size)
    padding = page_padding(None, size, line)
    corners = np.array([sketch.bounds for sketch in items])
    widest, tallest = (corners[:, 2:] - corners[:, :2]).max(axis=0).tolist()
    layout = page((0.0, 0.0, widest, tallest), size, padding)
    scale = common_scale(items, size - 2 * padding)

    durations = np.full(len(items), 1 / fps)
    durations[0] += hold
    durations[-1] += hold
    ends = np.cumsum(durations)
    begins, total = ends - durations, ends[-1]

    canvas = Canvas(layout.width, layout.height, background, title, "drawings")
    frames = []
    for sketch in items:
        place = centered(sketch.bounds, scale, layout.place.middle)
        frame = canvas.pen_group(line, stroke=color)
        for stroke in map(place, sketch.polylines()):
            data = path_data(stroke)
            frame.add(canvas.dot(stroke, line, fill=color) if data is None else canvas.svg.path(d=data))
        frames.append(frame)
    # nbconvert inlines all pictures into one HTML page, so the names of CSS rules must be unique.
    content = "".join(frame.tostring() for frame in frames)
    name = "f" + hashlib.blake2s(f"{content}{total}{hold}{loop}".encode(), digest_size=5).hexdigest()
    rules = [f".{name}{{animation:{total:.6g}s step-end {'infinite' if loop else '1 forwards'}}}"]
    for index, (frame, begin, end) in enumerate(zip(frames, begins / total, ends / total, strict=True)):
        frame["class"] = name
        frame["style"] = f"animation-name:{name}-{index}"
        if index != len(items) // 2:
            frame["visibility"] = "hidden"
        hidden = "" if index == 0 else "0%{visibility:hidden}"
        gone = "" if index == len(items) - 1 else f"{100 * end:.4g}%{{visibility:hidden}}"
        rules.append(f"@keyframes {name}-{index}{{{hidden}{100 * begin:.4g}%{{visibility:visible}}{gone}}}")
        canvas.add(frame)
    # The animation names are in style attributes, which only an !important rule overrides.
    rules.append(f"@media (prefers-reduced-motion:reduce){{.{name}{{animation:none!important}}}}")
    canvas.svg.defs.add(canvas.svg.style("".join(rules)))
    return canvas.picture()
