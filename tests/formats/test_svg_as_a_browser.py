"""What Chromium 156 draws for a document. The expected values were compared with its screenshots."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sketchkit.formats.svg import read_svg

CASES = Path(__file__).parents[3] / "shared" / "cases" / "svg"
LINE = '<path d="M10 20H30" fill="none" stroke="black" {}/>'
SQUARE = '<rect x="40" y="40" width="20" height="20" fill="none" stroke="black" {}/>'


def page(body, attributes='viewBox="0 0 100 100" width="100" height="100"', before=""):
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{before}<svg {names} {attributes}>{body}</svg>"


def bounds(document, **options):
    """Return left, top, right and bottom of the drawing, in pixels of the page; None if it is empty."""
    options = {"fills": "skip", "skipped": Counter(), **options}
    sketch = read_svg(document, size=None, tolerance=0.01, **options)
    return tuple(np.round(sketch.bounds, 1)) if sketch.num_strokes else None


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("badge.svg", [(10, 10, 110, 70), (30, 50, 90, 50)]),
        ("house.svg", [(10, 10, 110, 70), (50, 45, 70, 70)]),
        ("important-sheet-wins.svg", [(10, 10, 90, 90)]),
        ("media.svg", [(2, 2, 22, 22), (2, 2, 22, 22)]),
        ("transform-origin-attribute.svg", [(5, 5, 95, 95), (35.9, 35.9, 64.1, 64.1)]),
        ("transform-origin-css.svg", [(5, 5, 95, 95), (35.9, 35.9, 64.1, 64.1)]),
        ("transform-origin-right.svg", [(5, 5, 95, 95), (35.9, 35.9, 64.1, 64.1)]),
        ("transparent-stroke.svg", [(10, 80, 90, 80)]),
        ("utf16-bom-declared-utf8.svg", [(10, 10, 90, 90)]),
    ],
)
def test_collected_files_are_read_as_a_browser_draws_them(file, expected):
    if not (CASES / file).is_file():
        pytest.skip("the collected files are not part of the repository; the same cases follow below")
    sketch = read_svg(CASES / file, size=None)
    found = [(*points.min(axis=0), *points.max(axis=0)) for points in sketch.polylines()]
    np.testing.assert_allclose(found, expected, atol=0.1)


PLACED = {
    "transform-origin attribute": (SQUARE.format('transform="rotate(45)" transform-origin="50 50"'), (35.9, 64.1)),
    "transform-origin in CSS": (
        SQUARE.format('style="transform: rotate(45deg); transform-origin: 50px 50px"'),
        (35.9, 64.1),
    ),
    "rotate about a point": (SQUARE.format('transform="rotate(45 50 50)"'), (35.9, 64.1)),
    "transform-origin in per cent": (SQUARE.format('transform="rotate(45)" transform-origin="50%"'), (35.9, 64.1)),
    "transform-origin by words": (SQUARE.format('transform="scale(.5)" transform-origin="bottom right"'), (70, 80)),
    "transform-origin from left": (SQUARE.format('transform="scale(.5)" transform-origin="left 40"'), (20, 40, 30, 50)),
    "transform-origin with calc": (
        SQUARE.format('style="transform: scale(.5); transform-origin: calc(50% - 10px) 0"'),
        (40, 20, 50, 30),
    ),
    "fill-box": (
        SQUARE.format('style="transform: rotate(45deg); transform-box: fill-box; transform-origin: center"'),
        (35.9, 64.1),
    ),
    "stroke-box": (
        SQUARE.format(
            'stroke-width="10" style="transform: scale(.5); transform-box: stroke-box; transform-origin: 0 0"'
        ),
        (37.5, 47.5),
    ),
    "fill-box of a group": (
        '<g style="transform-box: fill-box; transform-origin: 0 0; transform: scale(2)"><rect x="10" y="10" width="10" '
        'height="10" transform="rotate(45 15 15)" fill="none" stroke="black"/></g>',
        (7.9, 36.2),
    ),
    "fill-box of a use": (
        '<defs><path id="a" d="M10 10L50 50"/></defs><use stroke="red" href="#a" x="10" '
        'style="transform-box: fill-box; transform: scale(.5); transform-origin: 100% 100%"/>',
        (35, 30, 55, 50),
    ),
    "fill-box leaves out what is not displayed": (
        '<g stroke="red" style="transform-box: fill-box; transform: scale(.5); transform-origin: 100% 100%">'
        '<path display="none" d="M0 0L90 90"/><path d="M10 10L50 50"/></g>',
        (30, 50),
    ),
    "translate, rotate and scale": (
        SQUARE.format('style="translate: 10px 5px; scale: 2; rotate: 90deg; transform-origin: 50px 50px"'),
        (40, 35, 80, 75),
    ),
    "translate in per cent": (SQUARE.format('style="translate: 10%; transform-box: fill-box"'), (42, 40, 62, 60)),
    "rotate about x": (SQUARE.format('style="rotate: x 60deg"'), (40, 20, 60, 30)),
    "CSS replaces the attribute": (
        LINE.format('transform="translate(50 50)" style="transform: translate(5px, 5px)"'),
        (15, 25, 35, 25),
    ),
    "none replaces the attribute": (
        LINE.format('transform="translate(50 50)" style="transform: none"'),
        (10, 20, 30, 20),
    ),
    "matrix3d": (LINE.format('style="transform: matrix3d(2,0,0,0,0,2,0,0,0,0,1,0,5,5,0,1)"'), (25, 45, 65, 45)),
    "rotateY": (LINE.format('style="transform: rotateY(60deg)"'), (5, 20, 15, 20)),
    "invalid attribute": (LINE.format('transform="translate(5 5) turn(3)"'), (10, 20, 30, 20)),
    "attribute with a unit": (LINE.format('transform="rotate(90deg)"'), (10, 20, 30, 20)),
    "CSS without a unit": (LINE.format('style="transform: translate(5, 5)"'), (10, 20, 30, 20)),
    "a flat transform": (LINE.format('transform="scale(0 1)"'), None),
    "a turn by a variable": (
        SQUARE.format('style="--r: 45; transform: rotate(calc(var(--r) * 1deg)); transform-origin: center"'),
        (35.9, 64.1),
    ),
    "cx, cy, r": ('<circle cx="1" stroke="red" style="cx: 50px; cy: 50%; r: 5px"/>', (45, 55)),
    "numbers as lengths": ('<circle stroke="red" style="cx: 50; cy: 50; r: calc(2 * 3)"/>', (44, 56)),
    "x, y, width, height": (
        '<rect stroke="red" style="x: 40px; y: 40px; width: 20px; height: 20px; rx: 50%"/>',
        (40, 60),
    ),
    "rx, ry": ('<ellipse stroke="red" cx="50" cy="50" ry="5" style="rx: 20px"/>', (30, 45, 70, 55)),
    "d": ("<path stroke='red' d='M0 0H5' style='d: path(\"M10 10H90\")'/>", (10, 10, 90, 10)),
    "d: none": ('<path stroke="red" d="M0 0H5" style="d: none"/>', None),
    "x of use": (
        '<defs><path id="p" stroke="red" d="M10 10H50"/></defs><use href="#p" style="x: 10px"/>',
        (20, 10, 60, 10),
    ),
    "size of use is no CSS": (
        '<symbol id="p" viewBox="0 0 10 10"><path stroke="red" d="M0 0L10 10"/></symbol><use href="#p" style="width: 20px"/>',  # noqa: E501
        (0, 100),
    ),
    "em and rem": ('<g font-size="10"><circle stroke="red" r=".5em" cx="1em" cy="1rem"/></g>', (5, 11, 15, 21)),
    "min and clamp": ('<circle stroke="red" cx="20" cy="20" style="r: min(5px, clamp(1px, 50%, 9px))"/>', (15, 25)),
    "display: contents": (
        '<g style="display: contents" transform="translate(5 5)">' + LINE.format("") + "</g>",
        (10, 20, 30, 20),
    ),
    "points with a letter": ('<polyline points="10 10 50 50 h 20" stroke="red"/>', None),
    "points with an odd number": ('<polyline points="10 10 50 50 60" stroke="red"/>', (10, 50)),
    "a viewBox without an extent": (
        '<svg width="20" height="20" viewBox="0 0 0 10">' + LINE.format("") + "</svg>",
        None,
    ),
    "an encoded reference": (
        '<defs><path id="a b" stroke="red" d="M10 10H50"/></defs><use href="#a%20b"/>',
        (10, 10, 50, 10),
    ),
}


@pytest.mark.parametrize("case", PLACED)
def test_css_positions_and_shapes(case):
    body, expected = PLACED[case]
    if expected is not None and len(expected) == 2:
        expected = (expected[0], expected[0], expected[1], expected[1])
    found = bounds(page(body))
    assert found == expected if expected is None else found == pytest.approx(expected, abs=0.11)


def test_root_transform_has_its_origin_at_the_center():
    line = LINE.format("")
    size = 'viewBox="0 0 100 100" width="100" height="100"'
    assert bounds(page(line, f'{size} transform="scale(.5)"')) == (30, 35, 40, 35)
    assert bounds(page(line, f'{size} style="transform: scale(.5)"')) == (30, 35, 40, 35)
    assert bounds(page(line, f'{size} display="none" systemLanguage="de"')) == (10, 20, 30, 20)
    assert bounds(page(line, 'viewBox="0 0 100 100" style="width: 50px; height: 50px"')) == (5, 10, 15, 10)
    assert bounds(page(line, 'viewBox="0 0 0 100" width="9" height="9"')) is None


THICK = 'd="M10 10L50 50" fill="none"'
PAINT = {
    "stroke='rgba(0,0,0,0)'": 0, "stroke='#00000000'": 0, "stroke='#0000'": 0, "stroke='hsl(0 0% 0% / 0)'": 0,
    "stroke='rgba(0,0,0,.5)'": 1, "stroke='transparent'": 0, "stroke='rgb(100%,0%,0%)'": 1, "stroke='RED'": 1,
    "stroke='color-mix(in srgb, transparent, transparent)'": 0, "stroke='color-mix(in srgb, red, blue)'": 1,
    "stroke='rgb(from red r g b / 0)'": 0, "stroke='light-dark(red, transparent)'": 1,
    "stroke='light-dark(transparent, red)'": 0, "stroke='oklch(0.5 0.1 20 / 0)'": 0, "stroke='CanvasText'": 1,
    "stroke='bogus'": 0, "stroke='red;'": 0, "stroke='red !important'": 0, "stroke='#f00 icc-color(a, 0.1)'": 0,
    "stroke='red' stroke-opacity='0%'": 0, "stroke='red' stroke-opacity='calc(0 * 1)'": 0, "stroke='red' opacity='0'": 0,  # noqa: E501
    "stroke='red' opacity='-1'": 0, "stroke='red' opacity='zero'": 1, "stroke='red' style='filter: opacity(0)'": 0,
    "stroke='red' stroke-width='0%'": 0, "stroke='red' stroke-width='-5'": 1,
    "stroke='red' style='content-visibility: hidden'": 1, "stroke='red' visibility='collapse'": 0,
    "stroke='currentColor' color='transparent'": 0, "stroke='currentColor'": 1, "stroke='context-stroke'": 0,
    "stroke='url(#none)'": 0, "stroke='url(#none) red'": 1, "stroke='url(#g) none'": 1, "stroke='url(#empty) red'": 0,
    "stroke='url(#clear)'": 0, "stroke='url(#pattern)'": 0, "stroke='url(#linked)'": 1, "stroke='url(a.svg#g)'": 0,
    "style='stroke: red; stroke: bogus'": 1, "style='stroke: var(--none)'": 0, "style='stroke: var(--none, red)'": 1,
    "style='--a: var(--b); --b: var(--a); stroke: var(--a, red)'": 1, "style='--A: red; stroke: var(--a)'": 0,
    "style='--a: red; stroke: var(--a)'": 1, "style='--a: initial; stroke: var(--a, none)'": 0,
    "stroke='red' style='--w: 0; stroke-width: var(--w)'": 0, "stroke='red' style='all: unset'": 0,
    "stroke='red' style='stroke: initial'": 0, "style='/**/stroke:red/*; stroke: none*/'": 1,
    "style='STROKE: RED'": 1, "style='display: contents; stroke: red'": 0,
}  # fmt: skip
SERVERS = (
    '<linearGradient id="g"><stop stop-color="red"/></linearGradient><linearGradient id="empty"/><pattern id="pattern"/>'  # noqa: E501
    '<linearGradient id="clear"><stop stop-opacity="0"/></linearGradient><linearGradient id="linked" href="#g"/>'
)


@pytest.mark.parametrize("attributes", PAINT)
def test_invisible_paint_is_not_read(attributes):
    assert (bounds(page(f"{SERVERS}<path {THICK} {attributes}/>")) is not None) == PAINT[attributes]


def test_paint_is_inherited():
    assert bounds(page(f'<g color="transparent" stroke="currentColor"><path color="red" {THICK}/></g>'))
    assert not bounds(page(f'<g color="transparent"><path stroke="currentColor" {THICK}/></g>'))
    assert bounds(page(f'<g stroke="red"><path stroke="bogus" {THICK}/></g>'))
    assert bounds(page(f'<g style="--b: red; --a: var(--b)"><path style="--b: none; stroke: var(--a)" {THICK}/></g>'))
    assert bounds(page(f'<defs><path id="p" stroke="context-stroke" {THICK}/></defs><use href="#p" stroke="red"/>'))
    # A gradient in units of the bounding box paints nothing if the box has no area.
    assert not bounds(page(f'{SERVERS}<path stroke="url(#g)" fill="none" d="M10 10H50"/>'))
    assert bounds(page(f'{SERVERS}<path stroke="url(#g) red" fill="none" d="M10 10H50"/>'))
    assert not bounds(page(f'<g style="content-visibility: hidden"><path stroke="red" {THICK}/></g>'))
    # Only the caps of a line without length are visible.
    assert not bounds(page('<path stroke="red" d="M5 5h0"/>'))
    assert bounds(page('<path stroke="red" stroke-linecap="round" d="M5 5h0"/>'))


SHEETS = {
    ".guide{display:none!important} .guide{display:inline}": 0,
    "path{stroke:red!important} #p{stroke:none}": 1,
    "path{stroke:red} path{stroke:none}": 0,
    "g > path{stroke:red}": 1,
    "svg > path{stroke:red}": 0,
    "a + path{stroke:red}": 1,
    "a ~ path{stroke:red}": 1,
    "path ~ a{stroke:red}": 0,
    "svg path.k.guide{stroke:red}": 1,
    ".k:not(.guide){stroke:red}": 0,
    "PATH{stroke:red}": 0,
    "[data-a]{stroke:red}": 1,
    "[data-a=one]{stroke:red}": 1,
    "[data-a^='o']{stroke:red}": 1,
    "[data-a$=x]{stroke:red}": 0,
    "[data-a=ONE i]{stroke:red}": 1,
    "path:nth-child(2){stroke:red}": 1,
    "path:first-of-type{stroke:red}": 1,
    "path:last-child{stroke:red}": 1,
    "path:only-child{stroke:red}": 0,
    ":is(g, a) path{stroke:red}": 1,
    "g:has(> path){stroke:red}": 1,
    ":root path{stroke:red}": 1,
    ":root{stroke:red}": 1,
    "path:hover{stroke:red}": 0,
    "path, ::foo(, b{stroke:red}": 0,
    "path, path::before{stroke:red}": 1,
    ":where(#p){stroke:none} path{stroke:red}": 1,
    "g{path{stroke:red}}": 1,
    ".k{&amp;.guide{stroke:red}}": 1,
    ".k{@media screen{stroke:red}}": 1,
    "g{> path{stroke:red}}": 1,
    "@media print{path{stroke:red}}": 0,
    "@media screen{path{stroke:red}}": 1,
    "@media {path{stroke:red}}": 1,
    "@media (prefers-color-scheme:dark){path{stroke:red}}": 0,
    "@media (prefers-color-scheme:light){path{stroke:red}}": 1,
    "@media (min-width:80em) and (max-width:1280px){path{stroke:red}}": 1,
    "@media (max-width:600px){path{stroke:red}}": 0,
    "@media (400px &lt;= width &lt; 1281px){path{stroke:red}}": 1,
    "@media (width > 2000px){path{stroke:red}}": 0,
    "@media not print{path{stroke:red}}": 1,
    "@media not (foo){path{stroke:red}}": 0,
    "@media foo bar, screen{path{stroke:red}}": 1,
    "@media (width:1px) or (orientation:landscape){path{stroke:red}}": 1,
    "@media only screen and (color){path{stroke:red}}": 1,
    "@media (min-aspect-ratio:16/9) and (hover){path{stroke:red}}": 1,
    "@media (prefers-reduced-motion){path{stroke:red}}": 0,
    "@media (min-resolution:1dppx) and (pointer:fine){path{stroke:red}}": 1,
    "@media (min-width:10){path{stroke:red}}": 0,
    "@supports (stroke:red){path{stroke:red}}": 1,
    "@layer a{#p{stroke:none}} path{stroke:red}": 1,
    "@layer a, b; @layer b{path{stroke:red}} @layer a{path{stroke:none}}": 1,
    "path{stroke:none!important} @layer a{path{stroke:red!important}}": 1,
    "@namespace s url(http://www.w3.org/2000/svg); s|path{stroke:red}": 1,
    "@namespace url(http://www.w3.org/1999/xhtml); path{stroke:red}": 0,
    "@property --c{syntax:'*';inherits:true;initial-value:red} path{stroke:var(--c)}": 1,
    ":root{--c:red} @media (prefers-color-scheme:dark){:root{--c:none}} path{stroke:var(--c)}": 1,
    "@keyframes a{from{stroke:red}} @font-face{font-family:a}": 0,
}


@pytest.mark.parametrize("css", SHEETS)
def test_cascade(css):
    body = f'<style>{css}</style><g><a/><path id="p" class="guide k" data-a="one" {THICK}/></g>'
    assert (bounds(page(body)) is not None) == SHEETS[css]


def test_style_attributes_and_style_elements():
    assert not bounds(
        page(f'<style>.guide{{display:none!important}}</style><path class="guide" style="stroke:red" {THICK}/>')
    )
    assert bounds(page(f'<style>path{{stroke:red!important}}</style><path style="stroke:none" {THICK}/>'))
    assert bounds(page(f'<style>path{{stroke:none!important}}</style><path style="stroke:red!important" {THICK}/>'))
    line = f"<path {THICK}/>"
    assert not bounds(page(f'<style media="print">path{{stroke:red}}</style>{line}'))
    assert not bounds(page(f'<style type="text/less">path{{stroke:red}}</style>{line}'))
    assert not bounds(page(f"<style><!-- path{{stroke:red}} --></style>{line}"))
    assert bounds(page(f'<style type="TEXT/CSS"><![CDATA[path{{stroke:red}}]]></style>{line}'))
    assert bounds(page(f'<style xmlns="http://www.w3.org/1999/xhtml">path{{stroke:red}}</style>{line}'))


def test_selectors_treat_the_content_of_use_as_a_separate_tree():
    def used(css, inside=f'<path id="p" {THICK}/>'):
        return bounds(page(f'<style>{css}</style><defs>{inside}</defs><g class="u"><use href="#p"/></g>'))

    assert used("#p{stroke:red}")
    assert used("use{stroke:red}")
    assert not used("defs path{stroke:red}")
    assert not used(".u path{stroke:red}")
    assert not used("use > path{stroke:red}")
    assert used("symbol > path{stroke:red}", f'<symbol id="p"><path {THICK}/></symbol>')
    assert used("path:nth-child(2){stroke:red}", '<g id="p"><path/><path d="M1 1L5 5"/></g>')
    assert not used(":root{visibility:hidden} .u{visibility:visible}", f'<path id="p" {THICK}/>')
    assert used(":root{stroke:none;color:red} .u{stroke:red}")


@pytest.mark.parametrize(
    ("attribute", "chosen"),
    [
        ('systemLanguage="en"', 0),
        ('systemLanguage="de, en-GB"', 0),
        ('systemLanguage="EN"', 0),
        ('systemLanguage="de"', 1),
        ('systemLanguage=""', 1),
        ('systemLanguage="*"', 1),
        ('requiredExtensions="http://example.org/"', 1),
        ('requiredExtensions=""', 1),
        ('requiredExtensions="http://www.w3.org/1999/xhtml"', 0),
        ('requiredFeatures="http://example.org/"', 0),
    ],
)
def test_switch_chooses_the_first_child_whose_conditions_hold(attribute, chosen):
    first, second = f'<path {attribute} stroke="red" d="M10 10H20"/>', '<path stroke="red" d="M50 50H60"/>'
    assert bounds(page(f"<switch>{first}{second}</switch>")) == [(10, 10, 20, 10), (50, 50, 60, 50)][chosen]
    assert (bounds(page(first)) is None) == bool(chosen)


@pytest.mark.parametrize(
    ("first", "skipped"),
    [
        ('<path display="none"/>', {}), ("<defs/>", {}), ("<title/>", {}), ("<made-up/>", {"made-up": 1}),
        ('<foreignObject requiredFeatures="http://example.org/"/>', {"foreignObject": 1}),
    ],
)  # fmt: skip
def test_switch_chooses_elements_that_draw_nothing(first, skipped):
    counted = Counter()
    assert bounds(page(f"<switch>{first}{LINE}</switch>".replace("{}", "")), skipped=counted) is None
    assert +counted == skipped


def test_switch_skips_elements_of_other_vocabularies():
    assert bounds(page('<switch><x xmlns="http://example.org/"/>' + LINE.format("") + "</switch>")) == (10, 20, 30, 20)
    nested = '<switch><foreignObject requiredExtensions="&ai;"><i:a xmlns:i="&ai;"/></foreignObject><g>{}</g></switch>'
    entity = '<!DOCTYPE svg [<!ENTITY ai "http://ns.example.org/Illustrator/10.0/">]>'
    assert bounds(page(nested.format(LINE.format("")), before=entity)) == (10, 20, 30, 20)
