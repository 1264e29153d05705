"""Model folders, models of the JavaScript libraries, TF1 checkpoints, hyperparameters: valid ones and changed ones."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from sketchkit.hparams import HParams
from sketchkit.interop.sketch_rnn_js import export_js
from sketchkit.model.config import ModelConfig
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import initial_weights
from tests.fuzz.mutate import change_bytes, change_json, dumped, odd_value

HPARAMS = HParams(dec_rnn_size=4, enc_rnn_size=3, z_size=2, num_mixture=2, max_seq_len=9)


@cache
def model(conditional: bool = True) -> SketchRNN:
    hparams = HPARAMS.replace(conditional=conditional)
    return SketchRNN(ModelConfig(hparams, 3.0, "tiny", categories=("cat",)), initial_weights(hparams, 0))


@cache
def files(conditional: bool) -> dict[str, bytes]:
    """Return the files of a valid model folder by name."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "model"
        model(conditional).save(folder)
        if conditional:
            Exemplars(("cat",), np.zeros((1, 2, HPARAMS.z_size), np.float32)).save(folder)
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def changed_tensors(random: Random, data: bytes) -> bytes:
    """Return a safetensors file whose header or bytes are changed."""
    if random.random() < 0.5:
        return change_bytes(random, data)
    length = int.from_bytes(data[:8], "little")
    header = dumped(change_json(random, json.loads(data[8 : 8 + length])))
    if random.random() < 0.3:
        kinds = (b"F16", b"BF16", b"F64", b"I8", b"BOOL", b"U64", b"F8_E4M3")
        header = header.replace(b"F32", random.choice(kinds)).replace(b"F16", random.choice(kinds))
    return len(header).to_bytes(8, "little") + header + data[8 + length :]


def folder(random: Random, place: Path) -> Path:
    return _folder(random, place, ("config.json", "config.json", "model.safetensors"))


def categories(random: Random, place: Path) -> Path:
    return _folder(random, place, ("categories.safetensors",))


def _folder(random: Random, place: Path, changed: tuple[str, ...]) -> Path:
    path, contents = place / "model", dict(files("categories.safetensors" in changed or random.random() < 0.7))
    name = random.choice(changed)
    if name == "config.json":
        contents[name] = dumped(change_json(random, json.loads(contents[name])))
        if random.random() < 0.2:
            contents[name] = change_bytes(random, contents[name])
    else:
        contents[name] = changed_tensors(random, contents[name])
    if random.random() < 0.03:
        del contents[name]
    path.mkdir()
    for name, data in contents.items():
        (path / name).write_bytes(data)
    return path


@cache
def js_model(conditional: bool) -> Any:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "model.json"
        export_js(model(conditional), path)
        return json.loads(path.read_text(encoding="utf-8"))


def sketch_rnn_js(random: Random, place: Path) -> Path:
    value = js_model(random.random() < 0.5)
    if random.random() < 0.2:  # tensors may be lists of numbers
        value = [value[0], value[1], [np.zeros(shape).tolist() for shape in value[1]]]
    data = dumped(change_json(random, value))
    path = place / "model.json"
    path.write_bytes(change_bytes(random, data) if random.random() < 0.3 else data)
    return path


def _changed_hparams(random: Random) -> dict[str, Any]:
    values = {name: value for name, value in HParams().as_dict().items() if random.random() < 0.2}
    for name in random.sample(list(values), min(len(values), random.randint(0, 2))):
        values[name] = odd_value(random)
    return values


def hparams_file(random: Random, place: Path) -> Path:
    """Write hyperparameters as a YAML or JSON file."""
    values = _changed_hparams(random)
    path = place / random.choice(("hparams.yaml", "hparams.json"))
    if path.suffix == ".json":
        text = json.dumps({"seed": 1, "hparams": values} if random.random() < 0.3 else values)
    else:
        text = "".join(f"{name}: {value}\n" for name, value in values.items())
    data = text.encode("utf-8", "replace")
    path.write_bytes(change_bytes(random, data) if random.random() < 0.5 else data)
    return path


def hparams_text(random: Random, place: Path) -> Path:
    """Write hyperparameters in the syntax of the original implementation, or as JSON."""
    values = _changed_hparams(random)
    if random.random() < 0.3:
        text = json.dumps(values)
    else:
        text = ",".join(f"{name}={value}" for name, value in values.items())
    data = text.encode("utf-8", "replace")
    path = place / "hparams.txt"
    path.write_bytes(change_bytes(random, data) if random.random() < 0.5 else data)
    return path


# TF1 --------------------------------------------------------------------------------------------------


def magenta_tf1(random: Random, place: Path) -> Path:
    """Write a TF1 checkpoint with its configuration."""
    import tensorflow as tf

    from sketchkit.interop.magenta_tf1 import to_tf1

    path = place / "owl"
    path.mkdir()
    tensors: dict[str, Any] = dict(to_tf1(model(random.random() < 0.5)))
    names = list(tensors)
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        name = random.choice(names)
        shape = tensors[name].shape if name in tensors else (2,)
        tensors[name] = random.choice(
            (
                np.zeros(()),
                np.zeros((0, 3), np.float32),
                np.zeros(3, np.float32),
                np.array([b"x", b"y"]),
                np.zeros(shape, bool),
                np.zeros(shape, np.int64),
                np.zeros(shape, np.complex64),
                np.full(shape, np.nan, np.float32),
                np.zeros((*shape, 2), np.float32),
                np.zeros(shape, np.float16),
                np.zeros(shape, np.float64),
                np.full(shape, 1e300),
            )
        )
        if random.random() < 0.4:
            tensors[random.choice((name + "x", "vector_rnn/RNN/\udcff", "x", name + "/Adam"))] = tensors.pop(name)
    step = random.choice(("500", "0", "999999999999"))
    tf.raw_ops.SaveV2(
        prefix=str(path / f"vector-{step}"),
        tensor_names=[name.encode("utf-8", "surrogateescape") for name in tensors],
        shape_and_slices=[""] * len(tensors),
        tensors=[tf.constant(value) for value in tensors.values()],
    )
    config: Any = {**HPARAMS.as_dict(), "conditional": 1, "is_training": 0}
    (path / "model_config.json").write_bytes(dumped(change_json(random, config) if random.random() < 0.5 else config))
    (path / "checkpoint").write_text(f'model_checkpoint_path: "/x/vector-{step}"')
    for file in sorted(path.iterdir()):
        if random.random() < 0.25:
            file.write_bytes(change_bytes(random, file.read_bytes()))
        elif random.random() < 0.03:
            file.unlink()
    return path
