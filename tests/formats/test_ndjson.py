import json

import numpy as np
import pytest

from sketchkit import Dataset
from sketchkit.formats.ndjson import read_ndjson

DRAWING = [[[10, 30, 30], [5, 5, 25]], [[0, 9], [7, 7]]]


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def record(drawing=DRAWING, **more):
    return {"word": "cat", "countrycode": "SE", "recognized": True, "drawing": drawing, **more}


def test_read_ndjson_returns_absolute_positions(tmp_path):
    (sketch,) = read_ndjson(write(tmp_path / "cat.ndjson", record()))
    assert [stroke.tolist() for stroke in sketch.polylines()] == [[[10, 5], [30, 5], [30, 25]], [[0, 7], [9, 7]]]


def test_read_ndjson_filters_and_limit(tmp_path):
    path = write(tmp_path / "cat.ndjson", record(), record(recognized=False), record(countrycode="FI"), record())
    assert len(list(read_ndjson(path))) == 4
    assert len(list(read_ndjson(path, recognized=True))) == 3
    assert len(list(read_ndjson(path, recognized=False))) == 1
    assert len(list(read_ndjson(path, countries=("FI", "NO")))) == 1
    assert len(list(read_ndjson(path, limit=2))) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "expected a JSON object"),
        ("[" * 5000, "expected a JSON object"),
        ('{"word": "cat"}', "under the key 'drawing'"),
        ('{"drawing": [[[1, 2], [3]]]}', "as many y as x, got 1 and 2"),
        ('{"drawing": [[[1, "x"], [3, 4]]]}', "expected numbers"),
        ('{"drawing": [[[1, NaN], [3, 4]]]}', "expected numbers"),
        ('{"drawing": [7]}', "a list of x, a list of y"),
        ('{"drawing": []' + " " * (4 << 20) + "}", "at most 4,194,304 bytes"),
    ],
)
def test_read_ndjson_names_a_bad_line(tmp_path, line, says):
    path = write(tmp_path / "cat.ndjson", record())
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ValueError, match=r"cat\.ndjson, line 2") as error:
        list(read_ndjson(path))
    assert says in str(error.value)


def test_read_ndjson_with_errors_skips_malformed_lines(tmp_path):
    path = write(tmp_path / "cat.ndjson", record(), {"drawing": 7}, record())
    with path.open("a") as file:
        file.write(json.dumps(record())[:-20])
    errors = []
    assert len(list(read_ndjson(path, errors=errors))) == 2
    assert [str(error).split(": ")[0] for error in errors] == [f"{path}, line 2", f"{path}, line 4"]


def test_raw_drawings_are_simplified_as_in_the_published_files(mirror):
    folder = mirror / "storage.googleapis.com/quickdraw_dataset/full"
    same, points = [], []
    for name in ("cat", "owl", "star"):
        raw, simplified = (folder / kind / f"{name}.ndjson" for kind in ("raw", "simplified"))
        keys = [[json.loads(line)["key_id"] for line in path.open()] for path in (raw, simplified)]
        ours = dict(zip(keys[0], read_ndjson(raw), strict=True))
        theirs = dict(zip(keys[1], read_ndjson(simplified), strict=True))
        for key in ours.keys() & theirs.keys():
            same += [np.array_equal(a, b) for a, b in zip(ours[key].polylines(), theirs[key].polylines(), strict=True)]
            points.append((len(ours[key]), len(theirs[key])))
    assert np.mean(same) > 0.9
    assert np.sum(points, axis=0)[0] == pytest.approx(np.sum(points, axis=0)[1], rel=0.01)


def test_open_splits_ndjson_reproducibly(tmp_path, monkeypatch):
    paths = [
        write(tmp_path / f"{name}.ndjson", *(record([[[0, 10 + i], [0, shift]]]) for i in range(40)))
        for name, shift in (("cat", 3), ("dog", 7))
    ]
    datasets = []
    for cache in ("one", "two"):
        monkeypatch.setenv("SKETCHKIT_CACHE", str(tmp_path / cache))
        datasets.append(Dataset.open(paths))
    a, b = datasets
    assert (len(a.train), len(a.valid), len(a.test)) == (64, 8, 8)
    assert a.fingerprint == b.fingerprint
    everything = np.concatenate([sketch.offsets for split in a.splits.values() for sketch in split])
    assert sorted(map(tuple, everything[:, :2].tolist())) == sorted((10 + i, s) for i in range(40) for s in (3, 7))
