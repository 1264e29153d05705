import gzip
import io
import json
import zipfile

import numpy as np
import pytest

from sketchkit.formats.file_kind import file_kind

RECORD = json.dumps({"word": "cat", "drawing": [[[1, 2], [3, 4]]]}).encode()
TABLE = b"drawing,stroke,x,y\na,0,1,2\n"
KAGGLE = b'countrycode,drawing,word\nSE,"[[[1,2],[3,4]]]",cat\n'
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'


def npy():
    file = io.BytesIO()
    np.save(file, np.zeros((2, 3)))
    return file.getvalue()


def archive(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name in names:
            out.writestr(name, npy())
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.NDJSON", RECORD + b"\n" + RECORD, "ndjson"),
        ("a.jsonl", RECORD, "ndjson"),
        ("a.json", RECORD, "json"),
        ("a.json", RECORD + b"\n" + RECORD, "ndjson"),
        ("a.json", b'[[1, 2],\n[3, 4]]', "json"),
        ("a.ndjson", b'{\n"drawing": [\n[[1], [2]]]}', "ndjson"),
        ("a", b"\xef\xbb\xbf" + RECORD, "json"),
        ("a.csv", TABLE, "csv"),
        ("a.CSV", b"0,1,2\n", "csv"),
        ("a.txt", TABLE, "csv"),
        ("a.txt", KAGGLE, "csv"),
        ("a.txt", b"notes", ""),
        ("a.json", npy(), "npy"),
        ("a.dat", npy(), "npy"),
        ("a.npz", archive("train.npy"), "npz"),
        ("a.zip", archive("train.npy"), "npz"),
        ("a.zip", archive("cat.npy"), "zip"),
        ("a.npz", archive("cat.npy"), "npz"),
        ("a.npz", b"x", "npz"),
        ("a.SVG", SVG, "svg"),
        ("a.txt", SVG, "svg"),
        ("a", SVG.decode().encode("utf-16"), "svg"),
        ("a.svg", b"\x89PNG\r\n", "pixels"),
        ("a.JPG", b"", "pixels"),
        ("BMI.csv", b"BMI,x,y\n", "csv"),
        ("empty", b"", ""),
    ],
)  # fmt: skip
def test_file_kind_by_content_then_by_extension(name, data, kind):
    assert (file_kind(io.BytesIO(data), name).name, file_kind(io.BytesIO(data), name).gzipped) == (kind, False)
    for zipped in (f"{name}.gz", f"{name}.GZ") if name != "a.zip" else ():
        found = file_kind(io.BytesIO(gzip.compress(data)), zipped)
        assert (found.name, found.gzipped) == (kind, True)


def test_file_kind_leaves_the_file_at_its_beginning(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(RECORD)
    with path.open("rb") as file:
        file_kind(file, path.name)
        assert file.tell() == 0
