import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchkit.data.augmentation import Augmentation, drop_points
from sketchkit.data.batches import Batches, pad_stroke5, permute_indices
from sketchkit.data.dataset import Dataset
from sketchkit.data.store import IndexFilter, Split, pack_drawings
from sketchkit.formats.npz import write_npz
from sketchkit.sketch import Sketch


def zigzag(n, seed=0):
    noise = np.random.default_rng(seed)
    rows = noise.integers(-30, 30, (n, 3))
    rows[:, 2] = noise.random(n) < 0.2
    return Sketch(rows)


@pytest.fixture
def many():
    return [zigzag(5 + i % 40, i) for i in range(60)]


@pytest.fixture
def npz(tmp_path, many):
    return write_npz({"train": many[:50], "valid": many[50:55], "test": many[55:]}, tmp_path / "drawings.npz")


def test_open_returns_the_drawings_of_a_file(npz, many):
    dataset = Dataset.open(npz)
    assert list(dataset.train) == many[:50]
    assert dataset.train[-1] == many[49]
    assert dataset.valid[1:3] == many[51:53]
    assert dataset.max_seq_len == 44
    assert isinstance(dataset.train.points, np.memmap)


def test_open_uses_the_store_at_the_second_call(npz):
    first = Dataset.open(npz)
    stamp = npz.stat()
    npz.write_bytes(b"x" * stamp.st_size)
    import os

    os.utime(npz, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert Dataset.open(npz).fingerprint == first.fingerprint


def test_open_joins_several_files(npz, tmp_path, many):
    other = write_npz({"train": [s.scaled(0.5) for s in many]}, tmp_path / "other.npz")
    joined = Dataset.open([npz, other])
    assert len(joined.train) == 110
    assert joined.train[50] == many[0].scaled(0.5)
    assert joined.name == "drawings+other"


def test_scale_factor_is_the_standard_deviation_of_the_training_offsets(npz, many):
    offsets = np.concatenate([s.offsets[:, :2].ravel() for s in many[:50]])
    assert Dataset.open(npz).scale_factor == pytest.approx(np.std(offsets, dtype=np.float64), rel=1e-9)


def test_scale_factor_clamps_offsets_and_leaves_out_long_drawings(many):
    wild = [*many, Sketch([[5000, 0, 1]]), zigzag(300)]
    dataset = Dataset.from_sketches(wild, many[:5], max_seq_len=50)
    offsets = np.concatenate([s.offsets[:, :2].ravel() for s in wild[:-1]]).clip(-1000, 1000)
    assert dataset.scale_factor == pytest.approx(np.std(offsets, dtype=np.float64), rel=1e-6)


def test_from_sketches_drops_long_drawings_and_warns_once(many, caplog):
    with caplog.at_level(logging.WARNING, "sketchkit"):
        dataset = Dataset.from_sketches([*many, Sketch([])], many, max_seq_len=20)
    long = sum(len(s) > 20 for s in many)
    assert dataset.num_dropped("train") == long + 1
    assert f"{long + 1} of 61 in train" in caplog.text
    assert len(caplog.records) == 1
    batch = dataset.batches(10, seed=0)[3]
    assert batch.lengths.max() <= 20


# Batches ----------------------------------------------------------------------------------------------


def test_batch_is_a_function_of_seed_and_number(npz):
    dataset = Dataset.open(npz)
    options = {"augmentation": Augmentation(random_scale_factor=0.15, augment_stroke_prob=0.2)}
    one, two = (dataset.batches(16, 7, **options) for _ in range(2))
    for _ in range(3):
        two[1]  # earlier accesses have no effect
    assert np.array_equal(one[5].rows, two[5].rows)
    assert not np.array_equal(one[5].rows, one[6].rows)
    assert not np.array_equal(one[5].rows, dataset.batches(16, 8, **options)[5].rows)


def test_unaugmented_batch_contains_the_drawings(many):
    dataset = Dataset.from_sketches(many, many[:1])
    batch = dataset.batches(60, 0)[0]
    assert batch.rows.shape == (60, 45, 5)
    np.testing.assert_array_equal(batch.rows[:, 0], np.tile([0, 0, 1, 0, 0], (60, 1)))
    found = set()
    for rows, length in zip(batch.rows, batch.lengths, strict=True):
        drawn = Sketch.from_stroke5(rows, scale=dataset.scale_factor, start_token=True)
        assert len(drawn) == length
        found.add(np.rint(drawn.offsets).astype(int).tobytes())
    assert found == {s.offsets.astype(int).tobytes() for s in many}


def test_batches_visit_every_drawing_once_an_epoch(many):
    dataset = Dataset.from_sketches(many, many[:1])
    batches = dataset.batches(7, 3)
    seen = np.concatenate([batches[k].lengths for k in range(60)])  # 420 = 7 epochs of 60
    expected = np.sort([len(s) for s in many])
    for epoch in range(7):
        np.testing.assert_array_equal(np.sort(seen[60 * epoch : 60 * epoch + 60]), expected)


@pytest.mark.parametrize("count", [1, 2, 3, 60, 64, 1000])
def test_shuffle_is_a_permutation_that_changes_by_epoch(count):
    places = np.arange(count)
    first = permute_indices(places, count, 5, 0)
    np.testing.assert_array_equal(np.sort(first), places)
    if count > 10:
        assert not np.array_equal(first, places)
        assert not np.array_equal(first, permute_indices(places, count, 5, 1))
        assert not np.array_equal(first, permute_indices(places, count, 6, 0))


def test_drop_points_keeps_positions_and_both_ends_of_strokes():
    noise = np.random.default_rng(0)
    for trial in range(50):
        sketch = zigzag(40, trial)
        offsets, pen = sketch.offsets[:, :2], sketch.offsets[:, 2]
        new_offsets, new_pen, lengths = drop_points(offsets, pen, np.array([40]), noise.random(40) < 0.5)
        thin = Sketch(np.column_stack([new_offsets, new_pen]))
        assert lengths[0] == len(thin)
        assert thin.num_strokes == sketch.num_strokes
        for before, after in zip(sketch.polylines(), thin.polylines(), strict=True):
            np.testing.assert_allclose(after[: min(4, len(after))][:3], before[:3][: len(after)], atol=1e-4)
            np.testing.assert_allclose(after[-1], before[-1], atol=1e-3)
            there = {tuple(np.rint(p)) for p in before}
            assert all(tuple(np.rint(p)) in there for p in after)


def test_augment_stroke_prob_is_the_share_of_dropped_points():
    straight = pack_drawings([np.column_stack([np.ones(200), np.zeros(200), np.zeros(200)])] * 64, "x")
    changes = Augmentation(augment_stroke_prob=0.1)
    batches = Batches(straight, batch_size=64, max_seq_len=200, scale_factor=1.0, seed=0, augmentation=changes)
    assert batches[0].lengths.mean() == pytest.approx(3 + 196 * 0.9 + 1, rel=0.02)


def test_random_scale_factor_stays_in_range():
    straight = pack_drawings([np.array([[100, 50, 1]])] * 100, "x")
    changes = Augmentation(random_scale_factor=0.15)
    batch = Batches(straight, batch_size=100, max_seq_len=1, scale_factor=1.0, seed=0, augmentation=changes)[0]
    x, y = batch.rows[:, 1, 0] / 100, batch.rows[:, 1, 1] / 50
    for factors in (x, y):
        assert 0.85 <= factors.min() < 0.9
        assert 1.1 < factors.max() <= 1.15
    assert np.abs(np.corrcoef(x, y)[0, 1]) < 0.3


def test_iter_batches_counts_every_drawing_once(many):
    dataset = Dataset.from_sketches(many, many[:7])
    batches = list(dataset.iter_batches("valid", 3))
    assert [count for _, count in batches] == [3, 3, 1]
    assert all(len(batch.rows) == 3 for batch, _ in batches)
    lengths = np.concatenate([batch.lengths[:count] for batch, count in batches])
    np.testing.assert_array_equal(lengths, [len(s) for s in many[:7]])


def test_padding_rows_are_end_rows():
    batch = pad_stroke5(np.ones((3, 2), np.float32), np.array([0, 1, 1], np.float32), np.array([2, 0, 1]), 4)
    np.testing.assert_array_equal(batch.rows[1, 1:], np.tile([0, 0, 0, 0, 1], (4, 1)))
    np.testing.assert_array_equal(batch.rows[0, 1:, 2:], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]])


# Errors -----------------------------------------------------------------------------------------------


def test_open_skips_bad_drawings_and_names_them(tmp_path, many, caplog):
    bad, pen = (many[3].offsets.astype(np.float64).copy() for _ in range(2))
    bad[2, 0], pen[1, 2] = np.nan, 7
    np.savez(tmp_path / "bad.npz", train=_objects([many[0].offsets, bad, many[1].offsets, pen]))
    dataset = Dataset.open(tmp_path / "bad.npz")
    assert list(dataset.train) == many[:2]
    assert dataset.num_errors == 2
    nan, seven = dataset.errors
    assert f"{tmp_path / 'bad.npz'}, member train, drawing 1: row 2: expected finite offsets" in nan
    assert "drawing 3: row 1: expected a pen state of 0 or 1, got 7" in seven
    assert "skipped 2 drawings" in caplog.text
    assert any("2 drawings cannot be read" in str(finding) for finding in dataset.report().findings)
    assert Dataset.open(tmp_path / "bad.npz").errors == dataset.errors  # read from the store
    np.savez(tmp_path / "none.npz", train=_objects([bad]))
    with pytest.raises(ValueError, match=r"none\.npz: expected drawings, but none can be read.*drawing 0"):
        Dataset.open(tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError, match=r"cat\.npz.*sketchkit.datasets"):
        Dataset.open(tmp_path / "cat.npz")


def test_too_few_drawings_raise_errors(many):
    with pytest.raises(ValueError, match="8 usable drawings, fewer than batch_size=100; set .* batch_size to 8"):
        Dataset.from_sketches(many[:8]).batches(100, 0)
    with pytest.raises(ValueError, match="points in the train split, got none"):
        _ = Dataset.from_sketches([], many).scale_factor
    with pytest.raises(ValueError, match="expected at least one drawing with points, got none"):
        Dataset.from_sketches([Sketch([])])


# Report -----------------------------------------------------------------------------------------------


def test_report_counts_and_findings(many):
    report = Dataset.from_sketches([*many, Sketch([])], many[:5], max_seq_len=30).report()
    text = str(report)
    assert "train" in text
    assert report.splits["train"].empty == 1
    assert report.splits["train"].too_long == sum(len(s) > 30 for s in many)
    assert any("test is empty" in str(finding) for finding in report.findings)
    html = report._repr_html_()
    illustrated = [finding for finding in report.findings if finding.drawings]
    assert any("longer than 30 points" in str(finding) for finding in illustrated)
    assert html.count("<img") == 2 + len(illustrated)  # pictures of lengths, of samples, and of examples of findings
    assert "<script" not in Dataset.from_sketches(many, name="<script>")._repr_html_()


def test_report_recognizes_absolute_coordinates(many):
    dataset = Dataset.from_sketches(many * 3, many)
    assert not any("absolute" in str(finding) for finding in dataset.report().findings)
    absolute = [Sketch(np.column_stack([s.points()[1:] + 200, s.offsets[:, 2]])) for s in many]
    assert any("absolute" in str(finding) for finding in Dataset.from_sketches(absolute, absolute).report().findings)


@pytest.mark.long
@pytest.mark.parametrize("name", ["aaron_sheep/aaron_sheep.npz", "omniglot/omniglot.npz", "kanji/short_kanji.npz"])
def test_report_of_absolute_coordinates_on_published_data(published_data, name):
    dataset = Dataset.open(published_data / name)
    assert not any("absolute" in str(finding) for finding in dataset.report().findings)
    absolute = [Sketch(np.column_stack([s.moved_to(0, 0).points()[1:], s.offsets[:, 2]])) for s in dataset.train[:300]]
    report = Dataset.from_sketches(absolute, absolute[:1]).report()
    assert any("absolute" in str(finding) for finding in report.findings)


def test_report_of_other_scales_and_near_duplicates(many):
    def findings(train, valid=many[:1]):
        report = Dataset.from_sketches(train, valid).report()
        return {finding.message: finding.drawings for finding in report.findings}

    assert not any("nearly identical" in f or "times larger" in f for f in findings(many[5:]))
    mixed = findings([*many, *(sketch.scaled(40) for sketch in many[:3])])
    (scale,) = (f for f in mixed if "times larger or smaller" in f)
    assert scale.startswith("3 of 63")
    assert len(mixed[scale]) == 3
    shaken = [
        Sketch(s.offsets + [0.2, -0.2, 0] * np.sign(np.random.default_rng(0).normal(size=(len(s), 1)))) for s in many
    ]
    double = findings(many, shaken)
    (leak,) = (f for f in double if "valid and test are nearly identical" in f)
    assert int(leak.split()[0]) > 50
    assert len(double[leak]) == 8
    assert any(
        f.endswith("of 120 sampled drawings are nearly identical to another one") for f in findings([*many, *shaken])
    )


def _objects(arrays):
    out = np.empty(len(arrays), dtype=object)
    for index, array in enumerate(arrays):
        out[index] = array
    return out


def test_open_joins_files_of_different_numeric_types(tmp_path):
    whole, half = np.array([[3, 4, 0], [5, 6, 1]], np.int16), np.array([[0.5, 1, 1]], np.float32)
    for name, drawings in (("a", [whole] * 3), ("b", [half]), ("c", [whole])):
        write_npz({"train": [Sketch(d) for d in drawings], "valid": [], "test": []}, tmp_path / f"{name}.npz")
    mixed = Dataset.open(["a.npz", "b.npz", "c.npz"], folder=tmp_path)
    by_hand = Dataset.from_sketches([*mixed.train])
    assert [len(s) for s in mixed.train] == [2, 2, 2, 1, 2]
    assert mixed.train.points.dtype == np.float32
    assert Dataset.open("a.npz", folder=tmp_path).train.points.dtype == np.int16
    assert mixed.fingerprint == by_hand.fingerprint
    assert mixed.scale_factor == by_hand.scale_factor
    again = Dataset.open(["a.npz", "b.npz", "c.npz"], folder=tmp_path)
    assert again.scale_factor == mixed.scale_factor
    assert list(again.store.glob("scale-*.json")), "the scale factor is stored"


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_index_filter_skips_excluded_drawings(lengths):
    split = Split(np.zeros((sum(lengths), 3), np.int16), np.cumsum([0, *lengths]))
    left_out = split.excluded_indices(4)
    expected = [i for i, length in enumerate(lengths) if 0 < length <= 4]
    usable = IndexFilter(len(split), left_out)
    assert len(usable) == len(expected)
    assert usable[np.arange(len(usable))].tolist() == expected
    assert split.longest == max(lengths)
