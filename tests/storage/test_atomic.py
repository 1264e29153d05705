"""Atomic writes, and the cleanup after killed processes."""

import os
import threading

import pytest

from sketchkit.storage.atomic import atomic_write, temporary_folder


def test_atomic_write_keeps_the_old_file_after_an_error(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    expected = r"could not write .*a\.txt \(No space left on device\); the existing"
    with pytest.raises(OSError, match=expected), atomic_write(path):
        raise OSError(28, "No space left on device")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "old")]


ERRORS = [ConnectionError("offline"), FileNotFoundError(2, "none", "other.npz"), KeyError("x")]


@pytest.mark.parametrize("error", ERRORS)
def test_atomic_write_does_not_change_errors_that_do_not_concern_its_file(tmp_path, error):
    with pytest.raises(type(error)) as raised, atomic_write(tmp_path / "a.txt"):
        raise error
    assert raised.value is error
    assert not list(tmp_path.iterdir())


def test_atomic_write_removes_only_abandoned_temporary_files_of_its_path(tmp_path):
    path = tmp_path / "a.txt"
    (tmp_path / ".a.txt.0123abcd.part").write_text("left over")
    (tmp_path / ".b.txt.0123abcd.part").write_text("of another file")
    (tmp_path / ".a.txt.part").write_text("of another program")
    with atomic_write(path) as first:
        first.write_text("first")
        with atomic_write(path) as second:
            second.write_text("second")
        assert first.exists()
    assert path.read_text() == "first"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".a.txt.part", ".b.txt.0123abcd.part", "a.txt"]


def test_temporary_folder_keeps_locked_temporary_folders_of_its_path(tmp_path):
    with temporary_folder(tmp_path / "m") as first:
        (first / "x").write_text("1")
        with temporary_folder(tmp_path / "m") as second:
            assert second != first
        assert (first / "x").read_text() == "1"
    assert not list(tmp_path.iterdir())


def test_atomic_write_respects_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        threads = [threading.Thread(target=_write, args=(tmp_path / str(i),)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mask = os.umask(0o027)
    finally:
        os.umask(before)
    assert mask == 0o027
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}


def _write(path):
    for _ in range(20):
        with atomic_write(path) as part:
            part.write_text("x")
