import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import write_npz
from sketchkit.hparams import HParams
from sketchkit.model.model_folder import ModelConfig
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import initial_weights
from sketchkit.published.loading import load
from sketchkit.training.fine_tune import fitting, teach
from sketchkit.training.trainer import train

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
def test_the_decoder_learns_and_the_encoder_stays(taught, base):
    model = taught.model()
    changed = {name: not np.array_equal(model.weights[name], base.weights[name]) for name in base.weights}
    assert any(changed.values())
    assert not [name for name, is_changed in changed.items() if is_changed and name.startswith("encoder/")]
    assert model.scale_factor == base.scale_factor
    assert model.hparams.max_seq_len == base.hparams.max_seq_len


@pytest.mark.long
def test_what_it_began_with_is_measured_too_and_the_best_is_kept(taught):
    losses = {record["step"]: record["loss"] for record in taught.records if record["kind"] == "valid"}
    assert set(losses) == {0, 3, 6}
    assert losses[taught.best["step"]] == min(losses.values())
    assert taught.model().config.training["step"] == taught.best["step"]


@pytest.mark.long
def test_it_is_a_model_folder_that_draws_the_thing_by_its_name(taught):
    model = load(taught.model_folder)
    assert model.classes == ("star",)
    assert model.config.training["base"] == "base"
    assert len(model.generate(3, category="star", seed=1)) == 3
    with pytest.raises(ValueError, match=r"no category 'sta'; did you mean 'star'\?"):
        model.generate(category="sta")


@pytest.mark.long
def test_the_drawings_are_kept_a_fifth_apart(taught, stars):
    kept = Dataset.open(taught.folder / "drawings.npz")
    assert (len(kept.train), len(kept.valid)) == (8, 2)


@pytest.mark.long
def test_the_same_drawings_go_on_and_others_are_refused(taught, base, stars):
    teach(base, stars, taught.folder, name="star", learning_rate=0.01, **{**QUICK, "num_steps": 9})
    assert taught.step == 9
    with pytest.raises(ValueError, match="was begun with other drawings, they are in .*drawings.npz"):
        teach(base, stars[1:], taught.folder, name="star", learning_rate=0.01, **QUICK)


@pytest.mark.long
def test_another_base_is_refused(taught, stars):
    other = SketchRNN.new(SIZES, 30.0, seed=4, name="other")
    with pytest.raises(ValueError, match=r"was begun with base .*'base'.*, now .*'other'"):
        teach(other, stars, taught.folder, name="star", learning_rate=0.01, **QUICK)


def test_too_few_drawings_are_refused_before_anything_is_written(base, stars, tmp_path):
    with pytest.raises(ValueError, match="expected at least 5 drawings to learn from, better 20 to 50; got 4"):
        teach(base, [*stars[:4], stars[0].scaled(0)], tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_units_and_fineness_of_the_drawings_do_not_matter(base, stars):
    small = fitting(stars, base)
    large = fitting([sketch.scaled(37.5).resampled(10) for sketch in stars], base)
    for one, other in zip(small, large, strict=True):
        assert one.distance(other) < 0.02
        assert len(other) <= base.hparams.max_seq_len
    sides = [max(s.bounds[2] - s.bounds[0], s.bounds[3] - s.bounds[1]) for s in small]
    assert np.median(sides) == pytest.approx(base.drawing_size, rel=0.05)


def test_training_from_a_base_stops_when_time_is_up(base, stars, tmp_path):
    dataset = Dataset.from_sketches(fitting(stars[:8], base), fitting(stars[8:], base))
    run = train(dataset, tmp_path / "run", base=base, minutes=1e-6, batch_size=8, progress="none")
    assert run.step == 1
    assert run.state.state == "finished"
    assert len(run.model().generate(2, seed=0)) == 2


def sized(**changes):
    return SketchRNN(ModelConfig(SIZES.updated(changes), 30.0, "base", drawing_size=250), initial_weights(SIZES, 3))


def test_a_call_that_fails_before_training_leaves_no_drawings(stars, tmp_path):
    for wrong in ({"dec_rnn_sise": 3}, {"batch_size": 0}, {"progress": "loud"}, {"strategy": "none"}, {"seed": -1}):
        with pytest.raises((ValueError, TypeError)):
            teach(sized(), stars, tmp_path / "run", **wrong)
    assert not list(tmp_path.rglob("drawings.npz"))


def test_the_run_of_another_training_is_not_written_to(stars, tmp_path):
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(ValueError, match="is the run of another training"):
        teach(sized(), stars, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_drawings_that_are_somebodys_own_are_not_replaced(stars, tmp_path):
    write_npz(tmp_path / "drawings.npz", {"train": stars[:7], "valid": stars[7:]})
    before = (tmp_path / "drawings.npz").read_bytes()
    with pytest.raises(ValueError, match="was begun with other drawings"):
        teach(sized(), stars, tmp_path)
    assert (tmp_path / "drawings.npz").read_bytes() == before


def test_drawings_are_simplified_to_the_max_seq_len_that_is_asked_for(stars):
    model = sized()
    shortest = min(len(sketch) for sketch in fitting(stars, model))
    assert max(len(sketch) for sketch in fitting(stars, model, shortest)) <= shortest
