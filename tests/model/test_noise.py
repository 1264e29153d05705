import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from sketchkit.model.noise import decode_noise, dropout_mask, standard_normals, stream_key, uniforms


def test_decode_noise_matches_reference_values():
    """The JavaScript engine generates the same noise, so these values must not change."""
    assert stream_key(0) == 3097547970
    assert stream_key(1, 2) == 3541834790
    assert stream_key(1, 2) != stream_key(2, 1)
    first = decode_noise(7, 0, 4)
    np.testing.assert_allclose(first[1], [0.00617269, 0.7036953, -0.19230528, -0.9340226], rtol=1e-6)
    np.testing.assert_array_equal(first, decode_noise(7, 0, 9)[:4])
    assert not np.array_equal(first, decode_noise(7, 1, 4))


def test_uniforms_and_normals_have_their_distributions():
    u = np.concatenate([uniforms(stream_key(3, i), 500) for i in range(200)])
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    assert u.min() > 0
    assert u.max() < 1
    n = np.concatenate([standard_normals(stream_key(4, i), 501) for i in range(200)])
    assert stats.kstest(n, "norm").pvalue > 1e-3
    noise = np.stack([decode_noise(i, 0, 1)[0] for i in range(4000)])
    assert np.abs(np.corrcoef(noise.T) - np.eye(4)).max() < 0.06


@pytest.mark.parametrize("compiled", [False, True])
def test_dropout_mask_keeps_units_independently_with_equal_probability(compiled):
    keep = 0.9
    make = tf.function(dropout_mask, jit_compile=True) if compiled else dropout_mask
    masks = np.stack(
        [
            make(tf.constant(stream_key(1, step), tf.uint32), t * 50 + tf.range(50), 64, keep)
            for step in range(10)
            for t in range(20)
        ]
    )
    assert set(np.unique(masks)) == {np.float32(0), np.float32(1 / keep)}
    kept = masks > 0
    assert kept.mean() == pytest.approx(keep, abs=0.002)
    deviation = np.sqrt(keep * (1 - keep) / len(kept))
    assert np.abs(kept.mean(axis=0) - keep).max() < 6 * deviation  # all units have the same probability
    flat = kept.reshape(len(kept), -1).astype(float)
    for lagged in (flat[:, 1:] * flat[:, :-1], flat[1:] * flat[:-1], kept[:, 1:] * kept[:, :-1]):
        assert lagged.mean() == pytest.approx(keep**2, abs=0.004)  # adjacent values are independent


def test_stream_with_invalid_seed_raises():
    for seed in (-1, 1 << 64, 0.5, "x"):
        with pytest.raises(ValueError, match="expected a seed from 0"):
            stream_key(seed)
