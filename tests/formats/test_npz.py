import io
import os
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchkit.formats.npz import read_npz, write_npz
from sketchkit.sketch import Sketch

PUBLISHED = ("aaron_sheep/aaron_sheep.npz", "omniglot/omniglot.npz", "kanji/short_kanji.npz")


def objects(arrays):
    out = np.empty(len(arrays), dtype=object)
    for index, array in enumerate(arrays):
        out[index] = array
    return out


def drawing(n=4, dtype=np.int16):
    rows = np.ones((n, 3), dtype=dtype)
    rows[:-1, 2] = 0
    return rows


def npz_with(path, payload: bytes, count=1):
    """Write an npz whose member train is an object array with this pickle."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (count,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("train.npy", header.getvalue() + payload)
    return path


@pytest.mark.parametrize("name", PUBLISHED)
def test_read_npz_agrees_with_numpy_on_published_files(published_data, name):
    ours = read_npz(published_data / name)
    with np.load(published_data / name, allow_pickle=True, encoding="latin1") as theirs:
        for split in ("train", "valid", "test"):
            assert len(ours[split]) == len(theirs[split])
            assert all(np.array_equal(a, b) for a, b in zip(ours[split], theirs[split], strict=True))
            assert ours[split][0].dtype == theirs[split][0].dtype


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int64, np.float16, np.float32, np.float64, ">i2"])
@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
def test_read_npz_of_every_numeric_type_and_protocol(tmp_path, dtype, protocol):
    arrays = [drawing(n, np.dtype(dtype)) for n in (4, 2, 9)]
    path = npz_with(tmp_path / "d.npz", pickle.dumps(objects(arrays), protocol), 3)
    read = read_npz(path)["train"]
    assert [a.tolist() for a in read] == [a.tolist() for a in arrays]


def test_write_npz_round_trip(tmp_path):
    sketches = [Sketch(drawing(n)) for n in (3, 5)]
    path = write_npz({"train": sketches, "valid": sketches[:1]}, tmp_path / "d.npz")
    read = read_npz(path)
    assert [Sketch(a) for a in read["train"]] == sketches
    assert read["test"] == []
    with np.load(path, allow_pickle=True) as loaded:
        assert loaded["train"][0].dtype == np.int16
        assert loaded["train"][1].shape == (5, 3)


def test_read_npz_of_one_plain_array(tmp_path):
    np.savez(tmp_path / "d.npz", train=np.stack([drawing(), drawing()]), valid=np.array([]))
    read = read_npz(tmp_path / "d.npz")
    assert [a.shape for a in read["train"]] == [(4, 3), (4, 3)]
    assert read["valid"] == []


class Exploit:
    def __reduce__(self):
        return os.system, ("touch exploited",)


@pytest.mark.parametrize(
    "payload",
    [
        pickle.dumps(Exploit()),
        pickle.dumps(objects([drawing(), Exploit()])),
        pickle.dumps([drawing()]),
        pickle.dumps(objects([objects([Exploit()])])),
        b"cos\nsystem\n(S'touch exploited'\ntR.",
        b"\x80\x02cbuiltins\neval\nX\x04\x00\x00\x001+1 \x85R.",
        b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.",
        b"\x80\x02cnumpy\nload\n.",
        b"\x80\x02]r\xff\xff\xff\x7f.",  # index 2^31 - 1 in the memo
        b"\x80\x02(i__main__\nExploit\n.",
        b"Pexternal\n.",
    ],
)
def test_read_npz_refuses_pickles_that_are_not_arrays_of_drawings(tmp_path, monkeypatch, payload):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="train"):
        read_npz(npz_with(tmp_path / "evil.npz", payload))
    assert not (tmp_path / "exploited").exists()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_read_npz_of_damaged_pickles_raises_value_error(tmp_path_factory, data):
    payload = bytearray(pickle.dumps(objects([drawing(), drawing(7, np.float32)]), 3))
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    path = npz_with(tmp_path_factory.mktemp("npz") / "d.npz", bytes(payload), 2)
    try:
        arrays = read_npz(path)["train"]
    except ValueError:
        return
    assert all(isinstance(a, np.ndarray) and a.dtype.kind in "iuf" for a in arrays)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 700))
def test_read_npz_of_truncated_files_raises(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("npz")
    whole = write_npz({"train": [Sketch(drawing(50))]}, folder / "whole.npz").read_bytes()
    (folder / "cut.npz").write_bytes(whole[: min(cut, len(whole) - 1)])
    with pytest.raises(ValueError, match=r"cut\.npz"):
        read_npz(folder / "cut.npz")


def test_read_npz_errors_name_file_members_and_shapes(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.npz"):
        read_npz(tmp_path / "nowhere.npz")
    np.savez(tmp_path / "other.npz", images=np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"expected members train\.npy.*got images\.npy"):
        read_npz(tmp_path / "other.npz")
    np.savez(tmp_path / "wide.npz", train=objects([drawing(), np.zeros((4, 7))]))
    with pytest.raises(
        ValueError, match=r"drawing 1: expected stroke-3 rows, .* got 2 levels of lists, the innermost of length 7"
    ):
        read_npz(tmp_path / "wide.npz")
    np.savez(tmp_path / "text.npz", train=np.array(["a", "b"]))
    with pytest.raises(ValueError, match="expected drawings"):
        read_npz(tmp_path / "text.npz")
    with pytest.raises(ValueError, match="splits named"):
        write_npz({"training": []}, tmp_path / "x.npz")


def test_read_npz_refuses_a_shape_larger_than_the_file(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**3, 3)})
    with zipfile.ZipFile(tmp_path / "huge.npz", "w") as archive:
        archive.writestr("train.npy", header.getvalue() + b"\0" * 24)
    with pytest.raises(ValueError, match="declares more data"):
        read_npz(tmp_path / "huge.npz")
