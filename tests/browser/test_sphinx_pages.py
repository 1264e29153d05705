"""Pages that the directives for Sphinx write: what is loaded when, and what is shown without scripts and in print."""

import pytest

from .gestures import stroke
from .site import Site, until

pytest.importorskip("sphinx", reason="needs Sphinx")

PAGE = """
Title
=====

.. sketchkit-next-point:: kanji

.. raw:: html

   <div style="height: 3000px"></div>

.. sketchkit-complete:: kanji
   :speed: instant

.. sketchkit-pad::
   :task: Draw it.
"""
MAP = """
Map
===

.. sketchkit-next-point:: kanji

.. sketchkit-latent-map:: doodles
   :model: kanji
   :limit: 30
"""


def build(folder, builder="html"):
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    out = folder / builder
    with docutils_namespace():
        places = [folder, folder, out, folder / "trees"]
        Sphinx(*map(str, places), builder, status=None, warning=None, warningiserror=True).build()
    return out


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return the source folder of a documentation site with two pages."""
    folder = tmp_path_factory.mktemp("documentation")
    (folder / "conf.py").write_text('extensions = ["sketchkit.sphinx"]\nsketchkit_dtype = "int8"\n')
    (folder / "index.rst").write_text(PAGE + "\n.. toctree::\n\n   part/map\n")
    (folder / "part").mkdir()
    (folder / "part/map.rst").write_text(MAP)
    return folder


@pytest.fixture(scope="module")
def site(source):
    site = Site(build(source))
    yield site
    site.server.shutdown()


@pytest.fixture
def visit(site, recorded_page):
    """Return a function that opens a page; `page.requested` lists the names of the requested files."""

    def visit(path="index.html", **options):
        page = recorded_page(lambda url: url.rsplit("/", 1)[-1], **options)
        page.goto(f"{site.address}/{path}")
        return page

    return visit


def test_page_loads_a_model_once_and_a_widget_when_it_comes_into_view(visit):
    page = visit()
    until(page, "sketch-next-point", "frames")
    assert page.locator("sketch-complete .sk-pad").count() == 0
    page.locator("sketch-complete").scroll_into_view_if_needed()
    until(page, "sketch-complete", "doneMs")
    assert page.requested.count("kanji.sk.js") == 1


def test_latent_map_uses_the_model_of_the_elements(visit):
    page = visit("part/map.html")
    until(page, "sketch-next-point", "frames")
    page.get_by_label("Drawing number").fill("12")
    page.keyboard.press("Enter")
    page.locator(".sk-status", has_text="drawing 12 of 30").wait_for()
    page.locator("[data-sketchkit] .sk-paper path.sk-ink[d^='M']").first.wait_for(state="attached")
    assert page.requested.count("kanji.sk.js") == 1


def test_scripts_of_the_page_use_events_and_properties(visit):
    page = visit()
    page.locator("sketch-complete").scroll_into_view_if_needed()
    until(page, "sketch-complete", "doneMs")
    page.evaluate("addEventListener('stroke', ({ target, detail }) => { window.drawn = [target.localName, detail]; })")
    stroke(page, page.locator("sketch-complete .sk-pad"), (0.2, 0.3), (0.8, 0.3))
    page.wait_for_function("window.drawn?.[1].sketch.rows.length > 0")
    assert page.evaluate("window.drawn[0]") == "sketch-complete"
    page.wait_for_function("document.querySelector('sketch-complete').by_model.includes(true)")


def test_link_to_a_pad_opens_the_page_with_the_drawing_of_the_link(visit):
    page = visit()
    page.locator("sketch-pad").scroll_into_view_if_needed()
    until(page, "sketch-pad", "ready")
    page.evaluate("() => { document.querySelector('sketch-pad').sketch = [[[20, 20], [200, 90]]]; }")
    place = page.evaluate("document.querySelector('sketch-pad').toLink().split('#')[1]")
    assert place.startswith("sketch3=")
    page = visit(f"index.html#{place}")
    page.locator("sketch-pad").scroll_into_view_if_needed()
    page.locator("sketch-pad .sk-pad[data-strokes='1']").wait_for()


def test_images_are_shown_without_javascript(visit):
    page = visit(java_script_enabled=False)
    for name in ("NextPoint", "Complete", "SketchPad"):
        assert page.get_by_role("img", name=name).is_visible()


def test_print_shows_the_image_of_a_widget_that_has_not_been_in_view(visit):
    page = visit()
    until(page, "sketch-next-point", "frames")
    page.emulate_media(media="print")
    image = page.get_by_role("img", name="Complete")
    assert image.is_visible()
    assert page.locator("sketch-complete").bounding_box()["height"] < image.bounding_box()["height"] + 30
    assert not page.get_by_role("img", name="NextPoint").is_visible()
    assert page.locator("sketch-next-point .sk-pad").is_visible()
    assert page.locator("sketch-next-point button:visible").count() == 0


def test_single_page_of_all_documents_works_from_disk(source, opened):
    page = opened(build(source, "singlehtml") / "index.html")
    until(page, "sketch-next-point", "frames")
    page.locator("sketch-next-point").nth(1).scroll_into_view_if_needed()
    page.locator("sketch-next-point").nth(1).locator("circle.sk-pen").wait_for(state="attached")


def test_text_output_omits_the_widgets(source):
    text = (build(source, "text") / "index.txt").read_text(encoding="utf-8")
    assert "Title" in text
    assert "sketch" not in text
