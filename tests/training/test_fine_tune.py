from dataclasses import replace

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import write_npz
from sketchkit.hparams import HParams
from sketchkit.loading import load
from sketchkit.model.config import ModelConfig
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.temperature import Sampling
from sketchkit.model.weights import initial_weights
from sketchkit.training.fine_tune import match_model_scale, teach
from sketchkit.training.train import train

SIZES = HParams(dec_rnn_size=16, enc_rnn_size=12, z_size=4, num_mixture=3, max_seq_len=80)
QUICK = {"num_steps": 6, "save_every": 3, "progress": "none"}


@pytest.fixture(scope="module")
def base():
    return SketchRNN.new(SIZES, 30.0, seed=3, name="base")


@pytest.fixture(scope="module")
def stars():
    return [doodles.draw("star", seed) for seed in range(10)]


@pytest.fixture(scope="module")
def taught(base, stars, tmp_path_factory):
    return teach(base, stars, tmp_path_factory.mktemp("runs") / "taught", name="star", learning_rate=0.01, **QUICK)


@pytest.mark.long
def test_teach_trains_the_whole_model_and_keeps_its_scale(taught, base):
    model = taught.model()
    changed = {name: not np.array_equal(model.weights[name], base.weights[name]) for name in base.weights}
    assert {name.split("/")[0] for name, is_changed in changed.items() if is_changed} >= {"encoder", "decoder"}
    assert model.scale_factor == base.scale_factor
    assert model.hparams.max_seq_len == base.hparams.max_seq_len


@pytest.mark.long
def test_teach_validates_the_base_too_and_keeps_the_best_model(taught):
    losses = {record["step"]: record["loss"] for record in taught.records if record["kind"] == "valid"}
    assert set(losses) == {0, 3, 6}
    assert losses[taught.best["step"]] == min(losses.values())
    assert taught.model().config.training["step"] == taught.best["step"]


@pytest.mark.long
def test_model_folder_of_a_fine_tuned_model_loads_and_generates_its_category(taught):
    model = load(taught.model_folder)
    assert model.categories == ("star",)
    assert model.config.training["base"] == "base"
    assert len(model.generate(3, category="star", seed=1)) == 3
    with pytest.raises(ValueError, match=r"no category 'sta'; did you mean 'star'\?"):
        model.generate(category="sta")


@pytest.mark.long
@pytest.mark.parametrize("keep", [True, False])
def test_fine_tuned_model_has_the_sampling_settings_and_the_kept_categories_of_its_base(stars, tmp_path, keep):
    base = SketchRNN.new(SIZES, 30.0, seed=3, name="base")
    base = SketchRNN(replace(base.config, sampling=Sampling(0.2, pen_temperature=0.7)), base.weights)
    codes = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    base.exemplars = Exemplars(("cat", "star"), codes)
    model = teach(base, stars, tmp_path / "taught", name="star", keep_categories=keep, **QUICK).model()
    assert model.categories == (("star", "cat") if keep else ("star",))
    assert model.exemplars.names == model.categories
    assert model.sampling == base.sampling
    if keep:
        np.testing.assert_allclose(model.exemplars.codes[1], codes[0], atol=1e-3)
        assert len(model.generate(2, category="cat")) == 2


@pytest.mark.long
def test_teach_saves_the_drawings_with_a_fifth_held_out(taught, stars):
    kept = Dataset.open(taught.folder / "drawings.npz")
    assert (len(kept.train), len(kept.valid)) == (8, 2)


@pytest.mark.long
def test_teach_resumes_with_the_same_drawings_and_raises_with_others(taught, base, stars):
    teach(base, stars, taught.folder, name="star", learning_rate=0.01, **{**QUICK, "num_steps": 9})
    assert taught.step == 9
    with pytest.raises(ValueError, match=r"started with different drawings \(saved in .*drawings\.npz\)"):
        teach(base, stars[1:], taught.folder, name="star", learning_rate=0.01, **QUICK)


@pytest.mark.long
def test_teach_raises_when_the_base_has_changed(taught, base, stars):
    config = ModelConfig(SIZES, 30.0, "other", drawing_size=base.drawing_size)  # drawings are scaled as for `base`
    other = SketchRNN(config, initial_weights(SIZES, 4))
    with pytest.raises(ValueError, match=r"was started with base .*'base'.*, now .*'other'"):
        teach(other, stars, taught.folder, name="star", learning_rate=0.01, **QUICK)


def test_teach_writes_nothing_when_there_are_too_few_drawings(base, stars, tmp_path):
    with pytest.raises(
        ValueError,
        match=r"expected at least 5 drawings .*, got 5, and 1 of them cannot be used .empty, or too many points",
    ):
        teach(base, [*stars[:4], stars[0].scaled(0)], tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_match_model_scale_is_independent_of_units_and_point_spacing(base, stars):
    small = match_model_scale(stars, base)
    large = match_model_scale([sketch.scaled(37.5).resampled(10) for sketch in stars], base)
    for one, other in zip(small, large, strict=True):
        assert one.chamfer_distance(other) < 0.02
        assert len(other) <= base.hparams.max_seq_len
    sides = [max(s.bounds[2] - s.bounds[0], s.bounds[3] - s.bounds[1]) for s in small]
    assert np.median(sides) == pytest.approx(base.drawing_size, rel=0.05)


def test_train_with_a_base_stops_after_the_time_limit_and_reports_whether_the_loss_still_improved(
    base, stars, tmp_path, capsys
):
    dataset = Dataset.from_sketches(match_model_scale(stars[:8], base), match_model_scale(stars[8:], base))
    run = train(dataset, tmp_path / "run", base=base, minutes=1e-6, batch_size=8, progress="lines", categories=["star"])
    out = capsys.readouterr().out
    assert f"validation loss {run.best['loss']:.3f} (recon " in out
    assert f"best validation loss {run.best['loss']:.3f} at step {run.best['step']}" in repr(run)
    assert ("The validation loss still improved. To go on," in out) == (run.best["step"] == 1)
    sheet = run.samples[-1].read_text()
    assert ">star</text>" in sheet  # the samples show the taught subject
    assert ">originals</text>" in sheet
    assert ">reconstructions</text>" in sheet
    assert run.step == 1
    assert run.status.state == "finished"
    assert len(run.model().generate(2, seed=0)) == 2


def make_model(**changes):
    return SketchRNN(ModelConfig(SIZES.replace(changes), 30.0, "base", drawing_size=250), initial_weights(SIZES, 3))


def test_teach_saves_no_drawings_when_an_argument_is_invalid(stars, tmp_path):
    for wrong in ({"dec_rnn_sise": 3}, {"batch_size": 0}, {"progress": "loud"}, {"strategy": "none"}, {"seed": -1}):
        with pytest.raises((ValueError, TypeError)):
            teach(make_model(), stars, tmp_path / "run", **wrong)
    assert not list(tmp_path.rglob("drawings.npz"))


def test_teach_writes_nothing_when_the_directory_holds_another_run(stars, tmp_path):
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(ValueError, match="not a fine-tuning run"):
        teach(make_model(), stars, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_teach_keeps_an_existing_drawings_file_with_other_drawings(stars, tmp_path):
    write_npz({"train": stars[:7], "valid": stars[7:]}, tmp_path / "drawings.npz")
    before = (tmp_path / "drawings.npz").read_bytes()
    with pytest.raises(ValueError, match="started with different drawings"):
        teach(make_model(), stars, tmp_path)
    assert (tmp_path / "drawings.npz").read_bytes() == before


def test_match_model_scale_simplifies_to_the_requested_max_seq_len(stars):
    model = make_model()
    shortest = min(len(sketch) for sketch in match_model_scale(stars, model))
    assert max(len(sketch) for sketch in match_model_scale(stars, model, shortest)) <= shortest
