import io
import pickle
import zipfile

import numpy as np
import pytest

from sketchkit.formats.array_pickle import read_object_array
from sketchkit.formats.npz import read_npy, read_npz
from sketchkit.sketch import Sketch

ROWS = [[8, 16, 0], [3, 11, 1], [14, -11, 1]]
STROKE5 = [[8, 16, 1, 0, 0], [3, 11, 0, 1, 0], [14, -11, 0, 1, 0], [0, 0, 0, 0, 1]]
POLYLINES = [[[0, 0], [8, 16], [11, 27]], [[25, 16]]]
EXPECTED = Sketch(ROWS)


def objects(drawings):
    out = np.empty(len(drawings), dtype=object)
    for index, drawing in enumerate(drawings):
        out[index] = drawing
    return out


def saved(path, value):
    np.savez(path, train=value, valid=value[:1])
    return path


@pytest.mark.parametrize(
    "drawing",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        [np.array(row) for row in ROWS],
        [[float(x) for x in row] for row in ROWS],
        [[np.int64(x) for x in row] for row in ROWS],
        [[x, y, bool(pen)] for x, y, pen in ROWS],
        STROKE5,
        np.array(STROKE5),
        np.array(STROKE5 + [[0, 0, 0, 0, 0]] * 4),
        POLYLINES,
        [np.array(stroke) for stroke in POLYLINES],
        objects([np.array(stroke) for stroke in POLYLINES]),
    ],
    ids=["lists", "tuples", "arrays", "floats", "scalars", "bools", "stroke-5 lists", "stroke-5", "padded", "polylines",
         "polyline arrays", "polyline objects"],
)  # fmt: skip
def test_read_npz_and_read_npy_of_unusual_layouts(tmp_path, drawing):
    drawings = objects([drawing, np.array(ROWS)])
    read = read_npz(saved(tmp_path / "d.npz", drawings))
    assert [Sketch(rows) for rows in read["train"]] == [EXPECTED, EXPECTED]
    assert [Sketch(rows) for rows in read["valid"]] == [EXPECTED]
    np.save(tmp_path / "d.npy", drawings)
    assert [Sketch(sketch.offsets) for sketch in read_npy(tmp_path / "d.npy")] == [EXPECTED, EXPECTED]


@pytest.mark.parametrize("rows", [ROWS, STROKE5])
def test_object_array_of_drawings_of_one_length(tmp_path, rows):
    square = np.array([rows, rows], dtype=object)  # NumPy converts the list to one array with three axes
    assert square.ndim == 3
    assert [Sketch(rows) for rows in read_npz(saved(tmp_path / "d.npz", square))["train"]] == [EXPECTED] * 2


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("rows", [ROWS, STROKE5])
def test_plain_array_in_c_or_fortran_order(tmp_path, rows, order):
    value = np.asarray([rows, rows, rows], dtype=np.float32, order=order)
    assert [Sketch(rows) for rows in read_npz(saved(tmp_path / "d.npz", value))["train"]] == [EXPECTED] * 3


BAD = {
    "nan": (np.array([[1, np.nan, 0], [1, 1, 1]]), "row 0: expected finite offsets"),
    "infinity": (np.array([[1, 1, 0], [np.inf, 1, 1]]), "row 1: expected finite offsets"),
    "beyond float32": (np.array([[1e300, 1, 0]]), "row 0: expected finite offsets"),
    "pen": (np.array([[1, 2, 7]]), "row 0: expected a pen state of 0 or 1, got 7"),
    "width": (np.zeros((4, 7)), "got 2 levels of lists, the innermost of length 7"),
    "stroke-5 pen": (np.array([[1, 2, 1, 1, 0]]), "row 0: expected one pen state of 1 among the last three"),
    "none": (None, "got 0 levels of lists"),
    "none inside": ([[1, 2, None]], "expected numbers"),
    "text": ([["1", "2", "0"]], "expected numbers"),
    "ragged": ([[1, 2, 0], [1, 2]], ""),
}


@pytest.mark.parametrize(("bad", "says"), BAD.values(), ids=BAD)
def test_read_npz_skips_a_bad_drawing_and_names_it(tmp_path, bad, says):
    good = np.array(ROWS)
    path = saved(tmp_path / "d.npz", objects([good, good, bad, good]))
    errors = []
    assert [Sketch(rows) for rows in read_npz(path, errors=errors)["train"]] == [EXPECTED] * 3
    (error,) = errors
    assert str(error).startswith(f"{path}, member train, drawing 2: ")
    assert says in str(error)
    with pytest.raises(ValueError, match=r"d\.npz, member train, drawing 2"):
        read_npz(path)


def test_read_npz_skips_a_bad_drawing_of_a_plain_array(tmp_path):
    value = np.array([ROWS] * 3, dtype=np.float64)
    value[1, 0, 0] = np.nan
    errors = []
    assert len(read_npz(saved(tmp_path / "d.npz", value), errors=errors)["train"]) == 2
    assert "member train, drawing 1: row 0: expected finite" in str(errors[0])


def test_read_npy_names_the_file(tmp_path):
    path = tmp_path / "d.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00v\x00" + b"(" * 50)
    with pytest.raises(ValueError, match=r"d\.npy: not a NumPy array"):
        list(read_npy(path))
    np.save(path, np.array({"train": [1]}, dtype=object))
    with pytest.raises(ValueError, match=r"d\.npy: expected a list of drawings"):
        list(read_npy(path))
    np.save(path, np.float64(4))
    with pytest.raises(ValueError, match=r"d\.npy: expected one or more drawings"):
        list(read_npy(path))
    np.save(path, np.zeros(4))
    with pytest.raises(ValueError, match=r"d\.npy: expected one or more drawings"):
        list(read_npy(path))
    with pytest.raises(FileNotFoundError, match=r"none\.npy"):
        list(read_npy(tmp_path / "none.npy"))


@pytest.mark.parametrize(
    "header", [b"-" * 9000 + b"1", b"[" * 300, b"{'descr': 1", b"\xff", b"1L", b"{'shape': (-1,)}"]
)
@pytest.mark.parametrize("version", [b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00"])
def test_read_npz_names_members_with_invalid_headers(tmp_path, header, version):
    path = tmp_path / "d.npz"
    with zipfile.ZipFile(path, "w") as archive:
        length = len(header).to_bytes(2 if version[0] == 1 else 4, "little")
        archive.writestr("train.npy", b"\x93NUMPY" + version + length + header)
    with pytest.raises(ValueError, match=r"d\.npz, member train: not a NumPy array"):
        read_npz(path)


def test_read_object_array_limits_shared_lists():
    data = pickle.dumps(objects([0]), 2)
    inner = b"]" + b"q\x64" + b"(" + b"K\x01" * 1000 + b"e"  # a list of 1,000 numbers, stored in the memo
    bomb = b"](" + inner + b"h\x64" * 5000 + b"e"
    place = data.rindex(b"K\x00")
    with pytest.raises(ValueError, match="the file: not an object array of drawings"):
        read_object_array(data[:place] + bomb + data[place + 2 :], "the file")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_read_npz_limits_the_unpacked_size(tmp_path, method):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<i2", "fortran_order": False, "shape": (10_000_000, 3, 3)})
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("train.npy", "w") as member:
        member.write(file.getvalue())
        for _ in range(180):
            member.write(bytes(1_000_000))
    assert path.stat().st_size < 1_000_000
    message = r"bomb\.npz, member train: expected at most .* bytes unpacked, got 180,000,128"
    with pytest.raises(ValueError, match=message):
        read_npz(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_read_npz_names_damaged_members(tmp_path, method):
    path = tmp_path / "d.npz"
    data = io.BytesIO()
    np.save(data, objects([np.array(ROWS)] * 50))
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("train.npy", data.getvalue())
    whole = path.read_bytes()
    errors = []
    for at in range(40, 90, 5):
        path.write_bytes(whole[:at] + b"\xff\x00\xff" + whole[at + 3 :])
        try:
            read_npz(path)
        except ValueError as error:
            errors.append(str(error))
    assert len(errors) > 5  # some bytes of the headers have no effect
    assert all("d.npz, member train: " in error for error in errors)


def test_read_npz_limits_the_number_of_drawings(tmp_path):
    path = tmp_path / "d.npz"
    np.savez_compressed(path, train=np.zeros((100_001, 1, 3), np.int8))
    with pytest.raises(ValueError, match=r"d\.npz, member train: expected at most 100,000 drawings in .* got 100,001"):
        read_npz(path)
