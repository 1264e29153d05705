"""Documents: entities, encodings, and values that are malformed."""

from collections import Counter

import pytest

from sketchkit.formats.svg import read_svg


def page(body, attributes='viewBox="0 0 100 100" width="100" height="100"', before=""):
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{before}<svg {names} {attributes}>{body}</svg>"


def bounds(document, **options):
    """Return left, top, right and bottom of the drawing, in pixels of the page; None if it is empty."""
    options = {"fills": "skip", "skipped": Counter(), **options}
    sketch = read_svg(document, size=None, tolerance=0.01, **options)
    return tuple(round(float(value), 1) for value in sketch.bounds) if sketch.num_strokes else None


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "M10 10H50">', '<!ENTITY a "M10 10&#72;50">', '<!ENTITY % b "unused"><!ENTITY a "M10 10H50">',
        '<!ENTITY b SYSTEM "file:///unused"><!ENTITY a "M10 10H50">', '<!ENTITY b "&unused;"><!ENTITY a "M10 10H50">',
    ],
)  # fmt: skip
def test_literal_entities_are_replaced(declared):
    document = page('<path d="&a;" stroke="red"/>', before=f"<!DOCTYPE svg [{declared}]>")
    assert bounds(document) == (10, 10, 50, 10)


def test_document_type_adds_attributes_and_elements():
    attribute = "<!DOCTYPE svg [<!ATTLIST path stroke CDATA 'red'>]>"
    assert bounds(page('<path d="M10 10H50"/>', before=attribute)) == (10, 10, 50, 10)
    element = '<!DOCTYPE svg [<!ENTITY a \'<path d="M10 10H50" stroke="red"/>\'>]>'
    assert bounds(page("&a;", before=element)) == (10, 10, 50, 10)


@pytest.mark.parametrize(
    ("declared", "encoding", "mark"),
    [
        ("UTF-8", "utf-16", ""),
        ("UTF-8", "utf-16-be", "\ufeff"),
        ("latin1", "utf-8-sig", ""),
        ("utf-16", "utf-8", ""),
        ("unheard-of", "utf-8", ""),
        ("windows-1251", "cp1251", ""),
        ("Shift_JIS", "shift_jis", ""),
        ("gb18030", "gb18030", ""),
        ("UTF-16", "utf-16-le", ""),
        ("zip", "utf-8", ""),
        ("utf-7", "utf-8", ""),
        ("koi8-r", "koi8-r", ""),
        ("iso-8859-15", "iso-8859-15", ""),
        ("UTF-32", "utf-32", ""),
        ("utf-8", "utf-8", ""),
    ],
)
def test_encodings(declared, encoding, mark):
    text = mark + f'<?xml version="1.1" encoding="{declared}"?>' + page('<path class="+A" stroke="red" d="M10+10H50"/>')
    assert bounds(text.encode(encoding)) == (10, 10, 50, 10)


def test_encoded_identifiers_match_their_references():
    body = '<defs><path id="ж" stroke="red" d="M10 10H50"/></defs><use href="#ж"/>'
    assert bounds(f'<?xml version="1.0" encoding="windows-1251"?>{page(body)}'.encode("cp1251")) == (10, 10, 50, 10)


@pytest.mark.parametrize(
    "body",
    [
        '<rect width="50%" height="calc(1px/0)" stroke="red"/>',
        '<circle r="50%" stroke="red"/>',
        '<line x2="5foo" y2="1e999" stroke="red"/>',
        '<rect width="calc(" height="1" stroke="red"/>',
        '<path d="M0 0h" stroke="red"/>',
        '<path d="M0 0a1 1 0 2 1 5 5" stroke="red"/>',
        '<use href="#" x="%"/>',
        '<g style="transform: skew(90deg)"><path d="M0 0L1e300 1" stroke="red"/></g>',
        '<style>[*|href], a|b, :nth-child(, :is(:not(, { stroke: color(), rgb(; }</style><path stroke="color()" d="M0 0h1"/>',  # noqa: E501
    ],
)
@pytest.mark.parametrize("attributes", ["", 'viewBox="0 0 1"', 'width="50%" height="-1"', 'viewBox="1e999 0 1 nan"'])
def test_malformed_values_are_ignored_or_raise_an_error_that_names_the_file(body, attributes):
    message = ""
    try:
        read_svg(page(body, attributes), skipped=Counter(), where="bad.svg")
    except ValueError as error:
        message = str(error)
    assert message == "" or message.startswith("bad.svg: expected")
