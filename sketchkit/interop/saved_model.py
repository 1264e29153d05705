"""Export of the decoder as a TensorFlow SavedModel, for TensorFlow Serving, LiteRT and programs in C++, Java or Go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import state_sizes
from sketchkit.storage.atomic import install_folder, temporary_folder

if TYPE_CHECKING:
    from sketchkit.model.network import Network

__all__ = ["export_saved_model"]


def export_saved_model(model: SketchRNN, folder: str | Path) -> Path:
    """Write one step of the decoder, without sampling, as a TensorFlow SavedModel.

    The SavedModel has two signatures for batches of any size, in model units (offsets divided by `scale_factor`):

    `initial_state`
        z (batch, z_size) -> state (batch, state_size). For an unconditional model, the argument is not z but
        the number of drawings: `count`, an int32 scalar.
    `step`
        row (batch, 5), z (batch, z_size; conditional models only), state -> the distribution of the next point: `pi`,
        `mu_x`, `mu_y`, `sigma_x`, `sigma_y`, `rho`, each (batch, num_mixture), and `pen` (batch, 3); and the next
        `state`. The first row is [0, 0, 1, 0, 0].

    Parameters
    ----------
    model : SketchRNN
        Model to export.
    folder : str or Path
        Folder to create.

    Returns
    -------
    Path
        The path of the folder.

    Raises
    ------
    FileExistsError
        If the folder exists.
    OSError
        If the folder cannot be written.
    """
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists; choose another path")
    network = model.network  # imports TensorFlow with its messages hidden, so it comes before the next imports
    import keras
    import tensorflow as tf

    h = model.hparams
    row = tf.TensorSpec((None, 5), tf.float32, "row")
    state = tf.TensorSpec((None, sum(state_sizes(h.dec_model, h.dec_rnn_size))), tf.float32, "state")
    z = tf.TensorSpec((None, h.z_size), tf.float32, "z")
    archive = keras.export.ExportArchive()
    archive.track(network)
    if h.conditional:
        archive.add_endpoint("initial_state", lambda z: _initial_state(network, z, tf.shape(z)[0]), [z])
        archive.add_endpoint("step", lambda row, z, state: _step(network, row, z, state), [row, z, state])
    else:
        count = tf.TensorSpec((), tf.int32, "count")
        archive.add_endpoint("initial_state", lambda count: _initial_state(network, None, count), [count])
        archive.add_endpoint("step", lambda row, state: _step(network, row, None, state), [row, state])
    with temporary_folder(folder) as part:
        archive.write_out(str(part), verbose=False)
        install_folder(part, folder)
    return folder


def _initial_state(network: Network, z: Any, count: Any) -> dict[str, Any]:
    from sketchkit.model import cells

    return {"state": cells.flatten_state(network.initial_state(z, count))}


def _step(network: Network, row: Any, z: Any, flat_state: Any) -> dict[str, Any]:
    """Return the distribution of the next point and the next state, by name."""
    import tensorflow as tf

    from sketchkit.model import cells
    from sketchkit.model.weights import subtree

    h = network.hparams
    state = cells.split_state(h.dec_model, h.dec_rnn_size, flat_state)
    inputs = row if z is None else tf.concat([row, z], 1)
    state = cells.step(h.dec_model, subtree(network.tensors(), "decoder/cell"), inputs, state, None)
    mixture = network.mixture(cells.hidden_state(h.dec_model, state))
    return {
        "pi": tf.nn.softmax(mixture.pi_logits),
        "mu_x": mixture.mu1,
        "mu_y": mixture.mu2,
        "sigma_x": tf.exp(mixture.log_sigma1),
        "sigma_y": tf.exp(mixture.log_sigma2),
        "rho": tf.tanh(mixture.rho_raw),
        "pen": tf.nn.softmax(mixture.pen_logits),
        "state": cells.flatten_state(state),
    }
