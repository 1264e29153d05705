import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchkit.formats.json_drawings import read_json
from sketchkit.formats.points import parse_drawings
from sketchkit.formats.tables import read_csv
from sketchkit.sketch import Sketch

SKETCH = Sketch.from_polylines([[(1, 2), (3, 4)], [(5, 6), (7, 8), (9, 9)]])
STROKES = [stroke.tolist() for stroke in SKETCH.polylines()]
LONE = Sketch(SKETCH.offsets)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (STROKES, [SKETCH]),
        ([STROKES, STROKES], [SKETCH, SKETCH]),
        ([[], STROKES], [Sketch([]), SKETCH]),
        (STROKES[0], [Sketch.from_polylines(STROKES[:1])]),
        (LONE.offsets.tolist(), [LONE]),
        (LONE.offsets, [LONE]),
        ([LONE.offsets, LONE.offsets[1:]], [LONE, Sketch(LONE.offsets[1:])]),
        (np.stack([LONE.offsets] * 2), [LONE, LONE]),
    ],
)
def test_parse_drawings_uses_the_length_of_the_innermost_lists(value, expected):
    assert list(parse_drawings(value)) == expected


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([1, 2], "got 1 levels"),
        ({"drawing": STROKES}, "got 0 levels"),
        ([[[[[1, 2]]]]], "got 5 levels"),
        ([[1, 2, 3, 4]], "the innermost of length 4"),
        ([STROKES, [[[1, 2], [3]]]], "drawing 1: "),
        ([[[1, None]]], "drawing 0: "),
        ([[[1, float("nan")]]], "drawing 0: stroke 0: expected finite"),
        ("[[1, 2]]", "got 0 levels"),
    ],
)
def test_parse_drawings_errors_describe_the_nesting(value, says):
    with pytest.raises(ValueError, match="the list") as error:
        list(parse_drawings(value))
    assert says in str(error.value)


def test_read_json_of_nested_lists(tmp_path):
    path = tmp_path / "drawings.json"
    path.write_text(json.dumps([STROKES]))
    assert list(read_json(path)) == [SKETCH]
    for bad in ("[[[1, 2]", "[" * 100_000, "\ufffe"):
        path.write_text(bad)
        with pytest.raises(ValueError, match=r"drawings\.json: expected nested lists"):
            list(read_json(path))
    with pytest.raises(FileNotFoundError):
        list(read_json(tmp_path / "none.json"))


TABLE = "drawing,stroke,x,y\na,0,1,2\na,0,3,4\na,1,5,6\na,1,7,8\na,1,9,9\nb,0,1,1\n"


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "\ufeff" + TABLE.replace(",", ";").replace("\n", "\r\n"),
        TABLE.replace(",", "\t").upper().lower(),
        TABLE.split("\n", 1)[1],
        "Y,X,t,Stroke,Drawing\n2,1,0,0,a\n4,3,0,0,a\n6,5,0,1,a\n8,7,0,1,a\n9,9,0,1,a\n1,1,0,0,b\n",
    ],
)  # fmt: skip
def test_read_csv_of_points(text):
    assert list(read_csv(io.BytesIO(text.encode()))) == [SKETCH, Sketch.from_polylines([[(1, 1)]])]


def test_read_csv_without_a_drawing_column():
    assert list(read_csv(io.BytesIO(b"stroke,x,y\n0,1,2\n0,3,4\n1,5,6\n1,7,8\n1,9,9\n"))) == [SKETCH]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "expected the columns"),
        ("", "expected the columns"),
        ("stroke,x,y\n0,1,two\n", "line 2: expected a number within ±1e9, got 'two'"),
        ("stroke,x,y\n0,1\n", "line 2: expected a number within ±1e9, got ''"),
        ("stroke,x,y\n0,1,nan\n", "line 2: expected a number"),
        ("drawing,stroke,x,y\na,0,1,1\nb,0,1,1\na,0,1,1\n", "line 4: the rows of drawing 'a' are not contiguous"),
        ("stroke,x,y\n" + "1" * 20_000, "line 2: expected at most 10,000 bytes"),
        ("stroke,x,y\n\udcff,1,1", "line 2: expected text in UTF-8"),
    ],
)
def test_read_csv_errors_name_the_line(tmp_path, text, says):
    path = tmp_path / "points.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=r"points\.csv") as error:
        list(read_csv(path))
    assert says in str(error.value)


def test_read_csv_skips_only_the_drawing_of_a_bad_row():
    errors = []
    rows = TABLE.replace("a,0,3,4", "a,0,3,")
    assert len(list(read_csv(io.BytesIO(rows.encode()), errors=errors))) == 1
    assert "line 3" in str(errors[0])


@given(st.text(alphabet="0123,;\t\n\"'xysdraw e", max_size=80))
def test_read_csv_of_arbitrary_text_raises_only_value_error(text):
    try:
        list(read_csv(io.BytesIO(text.encode())))
    except ValueError:
        pass
