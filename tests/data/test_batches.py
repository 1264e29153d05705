import numpy as np
import pytest

from sketchkit.data.augmentation import Augmentation
from sketchkit.data.batches import Batches, Prefetcher
from sketchkit.data.store import Split

LONGEST = 60


@pytest.fixture(scope="module")
def split():
    lengths = np.random.default_rng(0).integers(1, LONGEST + 1, size=640)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    points = np.zeros((starts[-1], 3), dtype=np.int16)
    points[:, 0] = np.repeat(np.arange(640), lengths)  # every x offset in a drawing equals the index of the drawing
    points[starts[1:] - 1, 2] = 1
    return Split(points, starts)


def batches(split, **options):
    return Batches(split, batch_size=10, max_seq_len=LONGEST, scale_factor=1.0, seed=5, **options)


def members(batch):
    return batch.rows[:, 1, 0].astype(int).tolist()


def test_batches_bucketed_by_length_contain_similar_lengths_and_each_drawing_once(split):
    alike, exact = batches(split, bucket_by_length=True), batches(split)
    assert sorted(member for k in range(64) for member in members(alike[k])) == list(range(640))
    spread = [np.ptp(made[k].lengths) for made in (alike, exact) for k in range(64)]
    assert np.mean(spread[:64]) < 0.2 * np.mean(spread[64:])
    assert members(alike[0]) != members(batches(split, bucket_by_length=True)[64])


def test_batches_bucketed_by_length_have_few_padded_sizes_and_keep_end_rows(split):
    alike = batches(split, bucket_by_length=True, augmentation=Augmentation(augment_stroke_prob=0.3))
    sizes = set()
    for k in range(64):
        batch = alike[k]
        time = batch.rows.shape[1] - 1
        sizes.add(time)
        assert time >= min(batch.lengths.max() + 1, LONGEST)
        np.testing.assert_array_equal((batch.rows[:, 1:, 4] == 0).sum(axis=1), batch.lengths)
    assert 1 < len(sizes) <= 4
    assert max(sizes) == LONGEST


def test_batch_does_not_depend_on_order_of_access(split):
    forward, backward = batches(split, bucket_by_length=True), batches(split, bucket_by_length=True)
    seen = {k: forward[k] for k in range(70)}
    for k in reversed(range(70)):
        np.testing.assert_array_equal(backward[k].rows, seen[k].rows)


def test_prefetcher_returns_the_same_batches(split):
    plain, ahead = batches(split), Prefetcher(batches(split))
    for k in (0, 1, 2, 7, 8, 3):  # including a return to an earlier batch, as after a rollback
        np.testing.assert_array_equal(ahead[k].rows, plain[k].rows)


def test_batches_bucketed_by_length_with_few_drawings(split):
    few = batches(split, indices=np.arange(25), bucket_by_length=True)
    assert sorted(members(few[0]) + members(few[1]))[0] >= 0
    assert len(set(members(few[0]))) == 10
