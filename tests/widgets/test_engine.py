"""The engine of the page, in Node, compared with reference vectors and with Python."""

import importlib.util
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sketchkit
from sketchkit import HParams, Sketch, SketchRNN
from sketchkit.interop.magenta_tf1 import from_tf1
from sketchkit.interop.sketch_rnn_js import read_js
from sketchkit.model.code_distribution import CodeDistribution
from sketchkit.model.config import ModelConfig
from sketchkit.model.rows import to_rows
from sketchkit.model.sketch_rnn import DRAWING_SIZE_RANGE
from sketchkit.model.weights import initial_weights

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, which runs the engine")

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("engine", ROOT / "tests/javascript/engine.py")
engine = importlib.util.module_from_spec(spec)
spec.loader.exec_module(engine)

ARCHITECTURES = [f"{kind}_{cell}" for kind in ("cond", "uncond") for cell in ("lstm", "layer_norm", "hyper")]


def flat(rows):
    return np.asarray(rows, dtype=np.float64).reshape(-1).tolist()


def tiny(conditional, cell, **changes):
    h = HParams(conditional=conditional, dec_model=cell, enc_model=cell, dec_rnn_size=20, enc_rnn_size=12, z_size=6,
                num_mixture=4, max_seq_len=25).replace(changes)  # fmt: skip
    return SketchRNN(ModelConfig(h, 10.0, "tiny"), initial_weights(h, 5))


@pytest.mark.parametrize("simd", [True, False])
@pytest.mark.parametrize("name", [*ARCHITECTURES, "cond_mixed"])
def test_engine_agrees_with_tf1(golden, tmp_path, name, simd):
    settings = json.loads((golden / "tf1" / f"{name}.json").read_text())
    del settings["is_training"]
    h = HParams().replace(settings)
    with np.load(golden / "tf1" / f"{name}.npz") as arrays:
        case = dict(arrays)
    weights = from_tf1({key[2:]: value for key, value in case.items() if key.startswith("w/")}, h)
    model = SketchRNN(ModelConfig(h, 1.0, name), weights)
    count, time = int(case["in/lengths"][0]), case["in/x"].shape[1] - 1
    rows = flat(case["in/x"][0, 1 : count + 1][:, [0, 1, 3]])
    z = case["out/batch_z"][0].tolist() if h.conditional else None
    asks = [{"what": "mixture", "rows": rows, "z": z}]
    if h.conditional:
        asks.append({"what": "encode", "rows": rows})
    answers = engine.run(model, tmp_path, *asks, simd=simd)
    seen = min(count + 1, time)
    outputs = np.array(answers[0])[:seen]
    np.testing.assert_allclose(outputs[:, :3], case["out/pen_logits"][:seen], atol=1e-5)
    pi, *parts = np.split(outputs[:, 3:], 6, axis=1)
    np.testing.assert_allclose(np.exp(pi) / np.exp(pi).sum(1, keepdims=True), case["out/pi"][:seen], atol=1e-5)
    kinds = (("mu1", np.array), ("mu2", np.array), ("sigma1", np.exp), ("sigma2", np.exp), ("corr", np.tanh))
    for part, (kind, of) in zip(parts, kinds, strict=True):
        np.testing.assert_allclose(of(part), case[f"out/{kind}"][:seen], atol=1e-5, err_msg=kind)
    if h.conditional:
        np.testing.assert_allclose(answers[1]["mean"], case["out/mean"][0], atol=1e-5)
        np.testing.assert_allclose(answers[1]["presig"], case["out/presig"][0], atol=1e-5)


@pytest.mark.parametrize("name", ["dog", "sheep", "bird"])
def test_engine_agrees_with_magenta_sketch(golden, mirror, tmp_path, name):
    reference = json.loads((golden / "js" / f"{name}.json").read_text())
    model = read_js(mirror / f"storage.googleapis.com/quickdraw-models/sketchRNN/models/{name}.gen.json")
    rows = np.array(reference["rows"][1:-1])[:, [0, 1, 3]] / [model.scale_factor, model.scale_factor, 1]
    (outputs,) = engine.run(model, tmp_path, {"what": "mixture", "rows": flat(rows)})
    for ours, expected in zip(outputs, reference["pdfs"][:-1], strict=True):
        mu1 = np.array(ours[3 + 20 : 3 + 40])
        np.testing.assert_allclose(mu1, expected["mu1"], atol=1e-4)
        pen = np.exp(ours[:3]) / np.exp(ours[:3]).sum()
        np.testing.assert_allclose(pen, expected["pen"], atol=1e-4)


def same(drawn, sketches, scale):
    """Count the drawings that differ by more than a hundredth of a model unit, or in a pen state."""
    different = 0
    for ours, theirs in zip(drawn, sketches, strict=True):
        rows = np.array(ours).reshape(-1, 3)
        different += (
            len(rows) != len(theirs)
            or not np.array_equal(rows[:, 2], theirs.offsets[:, 2])
            or not np.allclose(rows[:, :2] * scale, theirs.offsets[:, :2], atol=0.01 * scale)
        )
    return different


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
@pytest.mark.parametrize("conditional", [True, False])
def test_engine_draws_the_same_as_python(tmp_path, cell, conditional):
    model = tiny(conditional, cell)
    beginning = Sketch([[5, 5, 0], [-3, 8, 1]])
    asks = [{"what": "generate", "n": 7, "seed": 11, "temperature": t} for t in (0.0, 0.3, 1.2)]
    asks.append({"what": "generate", "n": 2, "seed": 2**40 + 3, "temperature": 0.5, "convention": "js"})
    asks.append({"what": "generate", "n": 5, "seed": 8, "temperature": 0.1, "penTemperature": 0.9})
    if not conditional:
        rows = flat(beginning.offsets / [10, 10, 1])
        asks.append({"what": "generate", "n": 5, "seed": 4, "temperature": 0.6, "beginning": rows})
    answers = engine.run(model, tmp_path, *asks)
    expected = [model.generate(7, seed=11, temperature=t) for t in (0.0, 0.3, 1.2)]
    expected.append(model.generate(2, seed=2**40 + 3, temperature=0.5, convention="js"))
    expected.append(model.generate(5, seed=8, temperature=0.1, pen_temperature=0.9))
    for drawn, sketches in zip(answers, expected, strict=False):
        assert same(drawn, sketches, 10) == 0
    if not conditional:
        whole = model.complete(beginning, 5, seed=4, temperature=0.6, fit=False)
        assert same(answers[-1], [Sketch(s.offsets[len(beginning) :]) for s in whole], 10) == 0


def test_engine_samples_codes_from_the_distribution_of_the_config(tmp_path):
    model = tiny(True, "lstm")
    rng = np.random.default_rng(0)
    codes = CodeDistribution.fitted_to(rng.normal(rng.normal(size=model.z_size), 0.3, (50, model.z_size)))
    model = SketchRNN(replace(model.config, codes=codes), model.weights)
    (drawn,) = engine.run(model, tmp_path, {"what": "generate", "n": 7, "seed": 11, "temperature": 0.3})
    assert same(drawn, model.generate(7, seed=11, temperature=0.3), 10) == 0


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
@pytest.mark.parametrize("conditional", [True, False])
def test_engine_drawing_does_not_depend_on_its_batch(tmp_path, cell, conditional):
    model = tiny(conditional, cell)
    model.weights["decoder/output/b"][2] = -1  # drawings end at different times, so the batch becomes smaller
    code = [0.5, -1.0, 0.2, 0.1, -0.3, 0.8] if conditional else None
    beginning = flat([[0.5, 0.5, 0], [-0.3, 0.8, 1]])
    for options in ({"seed": 11}, {"seed": 4, "beginning": beginning, "code": code}):
        ask = {"what": "generate", "temperature": 0.8, **options}
        together, *alone = engine.run(
            model, tmp_path, {**ask, "n": 12}, *({**ask, "variants": [variant]} for variant in range(12))
        )
        assert len({len(rows) for rows in together}) > 3
        assert together == [rows for (rows,) in alone]


def test_engine_draws_hundred_kanji_the_same_as_python(tmp_path):
    model = sketchkit.load("kanji")
    asks = [{"what": "generate", "n": 10, "seed": seed, "temperature": 0.4} for seed in range(10)]
    answers = engine.run(model, tmp_path, *asks)
    drawn = [sketch for seed in range(10) for sketch in model.generate(10, seed=seed, temperature=0.4)]
    assert same([rows for answer in answers for rows in answer], drawn, model.scale_factor) == 0


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
def test_engine_likelihoods_equal_python_and_the_densities_of_the_mixture(tmp_path, cell):
    model = tiny(True, cell)
    # Some of the outputs with these biases are clipped.
    model.weights["decoder/output/b"][:] = np.linspace(-2, 20, model.weights["decoder/output/b"].size)
    rows = np.random.default_rng(3).normal(size=(20, 3)).astype(np.float32)
    rows[:, 2] = rows[:, 2] > 0.8
    codes = np.random.default_rng(4).normal(size=(15, 6)).astype(np.float32)
    (there,) = engine.run(model, tmp_path, {"what": "likelihood", "rows": flat(rows), "codes": codes.tolist()})
    here = model._engines.numpy.log_likelihoods(rows, codes)
    np.testing.assert_allclose(there, here, rtol=1e-5)

    model = tiny(True, cell)
    density = model.mixture(Sketch(rows * [10, 10, 1]), codes[0])
    x, y = ((rows[:, None, axis] * 10 - density.mu[:-1, :, axis]) / density.sigma[:-1, :, axis] for axis in (0, 1))
    rho = density.rho[:-1]
    normal = np.exp(-(x**2 + y**2 - 2 * rho * x * y) / (2 * (1 - rho**2)))
    normal /= 2 * np.pi * density.sigma[:-1].prod(axis=2) / 100 * np.sqrt(1 - rho**2)  # in model units
    offsets = np.log((density.pi[:-1] * normal).sum(axis=1))
    pens = np.log(np.where(rows[:, 2] > 0, density.pen[:-1, 1], density.pen[:-1, 0]))
    np.testing.assert_allclose(model._engines.numpy.log_likelihoods(rows, codes[:1]), (offsets + pens).sum(), rtol=1e-4)


@pytest.mark.parametrize("category", ["rabbit", None])
def test_engine_completes_the_same_as_python_with_exemplars(tmp_path, category):
    model = sketchkit.load("quickdraw")
    drawing = model.generate(category="rabbit", seed=4)
    beginning = Sketch.from_polylines(drawing.polylines()[:3])
    ask = {
        "what": "complete",
        "n": 9,
        "beginning": flat(beginning.offsets / [model.scale_factor, model.scale_factor, 1]),
        "category": model.categories.index(category) if category else -1,
        "categories": len(model.categories),
        "temperature": 0.2,
        "penTemperature": 0.5,
    }
    options = {"category": category, "temperature": 0.2, "pen_temperature": 0.5, "fit": False}
    asks = [{**ask, "seed": seed, "penDown": down} for seed in (0, 3, 2**40) for down in (False, True)]
    for asked, drawn in zip(asks, engine.run(model, tmp_path, *asks), strict=True):
        whole = model.complete(beginning, 9, seed=asked["seed"], pen_down=asked["penDown"], **options)
        assert same(drawn, [Sketch(s.offsets[len(beginning) :]) for s in whole], model.scale_factor) == 0


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda w, c: w.update({"decoder/cell/W_hh": w["decoder/cell/W_hh"][:-1]}), "decoder/cell/W_hh: expected 1600"),
        (lambda w, c: w.pop("encoder/mu/w"), "encoder/mu/w is missing"),
        (lambda w, c: w.update({"decoder/output/b": w["decoder/output/b"] * np.nan}), "not finite"),
        (lambda w, c: c["hparams"].update(dec_rnn_size=21), "expected"),
        (lambda w, c: c.update(scale_factor=0), "scale_factor"),
    ],
)
def test_engine_with_invalid_weights_raises_and_names_tensor(tmp_path, break_it, says):
    class Broken:
        def __init__(self, weights, config):
            self.weights, self.exemplars, self.classifier = weights, None, None
            self.config = type("C", (), {"as_json": lambda _: json.dumps(config), "codes": None})()

    model = tiny(True, "lstm")
    weights, config = dict(model.weights), json.loads(model.config.as_json())
    break_it(weights, config)
    with pytest.raises(RuntimeError, match=says):
        engine.run(Broken(weights, config), tmp_path)


@pytest.mark.parametrize("with_classifier", [True, False])
def test_engine_guesses_equal_python(tmp_path, with_classifier):
    model = sketchkit.load("quickdraw")
    if not with_classifier:
        model = SketchRNN(model.config, model.weights, model.exemplars)
    sketches = [model.generate(category=name, seed=1) for name in model.categories[:5]]
    sketches += [Sketch([[3, 4, 1]]), Sketch([[0, 0, 0], [200, 0, 1]])]
    scales = [model.fit_scale(sketch, DRAWING_SIZE_RANGE) for sketch in sketches]
    asks = [{"what": "guess", "rows": flat(to_rows(sketch, scale)), "count": len(model.categories)}
            for sketch, scale in zip(sketches, scales, strict=True)]  # fmt: skip
    for there, here in zip(engine.run(model, tmp_path, *asks), model.guess(sketches), strict=True):
        assert dict(zip(model.categories, there, strict=True)) == pytest.approx(dict(here), abs=1e-5)


def test_engine_with_invalid_classifier_names_tensor(tmp_path):
    model = sketchkit.load("quickdraw")
    broken = dict(model.classifier.weights)
    broken["dense/w"] = broken["dense/w"][:-1]
    object.__setattr__(model.classifier, "weights", broken)
    with pytest.raises(RuntimeError, match="classifier/dense/w: expected 21504 numbers, got 21490"):
        engine.run(model, tmp_path)


def test_engine_category_codes_equal_python(tmp_path):
    model = sketchkit.load("quickdraw")
    at = model.exemplars.index("bicycle")
    wanted = model.exemplars.select("bicycle", 3, seed=5)
    there = engine.run(
        model, tmp_path, {"what": "category", "category": at, "count": len(model.exemplars.names), "seed": 5, "n": 3}
    )
    np.testing.assert_array_equal(there[0], wanted)
    count = len(model.exemplars.names)
    there = engine.run(model, tmp_path, {"what": "category", "category": -1, "count": count, "seed": 7, "n": 400})
    np.testing.assert_array_equal(there[0], model.exemplars.select(None, 400, seed=7))
    code = model.exemplars.codes[at, 2] + 0.01
    there = engine.run(model, tmp_path, {"what": "nearest", "code": [float(x) for x in code], "n": 9})
    np.testing.assert_array_equal(there[0], model.exemplars.nearest(code, 9))
    np.testing.assert_array_equal(there[0][0], model.exemplars.codes[at, 2])
    with pytest.raises(ValueError, match="did you mean 'bicycle'"):
        model.generate(category="bicycl")
    with pytest.raises(ValueError, match="kanji has no categories; omit category"):
        sketchkit.load("kanji").complete(sketchkit.Sketch([]), category="cat")
