import json

import pytest

from sketchkit.formats.json_drawings import read_json
from sketchkit.sketch import Sketch

HOUSE = [[[10, 10], [60, 12], [90, 40]], [[20, 80], [80, 80]]]
EXPECTED = Sketch.from_polylines(HOUSE)


def points(stroke):
    return [{"x": x, "y": y, "time": 1700000000000 + i, "pressure": 0.5} for i, (x, y) in enumerate(stroke)]


def record():
    return {"key_id": "1", "word": "kite", "drawing": [[[x for x, _ in s], [y for _, y in s]] for s in HOUSE]}


def read(tmp_path, value, **options):
    path = tmp_path / "drawing.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return list(read_json(path, **options))


@pytest.mark.parametrize(
    "value",
    [
        record(),
        [points(stroke) for stroke in HOUSE],
        [{"penColor": "black", "dotSize": 0, "points": points(stroke)} for stroke in HOUSE],
        {"strokes": [points(stroke) for stroke in HOUSE]},
        {"lines": [{"points": points(stroke), "brushColor": "#444"} for stroke in HOUSE], "width": 400, "height": 400},
        [{"paths": points(stroke), "strokeWidth": 4, "drawMode": True} for stroke in HOUSE],
        [{"x": [x for x, _ in stroke], "y": [y for _, y in stroke]} for stroke in HOUSE],
        {"drawings": [HOUSE]},
        HOUSE,
    ],
    ids=["quickdraw", "points", "signature_pad", "strokes", "lines", "paths", "axes", "drawings", "nested lists"],
)
def test_read_json_layouts_of_drawing_programs(tmp_path, value):
    assert read(tmp_path, value) == [EXPECTED]


def test_read_json_list_of_records_and_of_signatures(tmp_path):
    assert read(tmp_path, [record(), record()]) == [EXPECTED] * 2
    assert read(tmp_path, [[{"points": points(s)} for s in HOUSE]] * 3) == [EXPECTED] * 3


def test_read_json_of_the_pad(tmp_path):
    saved = {"start": [10, 10], "rows": [50, 2, 0, 30, 28, 1, -70, 40, 0, 60, 0, 1]}
    assert read(tmp_path, saved) == [EXPECTED]
    assert read(tmp_path, [saved, {"start": [0, 0], "rows": []}]) == [EXPECTED, Sketch([])]


def test_read_json_filters_records(tmp_path):
    records = [{**record(), "recognized": ok, "countrycode": land} for ok, land in ((True, "SE"), (False, "FI"))]
    assert len(read(tmp_path, records, recognized=True)) == 1
    assert len(read(tmp_path, records, countries={"FI", "NO"})) == 1


@pytest.mark.parametrize("bad", [None, 7, "x", [[[12, None], [1, 2]]], [[["1", "2"]]], {"drawing": 7}, [[[1e999, 2]]]])
@pytest.mark.parametrize("place", [0, 4, 29])
def test_read_json_skips_a_bad_drawing_and_names_it(tmp_path, bad, place):
    errors = []
    drawings = [HOUSE] * 30
    drawings[place] = bad
    text = json.dumps(drawings)
    assert read(tmp_path, text, errors=errors) == [EXPECTED] * 29
    (error,) = errors
    assert f"{tmp_path / 'drawing.json'}, drawing {place}" in str(error)
    with pytest.raises(ValueError, match=rf"drawing\.json, drawing {place}"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "bad", [None, {"drawing": [[[1], [1, 2]]]}, {"rows": [1, 2]}, {"rows": [1, 2, 7]}, {"word": "x"}]
)
def test_read_json_skips_a_bad_record_and_names_it(tmp_path, bad):
    errors = []
    assert read(tmp_path, [record(), bad, record()], errors=errors) == [EXPECTED] * 2
    assert "drawing.json, drawing 1" in str(errors[0])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"type": "excalidraw", "elements": []}, "got the keys type, elements"),
        ({"points": [], "x": 3, "y": 4}, "got 0 levels of lists"),
        ("{", "expected nested lists as JSON"),
        (7, "got 0 levels of lists"),
        ({}, "got the keys none"),
    ],
)
def test_read_json_of_other_content_raises(tmp_path, value, says):
    with pytest.raises(ValueError, match=r"drawing\.json: expected") as error:
        read(tmp_path, value)
    assert says in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_read_json_accepts_the_encodings_of_json(tmp_path, encoding):
    (tmp_path / "drawing.json").write_bytes(json.dumps(HOUSE).encode(encoding))
    assert list(read_json(tmp_path / "drawing.json")) == [EXPECTED]
