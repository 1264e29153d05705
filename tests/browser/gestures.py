"""Strokes drawn with the mouse on a pad, and files that a page saves."""

from pathlib import Path


def points(locator, *shares):
    box = locator.bounding_box()
    return [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in shares]


def stroke(page, pad, *shares):
    """Draw a stroke with the mouse, through points given as fractions of the pad's size."""
    pad.scroll_into_view_if_needed()
    first, *rest = points(pad, *shares)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point, steps=5)
    page.mouse.up()


def saved(page, button):
    """Click a button that saves a file; return its name and bytes."""
    with page.expect_download() as waiting:
        button.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def choose_model(widget, name):
    """Choose a model in a widget's list."""
    widget.locator(".sk-models > summary").click()
    widget.get_by_role("button", name=name, exact=True).click()
