import gzip
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchkit.formats import svg
from sketchkit.formats.svg import read_svg
from sketchkit.render import animated_svg, draw
from sketchkit.sketch import Sketch

INK = 'fill="none" stroke="black"'


def page(body, attributes='viewBox="0 0 100 100"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'


def strokes(body, attributes='viewBox="0 0 100 100"', **options):
    """Return the strokes of a document in the pixels of its page."""
    options = {"size": None, **options}
    return [points.round(3).tolist() for points in read_svg(page(body, attributes), **options).polylines()]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ('path d="M1 2L3 4 5 6"', [[[1, 2], [3, 4], [5, 6]]]),
        ('path d="m1,2 3,4h5v-1H0V9z"', [[[1, 2], [4, 6], [9, 6], [9, 5], [0, 5], [0, 9], [1, 2]]]),
        ('path d="M1 1l1 0zl0 1M5 5h1"', [[[1, 1], [2, 1], [1, 1]], [[1, 1], [1, 2]], [[5, 5], [6, 5]]]),
        ('path d="M5 5"', []),
        ('line x1="1" x2="50%" y2="7"', [[[1, 0], [50, 7]]]),
        ('polyline points="0,1 2 3, 4,5"', [[[0, 1], [2, 3], [4, 5]]]),
        ('polygon points="0 0 2 0 2 2"', [[[0, 0], [2, 0], [2, 2], [0, 0]]]),
        ('rect x="1" y="2" width="3" height="4"', [[[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]]),
        ('path d="M1 1L2 2 3"', [[[1, 1], [2, 2]]]),  # damaged: the valid beginning is drawn
        ('path d="M1 1L2 2L3 4."', [[[1, 1], [2, 2]]]),  # "4." is not a number
        ('path d="M1 1L2 2L3 4 x L5 5"', [[[1, 1], [2, 2], [3, 4]]]),
        ('path d="M.5.5L2 2-1-1"', [[[0.5, 0.5], [2, 2], [-1, -1]]]),
        ('polyline points="0 1 2 3."', []),
    ],
)
def test_shapes(shape, expected):
    assert strokes(f"<{shape} {INK}/>") == expected


@pytest.mark.parametrize(
    ("shape", "radius"),
    [
        ('circle cx="50" cy="50" r="20"', 20),
        ('ellipse cx="50" cy="50" rx="20"', 20),
        ('rect x="30" y="30" width="40" height="40" rx="20"', 20),
        ('path d="M70 50A20 20 0 0150 70 20 20 0 0150 30"', 20),
        ('path d="M70 50c0 11.0457-8.9543 20-20 20s-20-8.9543-20-20"', 20),
        ('circle cx="25" cy="25" r="10" transform="scale(2)"', 20),
    ],
)
@pytest.mark.parametrize("tolerance", [0.5, 0.01])
def test_curves_stay_within_the_tolerance(shape, radius, tolerance):
    (points,) = strokes(f"<{shape} {INK}/>", tolerance=tolerance)
    fine = Sketch.from_polylines([points]).resampled(0.05).points()
    away = np.abs(np.hypot(*(fine - 50).T) - radius)
    assert away.max() < tolerance + 0.01  # a circle of four cubic curves has an error of 0.03%
    assert len(points) < 20 * tolerance**-0.5


def test_smooth_curve_mirrors_the_control_point_only_after_a_curve_of_the_same_kind():
    def middle(d):
        points = np.array(strokes(f'<path d="M0 0{d}" {INK}/>', tolerance=1e-3)[0])
        return points[np.argmin(np.abs(points[:, 0] - 15))][1]

    assert middle("C0 10 10 10 10 0S20 -10 20 0") < -5
    assert middle("Q5 10 10 0T20 0") < -4
    assert -5 < middle("Q5 10 10 0S20 -10 20 0") < 0
    assert middle("C0 10 10 10 10 0T20 0") == 0
    assert middle("L10 0T20 0") == middle("L10 0S20 0 20 0") == 0


def test_tolerance_is_in_units_of_the_result():
    small, large = (read_svg(page(f'<circle r="{r}" {INK}/>'), size=255) for r in (0.1, 1000))
    assert len(small) == len(large) > 30
    assert large.bounds == pytest.approx((0, 0, 255, 255), abs=1e-2)


def test_read_svg_places_shapes_as_a_browser_does():
    line = f'<path d="M0 0h1" {INK}/>'
    assert strokes(f'<g transform="translate(5 6)"><g transform="rotate(90)">{line}</g></g>') == [[[5, 6], [5, 7]]]
    assert strokes(line, 'viewBox="-1 -1 2 4" width="20" height="40"') == [[[10, 10], [20, 10]]]
    assert strokes(line, 'viewBox="0 0 1 1" width="30" height="10" preserveAspectRatio="xMaxYMid"') == [
        [[20, 0], [30, 0]],
    ]
    assert strokes(line, 'viewBox="0 0 2 1" height="10"') == [[[0, 0], [10, 0]]]
    assert strokes(f'<svg x="3" y="4" width="10" height="10" viewBox="0 0 1 1">{line}</svg>') == [[[3, 4], [13, 4]]]
    assert strokes(f'<defs><g id="a">{line}</g></defs><use href="#a" x="2"/><use href="#a" y="3"/>') == [
        [[2, 0], [3, 0]],
        [[0, 3], [1, 3]],
    ]
    symbol = f'<symbol id="s" viewBox="0 0 1 1">{line}</symbol>'
    assert strokes(f'{symbol}<use href="#s" width="8" height="8" x="1"/>') == [[[1, 0], [9, 0]]]


@pytest.mark.parametrize(
    ("body", "drawn"),
    [
        ('<path d="M0 0h9" stroke="red"/>', 1),
        ('<g stroke="red"><path d="M0 0h9"/></g>', 1),
        ('<g stroke="red"><path stroke="none" fill="none" d="M0 0h9"/></g>', 0),
        ('<path style="stroke:red;fill:none" d="M0 0h9"/>', 1),
        ('<path class="x k" fill="none" d="M0 0h9"/><style>.k{stroke:red}</style>', 1),
        ('<style>g .k, b{stroke:red}</style><path class="k" fill="none" d="M0 0h9"/>', 0),
        ('<style>path#i{stroke:none} .k{stroke:red}</style><path id="i" class="k" fill="none" d="M0 0h9"/>', 0),
        ('<style>.k{stroke:red}</style><path style="stroke:none" class="k" fill="none" d="M0 0h9"/>', 0),
        ('<style>.k{stroke:red} .j{stroke:none}</style><path class="j k" fill="none" d="M0 0h9"/>', 0),
        ('<style>.j{stroke:none} .k{stroke:red}</style><path class="j k" fill="none" d="M0 0h9"/>', 1),
        ('<style>.j.k{stroke:red} .k,*,path{stroke:none}</style><path class="j k" fill="none" d="M0 0h9"/>', 1),
        ('<path stroke="red" stroke-width="0" fill="none" d="M0 0h9"/>', 0),
        ('<g display="none"><path stroke="red" d="M0 0h9"/></g>', 0),
        ('<g visibility="hidden" stroke="red"><path d="M0 0h9"/><path visibility="visible" d="M0 0h9"/></g>', 1),
        ('<g opacity="0"><path stroke="red" d="M0 0h9"/></g>', 0),
        ('<switch><path stroke="red" d="M0 0h9"/><path stroke="red" d="M0 0h9"/></switch>', 1),
    ],
)  # fmt: skip
def test_read_svg_reads_stroked_shapes(body, drawn):
    assert len(strokes(body, fills="skip")) == drawn


def test_read_svg_treatment_of_fills():
    fill, stroke = '<path d="M0 0h19v19z"/>', f'<path d="M0 0h9" {INK}/>'
    paper = '<rect width="100%" height="100%" fill="white"/>'
    assert [len(strokes(paper + body)) for body in ("", fill, stroke, fill + stroke)] == [0, 1, 1, 1]
    assert [len(strokes(fill + stroke, fills=fills)) for fills in ("outline", "skip")] == [2, 1]
    dot = '<circle cx="7" cy="8" r="2"/>'
    assert strokes(stroke + dot)[1] == [[7, 8], [7, 8]]
    assert [len(strokes(stroke + dot, fills=fills)) for fills in ("outline", "skip")] == [2, 1]
    with pytest.raises(ValueError, match="fills: expected one of auto, outline, skip"):
        strokes(fill, fills="yes")


def test_read_svg_counts_skipped_parts(caplog):
    body = (
        f'<text>a</text><image href="http://127.0.0.1/x.png"/><path d="M0 0h9" {INK} clip-path="url(#c)"/><g id="a"/>'
    )
    skipped = Counter()
    more = (
        '<linearGradient id="g"><stop/></linearGradient><path fill="url(#g)" d="M0 0v19h9z"/><use href="other.svg#b"/>'
        '<marker id="m"/><path d="M0 0h9" stroke="red" marker-end="url(#m)"/><g style="offset-path: path(&quot;M0 0&quot;)"/>'  # noqa: E501
        '<style>@import "a.css"; @scope (g) {a {fill: red}} a:never {fill: red}</style><animate/><text display="none"/>'
    )
    read_svg('<?xml-stylesheet href="a.css"?>' + page(body + more), skipped=skipped)
    assert skipped == {
        "text": 1, "image": 1, "clip-path": 1, "use of a missing element": 1, "gradient or pattern": 1,
        "filled shape": 1, "marker": 1, "offset-path": 1, "CSS @import": 1, "CSS @scope": 1, "CSS selector": 1,
        "style sheet": 1,
    }  # fmt: skip
    read_svg(page(body))
    assert caplog.messages == ["the document: skipped text (1), image (1), clip-path (1)"]


def test_read_svg_restores_drawings_from_pictures_of_draw():
    sketch = Sketch.from_polylines([[(0, 0), (255, 0), (100, 120)], [(10, 200), (200, 255)]])
    again = read_svg(draw(sketch).text)
    for ours, theirs in zip(sketch.polylines(), again.polylines(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.1)


def test_read_svg_encodings(tmp_path):
    text = '<?xml version="1.0" encoding="{}"?>' + page(f'<title>é</title><path d="M0 0h9" {INK}/>')
    for encoding in ("utf-8", "utf-16", "iso-8859-1", "windows-1252"):
        path = tmp_path / f"{encoding}.svg"
        path.write_bytes(text.format(encoding).encode(encoding))
        assert len(read_svg(path)) == 1
    (tmp_path / "packed.svgz").write_bytes(gzip.compress(page(f'<path d="M0 0h9" {INK}/>').encode()))
    assert len(read_svg(str(tmp_path / "packed.svgz"))) == 1
    (tmp_path / "doctype.svg").write_text(
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1/svg11.dtd">' + page("")
    )
    assert len(read_svg(tmp_path / "doctype.svg")) == 0


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + page("<title>&b;</title>")
DOUBLING = "g{" + "".join(f"--a{i}:var(--a{i + 1}) var(--a{i + 1});" for i in range(30)) + "--a30:1}"
ENTITIES = "".join(f"<!ENTITY x{i} 'a'>" for i in range(101))
USES = "".join(f'<g id="g{i}">' + f'<use href="#g{i + 1}"/>' * 10 + "</g>" for i in range(9)) + '<g id="g9"/>'


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (LAUGHS, "nested entity 'b'"),
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///x">]>' + page("<title>&x;</title>"), "external entity 'x'"),
        ('<!DOCTYPE svg [<!ENTITY % x "<!ATTLIST g a CDATA \'\'>">%x;]>' + page(""), "parameter entity 'x'"),
        (f'<!DOCTYPE svg [<!ENTITY x "{"a" * 2049}">]>' + page("<title>&x;</title>"), "at most 2,048 characters"),
        (f'<!DOCTYPE svg [<!ENTITY x "{"a" * 2000}">]>' + page(f"<title>{'&x;' * 600}</title>"), "in all uses"),
        (f"<!DOCTYPE svg [{ENTITIES}]>" + page(""), "at most 100 XML entities"),
        (f'<!DOCTYPE svg [<!ATTLIST g a CDATA "{"a" * 90_000}">]>' + page("<g/>" * 100), "characters of attributes"),
        (page("<title>é</title>").encode("latin-1"), "in UTF-8, got an invalid byte"),
        (page(USES), "by `use`"),
        (page("<g/>" * 20_000), "at most 20,000 elements"),
        (page("<g>" * 101 + "</g>" * 101), "100 levels"),
        (page(f'<path d="M0 0{"h1" * 50_001}" {INK}/>'), "at most 50,000 points"),
        (page(f'<path d="M0 0{" " * (1 << 20)}" {INK}/>'), "at most 1,048,576 characters"),
        (page(f'<path id="a" d="M0 0h1{" " * 9000}" {INK}/>' + '<use href="#a"/>' * 120), "1,048,576 characters"),
        (page(f'<g transform="{"scale(" * 9000}"/>'), "at most 2,048 characters of transform"),
        (page(f"<style>{'a{fill:red}' * 9000}</style>"), "65,536 characters of CSS"),
        (page(f"<style>{'g{fill:red}' * 5000}</style>" + "<g/>" * 220), "too many CSS rules"),
        (page(f"<style>a{{fill:{'(' * 9000}}}</style>"), "less deeply nested CSS"),
        (page(f'<path d="M0 0{" 1 1" * 240_000}" {INK}/>'), "at most 50,000 points"),
        (page(f'<g style="{"--a:var(--b);" * 9}--b:1"/>' * 2 + f"<style>{DOUBLING}</style>" * 9 + "<g/>" * 9000), "too many CSS"),  # noqa: E501
        (page("<style>" + "z g g g g g g g g{fill:red}</style>" + "<g>" * 90 + "</g>" * 90), "too many CSS rules"),
        (page("<style>z~g~g~g{fill:red}</style>" + "<g/>" * 2000), "too many CSS rules"),
        (page("<style>g:has(a){fill:red} g:has(b){fill:red}</style>" + "<g>" * 90 + "<g/>" * 9000 + "</g>" * 90), "too many CSS rules"),  # noqa: E501
        (page(f'<path d="M0 0L1e999 3" {INK}/>'), "finite coordinates"),
        (page(f'<path d="M0 0C1e200 3 4 5 6 7" {INK}/>'), "finite coordinates"),
        (page(f'<path d="M0 0h1" transform="scale(1e999)" {INK}/>'), "finite coordinates"),
        (page("<g>"), "well-formed"),
        ("<html><body/></html>", "expected an SVG document, got one that begins with <html>"),
        (b"\x89PNG\r\n\x1a\n", "a PNG file is a raster image"),
        (b"\xff\xd8\xff\xe0", "a JPEG file is a raster image"),
        (b"", "well-formed"),
        (gzip.compress(b"<svg>" + b" " * (9 << 20)), "at most 8,388,608 bytes"),
    ],
)  # fmt: skip
def test_read_svg_errors_name_the_file(tmp_path, document, says):
    path = tmp_path / "bad.svg"
    path.write_bytes(document if isinstance(document, bytes) else document.encode())
    with pytest.raises(ValueError, match=r"bad\.svg: ") as error:
        read_svg(path)
    assert says in str(error.value)


def test_read_svg_reads_its_own_animation_without_a_warning(caplog):
    still = read_svg(page(f'<path d="M0 0h9" {INK}/><path d="M0 9h9" {INK}/>'))
    assert read_svg(animated_svg(still).text).num_strokes == 2
    assert caplog.messages == []


def test_read_svg_says_how_to_read_filled_shapes(caplog):
    read_svg(page(f'<path d="M0 0h9" {INK}/><path d="M0 0v50h90z"/>'))
    hint = 'fills="outline" reads the outlines of filled shapes'
    assert caplog.messages == [f"the document: skipped filled shape (1); {hint}"]


def test_read_svg_stops_at_circular_use():
    body = f'<g id="a"><path d="M0 0h9" {INK}/><use href="#a"/></g>'
    skipped = Counter()
    assert read_svg(page(body), skipped=skipped).num_strokes == 2
    assert skipped["circular use"] == 1


def test_read_svg_refuses_large_files(tmp_path):
    path = tmp_path / "large.svg"
    with path.open("wb") as file:
        file.truncate(1 << 34)
    with pytest.raises(ValueError, match=r"large\.svg: expected an SVG document of at most"):
        read_svg(path)
    with pytest.raises(FileNotFoundError, match="no such SVG file"):
        read_svg(tmp_path / "none.svg")


words = st.sampled_from(
    [
        "M",
        "L",
        "c",
        "a",
        "z",
        "T",
        "S",
        "h",
        "0",
        "1",
        "-3.5",
        "1e9",
        "nan",
        "1e999",
        ",",
        "#",
        "url(#a)",
        "50%",
        "auto",
    ]
)
values = st.lists(words, max_size=12).map(" ".join)
names = st.sampled_from(
    ["d", "points", "transform", "style", "viewBox", "href", "width", "rx", "r", "x", "class", "stroke", "stroke-width"]
)
tags = st.sampled_from(["path", "rect", "circle", "polygon", "use", "g", "svg", "symbol", "style", "line"])
elements = st.builds(
    lambda tag, attributes, inner: (
        f'<{tag} id="a" ' + " ".join(f'{k}="{v}"' for k, v in attributes.items()) + f">{inner}</{tag}>"
    ),
    tags,
    st.dictionaries(names, values, max_size=4),
    st.just("") | values.map(lambda css: f"g{{{css}}}"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(elements, max_size=4).map("".join))
def test_read_svg_of_arbitrary_content_raises_only_value_error(body):
    try:
        sketch = read_svg(page(f'<g stroke="black">{body}</g>'), skipped=Counter())
    except ValueError:
        return
    assert np.isfinite(sketch.offsets).all()


def test_docstring_states_the_limits():
    for bound in ("8 MiB", f"{svg.MAX_ELEMENTS:,}", f"{svg.MAX_DEPTH} levels", f"{svg.MAX_POINTS:,}"):
        assert bound in svg.read_svg.__doc__
