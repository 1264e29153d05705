import gzip
import json
import zipfile

import numpy as np
import pytest

from sketchkit import Dataset
from sketchkit.data.build import build_dataset
from sketchkit.data.collect import DrawingCollector
from sketchkit.sketch import Sketch

KITE = [[[10, 10], [60, 12], [90, 40]], [[20, 80], [80, 80]]]
JSON_GZ = gzip.compress(json.dumps([KITE]).encode(), mtime=0)
RECORD = {"word": "kite", "drawing": [[[x for x, _ in s], [y for _, y in s]] for s in KITE], "recognized": True}
LINES = "".join(json.dumps(RECORD) + "\n" for _ in range(20)).encode()
KAGGLE = (
    "countrycode,drawing,key_id,recognized,timestamp,word\n"
    + ('DE,"' + json.dumps(RECORD["drawing"]) + '",0,True,2017-03-01,kite\n') * 20
)


def read(path, **options):
    collector = DrawingCollector(**options)
    return list(collector.read(path)), collector.errors


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.NDJSON", LINES),
        ("a.jsonl", LINES),
        ("a.ndjson.gz", gzip.compress(LINES, mtime=0)),
        ("a.JSONL.GZ", gzip.compress(LINES, mtime=0)),
        ("a.json", LINES),
        ("a.csv", KAGGLE.encode()),
        ("a.CSV", KAGGLE.encode()),
        ("a.csv.gz", gzip.compress(KAGGLE.encode(), mtime=0)),
        ("a.json.gz", gzip.compress(json.dumps([KITE] * 20).encode(), mtime=0)),
    ],
)
def test_collector_reads_every_file_extension_in_upper_and_lower_case(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    drawings, errors = read(path)
    assert drawings == [Sketch.from_polylines(KITE)] * 20
    assert not errors
    assert len(read(tmp_path)[0]) == 20  # the same file, found in a folder
    assert len(read(path, limit=3)[0]) == 3
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(path, name)
    assert len(read(tmp_path / "all.zip")[0]) == 20


@pytest.mark.parametrize("name", ["a.NDJSON", "a.jsonl", "a.ndjson.gz"])
def test_open_reads_json_lines_with_every_file_extension(tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(LINES, mtime=0) if name.endswith("gz") else LINES)
    dataset = Dataset.open(tmp_path / name)
    assert [len(split) for split in dataset.splits.values()] == [16, 2, 2]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.csv", KAGGLE.encode(), "a CSV table of drawings"),
        ("a.json", json.dumps([KITE]).encode(), "a JSON file of drawings"),
        (
            "a.JSON.gz",
            gzip.compress(json.dumps([KITE]).encode(), mtime=0),
            "a JSON file of drawings compressed with gzip",
        ),
        ("a.svg", b"<svg/>", "an SVG document"),
        ("a.npy", b"\x93NUMPY", "an .npy array of drawings"),
        ("a.zip", b"PK\x03\x04", "a zip archive of drawings"),
        ("a.png", b"\x89PNG", "a raster image"),
        ("a.txt", b"x", "a file of another type"),
    ],
)
def test_open_names_a_file_type_that_training_cannot_read(tmp_path, name, data, kind):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match="sketchkit dataset build") as error:
        Dataset.open(tmp_path / name)
    assert str(error.value).startswith(f"{tmp_path / name} is {kind}, which training cannot read")


def test_open_of_a_folder_names_the_build_command(tmp_path):
    with pytest.raises(ValueError, match=r"a folder, which training cannot read.*sketchkit dataset build"):
        Dataset.open(tmp_path)


def objects(count, shape=(4, 3)):
    out = np.empty(count, dtype=object)
    for index in range(count):
        out[index] = np.ones(shape, np.int16) * (1, 2, 1)
        out[index][0, 0] = index
    return out


def test_limit_applies_to_every_type_of_file(tmp_path):
    np.savez(tmp_path / "a.npz", train=objects(80), valid=objects(10), test=objects(10))
    (tmp_path / "a.ndjson").write_bytes(LINES)
    for name in ("a.npz", "a.ndjson", "doodles"):
        dataset = Dataset.open(name, folder=tmp_path, limit=10)
        assert [len(split) for split in dataset.splits.values()] == [8, 1, 1], name
    first = Dataset.open(tmp_path / "a.npz", limit=10)
    assert [int(sketch.offsets[0, 0]) for sketch in first.train] == list(range(8))
    assert len(Dataset.open(tmp_path / "a.npz", limit=1).train) == 1
    assert len(Dataset.open(tmp_path / "a.npz", limit=1000).train) == 80
    joined = Dataset.open(f"{tmp_path / 'a.npz'}, {tmp_path / 'a.ndjson'}", limit=10)
    assert [len(split) for split in joined.splits.values()] == [16, 2, 2]
    for wrong in (0, -1, 1.5, "x", True):
        with pytest.raises(ValueError, match="limit: expected a whole number of at least 1"):
            Dataset.open(tmp_path / "a.npz", limit=wrong)


def test_open_skips_a_bad_line_and_names_it(tmp_path):
    lines = LINES.splitlines(keepends=True)
    (tmp_path / "a.ndjson").write_bytes(
        b"".join([*lines[:4], b'{"drawing": [[[1], [2, 3]]]}\n', *lines[4:], lines[0][:40]])
    )
    dataset = Dataset.open(tmp_path / "a.ndjson")
    assert sum(map(len, dataset.splits.values())) == 20
    assert len(dataset.errors) == 2
    for text, line in zip(dataset.errors, (5, 22), strict=True):
        assert text.startswith(f"{tmp_path / 'a.ndjson'}, line {line}")


def test_padding_is_reported_and_removed_by_build(tmp_path):
    rows = [np.vstack([Sketch.from_polylines(KITE).offsets, np.zeros((n, 3))]) for n in range(4, 34)]
    padded = np.empty(30, dtype=object)
    padded[:] = rows
    np.savez(tmp_path / "a.npz", train=padded, valid=padded[:3], test=padded[:3])
    findings = Dataset.open(tmp_path / "a.npz").report().findings
    assert any("30 of 30 sampled drawings end in rows of zeros" in str(finding) for finding in findings)
    built = build_dataset(tmp_path / "a.npz", tmp_path / "b.npz", progress=False)
    assert {len(sketch) for sketch in built.dataset.train} == {4}
    assert not any("rows of zeros" in str(finding) for finding in built.report().findings)


def pen(change):
    """Return a dataset of two-stroke drawings whose pen states are changed."""
    random = np.random.default_rng(0)
    sketches = []
    for _ in range(40):
        rows = np.column_stack([random.integers(-20, 20, (12, 2)), np.zeros(12)])
        rows[[5, 11], 2] = 1
        rows[:, 2] = change(rows[:, 2])
        sketches.append(Sketch(rows))
    return Dataset.from_sketches(sketches, sketches[:4], sketches[:4])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda states: 1 - states, "nearly every row lifts the pen; the flag may be inverted"),
        (np.zeros_like, "no drawing lifts the pen before its end"),
        (lambda states: states, ""),
    ],
    ids=["inverted", "never lifted", "correct"],
)
def test_report_finds_wrong_pen_states(change, says):
    report = pen(change).report()
    found = [finding for finding in report.findings if "pen" in finding.message]
    assert [finding.message[: len(says)] for finding in found] == ([says] if says else [])
    assert all(finding.drawings for finding in found)


@pytest.mark.parametrize(
    ("name", "kept", "messages"),
    [
        ("data/good.npz", 140, []),
        ("data/nan-row.npz", 139, ["member train, drawing 1: row 20: expected finite offsets"]),
        ("data/lists-of-lists.npz", 140, []),
        ("data/stroke5-ragged.npz", 140, []),
        ("data/object.npy", 30, []),
        ("data/pen-inverted.npz", 140, []),
        ("strokes/one-bad-of-30.json", 29, ["drawing 4: expected numbers"]),
        ("strokes/UPPER.NDJSON", 40, []),
        ("strokes/kite.ndjson.gz", 40, []),
        ("strokes/jsonl.jsonl", 40, []),
        ("strokes/kaggle.csv", 20, []),
        ("strokes/sketchkit-pad.json", 1, []),
        ("strokes/signature_pad.json", 1, []),
        ("strokes/quickdraw.json", 1, []),
    ],
)
def test_collector_reads_example_files(cases, name, kept, messages):
    path = cases / name
    drawings, errors = read(path)
    assert len(drawings) == kept
    assert len(errors) == len(messages)
    for error, says in zip(errors, messages, strict=True):
        assert str(error).startswith(f"{path}, {says}")


def test_report_finds_inverted_pen_states_in_a_file(cases):
    report = Dataset.open(cases / "data/pen-inverted.npz").report()
    assert any(
        "nearly every row lifts the pen; the flag may be inverted" in str(finding) for finding in report.findings
    )
