"""The decoder as a TensorFlow SavedModel gives the distributions of the model."""

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.hparams import HParams
from sketchkit.interop.saved_model import export_saved_model
from sketchkit.model.rows import START_ROW, stroke5, to_rows
from sketchkit.model.sketch_rnn import SketchRNN


@pytest.mark.parametrize(
    "changes", ["dec_model=hyper", pytest.param("dec_model=layer_norm,conditional=false", marks=pytest.mark.long)]
)
def test_saved_model_steps_give_the_mixture_of_the_model(changes, tmp_path):
    import tensorflow as tf

    h = HParams().replace(f"dec_rnn_size=8,enc_rnn_size=6,z_size=4,num_mixture=3,max_seq_len=60,{changes}")
    model = SketchRNN.new(h, 25.0, seed=1)
    folder = export_saved_model(model, tmp_path / "decoder")
    signatures = tf.saved_model.load(str(folder)).signatures
    drawing = doodles.draw("star", 0)
    rows = np.concatenate([[START_ROW], stroke5(to_rows(drawing, 25.0))]).astype(np.float32)
    code = {"z": tf.constant(model.encode([drawing], fit=False))} if h.conditional else {}
    begin = code or {"count": tf.constant(1)}
    state, found = signatures["initial_state"](**begin)["state"], []
    for row in rows:
        found.append(signatures["step"](row=tf.constant(row[None]), state=state, **code))
        state = found[-1]["state"]
    expected = model.mixture(drawing, None if not h.conditional else code["z"][0].numpy())
    for name, values in (("pi", expected.pi), ("rho", expected.rho), ("pen", expected.pen),
                         ("mu_x", expected.mu[..., 0] / 25), ("sigma_y", expected.sigma[..., 1] / 25)):  # fmt: skip
        np.testing.assert_allclose([one[name][0] for one in found], values, rtol=1e-4, atol=1e-5, err_msg=name)
    with pytest.raises(FileExistsError, match="decoder exists; choose another path"):
        export_saved_model(model, folder)
