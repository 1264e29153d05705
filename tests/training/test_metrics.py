"""What a run records: metrics, TensorBoard events, losses on the test split, and calls of callbacks."""

import time

import numpy as np
import pytest

import sketchkit
from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.evaluation import model_inputs
from sketchkit.model.network import Network
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import initial_weights
from sketchkit.sketch import Sketch
from sketchkit.training.run import Run
from sketchkit.training.sample_quality import sample_quality
from sketchkit.training.train import train

SMALL = "dec_rnn_size=16,enc_rnn_size=12,z_size=4,num_mixture=3,batch_size=10,save_every=10"
DECODER = f"{SMALL},conditional=false"


class Recorder(sketchkit.Callback):
    """Keeps all calls in order."""

    def __init__(self, fail_at=None):
        self.calls, self.fail_at = [], fail_at

    def on_start(self, run):
        self.calls.append(("start", run.step, run.status.state))

    def on_metrics(self, step, metrics):
        self.calls.append((step, metrics))
        if step == self.fail_at:
            raise ConnectionError("the tracking server does not answer")

    def on_end(self, run):
        self.calls.append(("end", run.step, run.status.state))


@pytest.fixture(scope="module")
def run(drawings, tmp_path_factory):
    data = Dataset.from_sketches(drawings[:40], drawings[40:47], drawings[47:], name="some doodles")
    return train(data, tmp_path_factory.mktemp("metrics") / "run", SMALL, num_steps=20, log_every=5, progress="none")


@pytest.fixture(scope="module")
def events(run):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(run.folder), size_guidance={"tensors": 0})
    accumulator.Reload()
    return accumulator


def scalar(events, tag):
    from tensorboard.util.tensor_util import make_ndarray

    return {event.step: float(make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)}


def test_records_have_costs_with_the_annealed_and_the_final_kl_weight(run):
    h = run.hparams
    for record in run.records:
        penalty = max(record["kl"], h.kl_tolerance)
        assert record["loss_final"] == pytest.approx(record["recon"] + h.kl_weight * penalty, rel=1e-5)
        assert record["loss_annealed"] == pytest.approx(record["recon"] + record["kl_weight"] * penalty, rel=1e-5)
        same = "loss_annealed" if record["kind"] == "train" else "loss_final"
        assert record["loss"] == pytest.approx(record[same], rel=1e-5)
        assert record["kl_weight"] == pytest.approx(0.01, abs=0.001)


def test_records_have_the_time_of_day_in_order(run):
    times = [record["time"] for record in run.records]
    assert times == sorted(times)
    assert 0 <= time.time() - times[-1] < 600


@pytest.mark.long
def test_records_have_the_norm_of_the_gradient_and_the_share_of_clipped_elements(dataset):
    h = HParams().replace(SMALL, max_seq_len=dataset.max_seq_len, grad_clip=0.01)
    network = Network(h, initial_weights(h, 0)).compile_published()
    inputs = model_inputs(h, dataset.batches(h.batch_size, 0)[0], (0, 0), 0)
    _, gradients = network.loss_and_gradients(inputs, h.kl_weight_start)
    elements = np.concatenate([np.ravel(gradient) for gradient in gradients])
    figures = network.training_step(inputs)
    assert float(figures["grad_norm"]) == pytest.approx(np.linalg.norm(elements), rel=1e-4)
    assert float(figures["clipped"]) == pytest.approx(np.mean(np.abs(elements) > 0.01), abs=1e-3)
    assert 0.01 < float(figures["clipped"]) < 1


def test_best_model_is_evaluated_on_the_test_split_once_at_the_end(run, dataset):
    record = run.test
    assert [r["kind"] for r in run.records].count("test") == 1
    assert (record["step"], record["best_step"]) == (20, run.best["step"])
    model = run.model()
    losses = [model.losses(dataset, "test", seed=seed) for seed in range(20)]
    assert record["recon"] == pytest.approx(np.mean([one["recon"] for one in losses]), abs=0.15)
    assert record["kl"] == pytest.approx(losses[0]["kl"], rel=1e-4)
    assert model.config.training["losses"]["test"]["drawings"] == 5
    assert "| test |" in model.card
    assert f"recon {record['recon']:.3f}" in run._repr_html_()
    run.curves()


def test_finished_run_is_not_evaluated_again_unless_its_best_model_changes(dataset, tmp_path):
    def tests(run):
        return [(r["step"], r["best_step"]) for r in run.records if r["kind"] == "test"]

    first = train(dataset, tmp_path / "run", DECODER, num_steps=10, progress="none")
    again = train(dataset, tmp_path / "run", DECODER, num_steps=10, progress="none")
    assert tests(first) == tests(again) == [(10, 10)]
    longer = train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="none")
    assert tests(longer) == [(10, 10), (20, 20)]
    assert longer.best["step"] == 20


def test_event_files_contain_the_original_tags_and_sample_images(events):
    tags = set(events.Tags()["tensors"])
    assert {"Train_Cost", "Train_Reconstr_Cost", "Train_KL_Cost", "Learning_Rate", "KL_Weight"} <= tags
    assert {"Valid_Cost", "Valid_Reconstr_Cost", "Valid_KL_Cost", "Samples"} <= tags
    assert {"Eval_Cost", "Eval_Reconstr_Cost", "Eval_KL_Cost"} <= tags


def test_event_files_contain_comparable_costs_and_gradients(run, events):
    valid = {r["step"]: r for r in run.records if r["kind"] == "valid"}
    trained = {r["step"]: r for r in run.records if r["kind"] == "train"}
    for name, tag in (("loss_final", "Cost_Final_Weight"), ("loss_annealed", "Cost_Annealed_Weight")):
        assert scalar(events, f"Train_{tag}") == pytest.approx({k: r[name] for k, r in trained.items()}, rel=1e-6)
        assert scalar(events, f"Valid_{tag}") == pytest.approx({k: r[name] for k, r in valid.items()}, rel=1e-6)
    assert scalar(events, "Gradient_Norm") == pytest.approx({k: r["grad_norm"] for k, r in trained.items()}, rel=1e-6)
    assert scalar(events, "Gradient_Clipped_Share").keys() == trained.keys()


def test_tensorboard_shows_hyperparameters_as_values_and_as_text_and_charts_of_both_splits(run, events):
    from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    content = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    values = HParamsPluginData.FromString(content).session_start_info.hparams
    assert values["dec_rnn_size"].number_value == 16
    assert values["data_set"].string_value == "some doodles"
    assert values["conditional"].bool_value is True
    assert values["seed"].number_value == 0
    (text,) = events.Tensors("Hyperparameters")
    assert b"| dec_rnn_size | 16 |" in text.tensor_proto.string_val[0]
    (layout,) = events.Tensors("custom_scalars__config__")
    charts = Layout.FromString(layout.tensor_proto.string_val[0]).category[0].chart
    assert charts[0].title == "cost with the final KL weight"
    tags = {tag.strip("^$") for chart in charts for tag in chart.multiline.tag}
    assert tags <= set(events.Tags()["tensors"])


# Callbacks --------------------------------------------------------------------------------------------


def test_callbacks_receive_start_every_record_and_end(dataset, tmp_path):
    recorder, functions = Recorder(), []
    run = train(
        dataset, tmp_path / "run", DECODER, num_steps=10, log_every=5, progress="none",
        callbacks=[recorder, lambda step, metrics: functions.append((step, metrics))],
    )  # fmt: skip
    assert recorder.calls[0] == ("start", 0, "running")
    assert recorder.calls[-1] == ("end", 10, "finished")
    assert recorder.calls[1:-1] == functions
    assert functions == [
        (r["step"], {f"{r['kind']}/{k}": v for k, v in r.items() if k not in ("step", "kind", "time")})
        for r in run.records
    ]
    assert [step for step, metrics in functions if "valid/loss" in metrics] == [10]


@pytest.mark.long
def test_failing_callback_ends_the_run_with_its_error_and_the_run_resumes(dataset, tmp_path):
    recorder = Recorder(fail_at=15)
    with pytest.raises(ConnectionError, match="does not answer"):
        train(dataset, tmp_path / "run", DECODER, num_steps=20, log_every=5, progress="none", callbacks=recorder)
    assert recorder.calls[-1] == ("end", 15, "failed")
    assert "does not answer" in Run(tmp_path / "run").status.error
    again = Recorder()
    train(dataset, tmp_path / "run", DECODER, num_steps=20, log_every=5, progress="none", callbacks=again)
    assert [call[0] for call in again.calls] == ["start", 15, 20, 20, 20, "end"]
    assert again.calls[0] == ("start", 10, "running")


def test_train_raises_when_callbacks_cannot_be_called(dataset, tmp_path):
    with pytest.raises(TypeError, match=r"expected a function or a sketchkit.Callback, got 'mlflow'"):
        train(dataset, tmp_path / "run", DECODER, num_steps=1, callbacks=["mlflow"])
    with pytest.raises(ValueError, match="background=True cannot be combined with callbacks"):
        train("doodles", tmp_path / "run", DECODER, num_steps=1, background=True, callbacks=print)
    assert not (tmp_path / "run").exists()


def test_base_is_evaluated_on_the_test_split_when_it_stays_the_best_model(dataset, tmp_path):
    base = SketchRNN.new(HParams().replace(DECODER, max_seq_len=dataset.max_seq_len), dataset.scale_factor)
    run = train(dataset, tmp_path / "run", base=base, num_steps=1, learning_rate=1.0, progress="none")
    assert run.test["best_step"] == run.best["step"]
    assert run.test["recon"] == pytest.approx(run.model().losses(dataset, "test")["recon"], rel=1e-4)


# Samples ----------------------------------------------------------------------------------------------


def test_validation_records_and_events_contain_the_figures_of_the_samples(run, events):
    names = ["samples_ended", "samples_length", "samples_extent", "samples_distance"]
    for record in run.records:
        assert [name for name in record if name.startswith("samples")] == (names if record["kind"] == "valid" else [])
    assert list(scalar(events, "Samples_Ended_Share")) == [10, 20]
    assert "samples that end before the maximum length" in run._repr_html_()


class Drawer:
    """Replaces a model: generates given drawings, and encodes a drawing as the offset of its first point."""

    conditional = True

    def __init__(self, drawings, longest):
        self.drawings, self.hparams = drawings, HParams(max_seq_len=longest)

    def generate(self, n, **options):
        return [self.drawings[index % len(self.drawings)] for index in range(n)]

    def encode(self, drawings, fit):
        return np.array([drawing.offsets[0, :2] for drawing in drawings], dtype=np.float32)


def line(points, x, y):
    return Sketch([[x, y, 0]] + [[1, 0, 0]] * (points - 2) + [[1, 0, 1]])


def test_sample_quality_is_one_when_the_model_draws_the_data():
    data = [line(points, 10 * points, 0) for points in (5, 6, 7)]
    dataset = Dataset.from_sketches(data, data)
    figures = sample_quality(Drawer([line(6, 60, 10)], 20), dataset, 0)
    assert figures["samples_ended"] == figures["samples_length"] == 1
    assert figures["samples_distance"] == pytest.approx(1)
    assert sample_quality(Drawer(data, 7), dataset, 0)["samples_ended"] == pytest.approx(2 / 3, abs=0.02)


def test_sample_quality_shows_drawings_that_are_long_small_or_unlike_the_data():
    data = [line(points, 10 * points, 0) for points in (5, 6, 7)]
    dataset = Dataset.from_sketches(data, data)
    sample = line(12, 60, 35)
    extent = sample.extent / np.mean([drawing.extent for drawing in data])
    assert sample_quality(Drawer([sample], 12), dataset, 0) == pytest.approx(
        {"samples_ended": 0, "samples_length": 2, "samples_extent": extent, "samples_distance": 3.5}
    )
    one = Dataset.from_sketches(data, data[:1])
    assert "samples_distance" not in sample_quality(Drawer(data, 12), one, 0)
