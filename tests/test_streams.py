import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.augmentation import Augmentation
from sketchkit.data.batches import Batches, permute_indices
from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.noise import decode_noise
from sketchkit.model.weights import initial_weights
from sketchkit.streams import Purpose, generator, philox_key


def test_keys_are_unique_to_seed_purpose_number_and_draw():
    seeds, numbers, draws = (0, 1, 2**32, 2**63, 2**64 - 1), (0, 1, 7, 2**32 - 1), (0, 1, 2**24 - 1)
    keys = {philox_key(s, p, n, d) for s in seeds for p in Purpose for n in numbers for d in draws}
    assert len(keys) == len(seeds) * len(Purpose) * len(numbers) * len(draws)
    assert all(0 <= word < 2**64 for words in keys for word in words)


@pytest.mark.parametrize("wrong", [(-1, 0, 0), (2**64, 0, 0), (0, -1, 0), (0, 2**56, 0), (0, 2**32, 1), (0, 0, 2**24)])
def test_generator_raises_when_a_number_is_out_of_range(wrong):
    seed, number, draw = wrong
    with pytest.raises(ValueError, match=r"random stream: expected a (seed|number|draw) from 0 to \d+, got"):
        generator(seed, Purpose.VALIDATION, number, draw)


def test_epoch_order_batch_order_and_augmentation_use_different_streams(monkeypatch):
    used = []
    philox = np.random.Philox

    def recording_philox(key):
        used.append(tuple(int(word) for word in key))
        return philox(key=key)

    split = Dataset.from_sketches([doodles.draw("star", seed) for seed in range(8)]).train
    monkeypatch.setattr("numpy.random.Philox", recording_philox)
    augmentation = Augmentation(random_scale_factor=0.1)
    Batches(split, batch_size=4, max_seq_len=99, scale_factor=1.0, seed=5, augmentation=augmentation,
            bucket_by_length=True)[0]  # fmt: skip
    permute_indices(np.arange(4), 8, 5, 0)
    assert len(set(used)) == 3  # epoch order, batch order, augmentation


def test_initial_weights_and_decode_noise_of_a_seed_are_unchanged():
    weights = initial_weights(HParams(dec_rnn_size=4, enc_rnn_size=4, z_size=2, num_mixture=2, max_seq_len=5), 3)
    expected = [0.5161110162734985, -0.3273140490055084, 0.016194963827729225]
    np.testing.assert_allclose(weights["decoder/output/w"][0, :3], expected, rtol=1e-6)
    expected = [0.011427909135818481, 0.3269173204898834, 0.6657580733299255, -0.037255093455314636]
    np.testing.assert_allclose(decode_noise(3, 1, 2)[0], expected, rtol=1e-6)
