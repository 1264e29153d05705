from pathlib import Path

import pytest

from sketchkit.arguments import FALSE, TRUE, parse_bool, parse_path, parse_seed, parse_sources


@pytest.mark.parametrize(("value", "expected"), [(2024, "2024"), ("runs/a", "runs/a"), (Path("b"), "b"), (0.5, "0.5")])
def test_parse_path_of_strings_paths_and_numbers(value, expected):
    assert parse_path(value, "run") == Path(expected)


@pytest.mark.parametrize("value", [None, "", True, [], {"a": 1}, b"x"])
def test_parse_path_of_other_values_raises(value):
    with pytest.raises(ValueError, match="run: expected a path, got"):
        parse_path(value, "run")


@pytest.mark.parametrize(("value", "expected"), [(None, 0), (7, 7), ("7", 7), (7.0, 7), (2**63 - 1, 2**63 - 1)])
def test_parse_seed_of_numbers_strings_and_none(value, expected):
    assert parse_seed(value) == expected


@pytest.mark.parametrize("value", [-1, 2**63, 0.5, "x", "", True, [], float("nan"), float("inf")])
def test_parse_seed_of_other_values_raises(value):
    with pytest.raises(ValueError, match="seed: expected a whole number from 0 to"):
        parse_seed(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.npz", ["a.npz"]),
        ("a.npz, b.npz", ["a.npz", "b.npz"]),
        ("a.npz,b.npz,", ["a.npz", "b.npz"]),
        (["a.npz", Path("b.npz")], ["a.npz", Path("b.npz")]),
        (("a.npz", 2024), ["a.npz", "2024"]),
        (2024, ["2024"]),
        (Path("a, b"), [Path("a, b")]),
    ],
)
def test_parse_sources_of_strings_sequences_and_numbers(value, expected):
    assert parse_sources(value, "data_set") == expected


def test_parse_sources_keeps_a_comma_in_a_file_name(tmp_path):
    (tmp_path / "a, b.npz").touch()
    assert parse_sources("a, b.npz", "data_set", tmp_path) == ["a, b.npz"]


@pytest.mark.parametrize("value", [None, "", [], [None], ["a", ""], {"a": 1}, True])
def test_parse_sources_of_other_values_raises(value):
    with pytest.raises(ValueError, match="data_set: expected"):
        parse_sources(value, "data_set")


def test_parse_bool_ignores_case():
    assert [parse_bool(text.title()) for text in (*TRUE, *FALSE)] == [True] * len(TRUE) + [False] * len(FALSE)


@pytest.mark.parametrize("text", ["", "maybe", "2", "tru"])
def test_parse_bool_of_other_strings_raises(text):
    with pytest.raises(ValueError, match=f"expected true, yes, on, 1, false, no, off or 0, got {text!r}"):
        parse_bool(text)
