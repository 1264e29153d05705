"""Rollback, resumption and checks of the run directory, with fixed losses in place of training steps."""

import pytest

from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.training.train import train
from sketchkit.training.trainer import Trainer

DECODER = "dec_rnn_size=8,num_mixture=2,batch_size=10,save_every=10,conditional=false"


class Steps:
    """Replaces the training steps with fixed losses, which are NaN at chosen steps."""

    def __init__(self, monkeypatch, bad=()):
        self.bad, self.taken = set(bad), []
        steps = self

        def step(trainer):
            k = trainer.state.step + 1
            steps.taken.append(k)
            loss = float("nan") if k in steps.bad else 1.0 / k
            steps.bad.discard(k)
            return {"loss": loss, "recon": loss, "kl": 0.0, "finite": 1.0, "grad_norm": 1.0, "clipped": 0.0}

        def sums(*_, **__):
            return {"recon": 10.0, "kl": 0.0, "drawings": 10}

        monkeypatch.setattr(Trainer, "_step", step)
        monkeypatch.setattr(Trainer, "_draw_samples", lambda *_: None)
        monkeypatch.setattr("sketchkit.training.trainer.sample_quality", lambda *_: {})
        monkeypatch.setattr("sketchkit.model.evaluation.loss_sums", sums)


def curve(run, tag="Train_Cost"):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run.folder), size_guidance={"tensors": 0})
    events.Reload()
    return [event.step for event in events.Tensors(tag)] if tag in events.Tags()["tensors"] else []


@pytest.mark.parametrize("log_every", [1, 3, 7, 20])
@pytest.mark.parametrize("save_every", [5])
def test_rollback_at_any_step_leaves_one_record_per_step(dataset, tmp_path, monkeypatch, log_every, save_every):
    for bad in range(1, 13):
        steps = Steps(monkeypatch, {bad})
        run = train(dataset, tmp_path / str(bad), DECODER, num_steps=12, save_every=save_every, log_every=log_every,
                    progress="none")  # fmt: skip
        before = (bad - 1) // save_every * save_every
        assert steps.taken == [*range(1, bad + 1), *range(before + 1, 13)]
        trained = [r["step"] for r in run.records if r["kind"] == "train"]
        assert trained == list(range(log_every, 13, log_every))
        assert [r["step"] for r in run.records] == sorted(r["step"] for r in run.records)
        assert all(r["seconds"] >= 0 for r in run.records)
        assert (run.step, run.status.state) == (12, "finished")
        rates = {r["step"]: r["learning_rate"] for r in run.records if r["kind"] == "train"}
        assert all(rate < 0.00051 for step, rate in rates.items() if step > before)
        assert curve(run) == trained
        assert curve(run, "Valid_Cost") == [r["step"] for r in run.records if r["kind"] == "valid"]


def test_rollback_with_default_intervals_leaves_one_record_per_step(dataset, tmp_path, monkeypatch):
    Steps(monkeypatch, {537})
    run = train(dataset, tmp_path / "run", DECODER, num_steps=560, save_every=500, log_every=20, progress="none")
    assert [r["step"] for r in run.records if r["kind"] == "train"] == list(range(20, 561, 20))
    assert run.status.state == "finished"


def test_resumed_run_replaces_records_after_its_last_checkpoint(dataset, tmp_path, monkeypatch):
    steps = Steps(monkeypatch)
    real = Trainer._step

    def interrupted_step(trainer):
        if trainer.state.step == 8:
            raise KeyboardInterrupt
        return real(trainer)

    monkeypatch.setattr(Trainer, "_step", interrupted_step)
    with pytest.raises(KeyboardInterrupt):
        train(dataset, tmp_path / "run", DECODER, num_steps=12, save_every=5, log_every=1, progress="none")
    monkeypatch.setattr(Trainer, "_step", real)
    steps.taken.clear()
    run = train(dataset, tmp_path / "run", DECODER, num_steps=12, save_every=5, log_every=1, progress="none")
    assert steps.taken == list(range(6, 13))
    assert [r["step"] for r in run.records if r["kind"] == "train"] == list(range(1, 13)) == curve(run)


def test_base_has_one_validation_record_when_its_first_validation_was_interrupted(dataset, tmp_path, monkeypatch):
    Steps(monkeypatch)
    base = SketchRNN.new(HParams().replace(DECODER, max_seq_len=dataset.max_seq_len), dataset.scale_factor)
    validate, once = Trainer._validate, [1]

    def cut_short(trainer, *arguments):
        validate(trainer, *arguments)
        if once and not once.clear():
            raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "_validate", cut_short)
    with pytest.raises(KeyboardInterrupt):
        train(dataset, tmp_path / "run", base=base, num_steps=10, progress="none")
    run = train(dataset, tmp_path / "run", base=base, num_steps=10, progress="none")
    assert [r["step"] for r in run.records if r["kind"] == "valid"] == [0, 10]


def test_max_seq_len_applies_to_a_dataset_and_to_a_base(dataset, drawings, tmp_path, monkeypatch, caplog):
    Steps(monkeypatch)
    longest = dataset.max_seq_len
    run = train(dataset, tmp_path / "a", DECODER, num_steps=1, max_seq_len=longest - 5, progress="none")
    assert run.hparams.max_seq_len == longest - 5
    assert run.model().hparams.max_seq_len == longest - 5
    assert f"longer than {longest - 5} points" in caplog.text
    base = SketchRNN.new(HParams().replace(DECODER, max_seq_len=longest - 5), dataset.scale_factor)

    def trained(name, hparams="", **changes):
        options = {"num_steps": 1, "save_every": 1, **changes}
        return train(dataset, tmp_path / name, hparams, base=base, progress="none", **options).hparams.max_seq_len

    assert trained("b") == longest - 5
    assert trained("c", max_seq_len=longest - 3) == longest - 3
    assert trained("d", f"max_seq_len={longest + 9}") == longest + 9
    assert trained("e", max_seq_len=0) == longest
    assert trained("f", HParams().replace(DECODER)) == longest - 5


@pytest.mark.parametrize("name", ["metrics.jsonl", "samples/a.svg", "model/a.txt", "state.json", "control.json"])
def test_train_raises_when_the_directory_is_not_a_run(dataset, tmp_path, name):
    (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "mine" / name).write_text('{"loss": 1}\n')
    with pytest.raises(ValueError, match=f"contains {name.split('/')[0]} but no run.json"):
        train(dataset, tmp_path / "mine", DECODER, num_steps=1, progress="none")
    assert (tmp_path / "mine" / name).read_text() == '{"loss": 1}\n'
    assert not (tmp_path / "mine/run.json").exists()


def test_train_raises_before_training_when_the_model_folder_has_a_foreign_file(dataset, tmp_path, monkeypatch):
    Steps(monkeypatch)
    train(dataset, tmp_path / "run", DECODER, num_steps=10, progress="none")
    (tmp_path / "run/model/notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"contains notes\.txt"):
        train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="none")
    (tmp_path / "run/model/notes.txt").unlink()
    assert train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="none").step == 20
