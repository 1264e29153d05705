"""Published models and data by name, from a mirror of the public files."""

import functools
import http.server
import json
import threading
import zipfile

import numpy as np
import pytest

import sketchkit
from sketchkit import Dataset, HParams, SketchRNN
from sketchkit.cli import main
from sketchkit.data import doodles
from sketchkit.formats.ndjson import read_ndjson
from sketchkit.interop.magenta_tf1 import from_tf1, read_tf1, to_tf1
from sketchkit.interop.sketch_rnn_js import export_js, read_js
from sketchkit.model.config import ModelConfig
from sketchkit.model.weights import initial_weights
from sketchkit.published.archive import unpack
from sketchkit.published.catalog import dataset_entry, model_entry
from sketchkit.storage.cache import cache_folder

#: Two reconstruction losses of each model on 25 drawings of its category: with the pen loss of real points only, and
#: with the pen loss of all rows.
LOSSES = {"dog": (0.0989, 0.1407), "sheep": (-0.2978, -0.2525)}
ARCHIVE = [f"magenta/{name}" for name in (
    "aaron_sheep/lstm", "aaron_sheep/lstm_uncond", "aaron_sheep/layer_norm", "aaron_sheep/layer_norm_uncond",
    "owl/lstm", "flamingo/lstm_uncond", "catbus/lstm", "elephantpig/lstm",
)]  # fmt: skip


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def served(mirror):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(mirror)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def online(served, monkeypatch):
    monkeypatch.setenv("SKETCHKIT_MIRROR", served)


@pytest.mark.parametrize("name", ARCHIVE)
def test_archive_models_have_the_weights_of_the_checkpoints(online, monkeypatch, name):
    import tensorflow as tf

    model = sketchkit.load(name)
    entry = model_entry(name)
    assert model.conditional == (entry.kind == "conditional")
    assert model.hparams.dec_model == entry.cell
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    again = sketchkit.load(name)
    folder = sketchkit.storage.cache.cache_folder() / "unpacked" / entry.member
    reader = tf.train.load_checkpoint(str(next(folder.glob("*.index")).with_suffix("")))
    written = to_tf1(again)
    assert written
    for variable, value in written.items():
        np.testing.assert_array_equal(value, reader.get_tensor(variable), err_msg=variable)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_published_models_have_the_losses_of_an_independent_evaluation(online, mirror, name):
    model = sketchkit.load(f"quickdraw/{name}")
    drawings = list(read_ndjson(mirror / f"storage.googleapis.com/quickdraw_dataset/full/simplified/{name}.ndjson"))
    data = Dataset.from_sketches(drawings, test=drawings, name=name)
    masked, unmasked = (model.losses(data, pen_rows=rows)["recon"] for rows in ("real", "all"))
    assert (masked, unmasked) == pytest.approx(LOSSES[name], abs=1e-3)


def test_datasets_open_by_name(online):
    assert len(Dataset.open("aaron_sheep").train) == 7400
    assert len(Dataset.open("quickdraw/sea_turtle.ndjson").train) == 21
    assert len(Dataset.open(["quickdraw/cat.ndjson", "quickdraw/sea turtle.ndjson"]).train) == 42


def test_catalog_filter_and_table():
    models = sketchkit.models()
    assert len(models) > 340
    assert "magenta/owl/lstm" in models
    assert "quickdraw-vae/everything" not in models
    assert models[0] in sketchkit.models("bundled")
    assert list(sketchkit.models("cat", "conditional", "archive")) == ["magenta/catbus/lstm"]
    assert "<table>" in sketchkit.datasets("kanji")._repr_html_()
    assert str(sketchkit.datasets("omniglot")).splitlines()[1].split()[:2] == ["omniglot", "npz"]
    assert len(sketchkit.datasets("ndjson")) == 345


@pytest.mark.parametrize("catalog", [sketchkit.models, sketchkit.datasets])
def test_table_of_catalog_fits_the_width_of_the_terminal(catalog, monkeypatch):
    for columns in ("100", "80"):
        monkeypatch.setenv("COLUMNS", columns)
        lines = catalog().lines(by_family=False)
        assert len(lines) == len(catalog()) + 1
        assert max(map(len, [*lines, *catalog().lines()])) <= int(columns)
        assert lines[1].startswith(catalog()[0])
    monkeypatch.setenv("COLUMNS", "200")
    assert "CC BY-SA 3.0, the same as the data" in str(sketchkit.models("kanji"))


def test_text_of_catalog_has_single_names_first_and_one_line_for_each_family(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    lines = str(sketchkit.models()).splitlines()
    names = [line.split("  ")[0] for line in lines[1:] if not line.startswith(" ")]
    assert names == [
        *sketchkit.models("bundled"),
        *("magenta/* (5)", "magenta/* (3)", "quickdraw/* (114)", "quickdraw-large/* (114)", "quickdraw-vae/* (113)"),
        f"{len(sketchkit.models())} names in all",
    ]
    assert "…" not in str(sketchkit.models())
    assert "quickdraw/cat " in str(sketchkit.models("cat"))
    assert "quickdraw/* (345)" in str(sketchkit.datasets())


@pytest.mark.parametrize("catalog", [sketchkit.models, sketchkit.datasets])
def test_catalog_slices_like_a_list(catalog):
    names = list(catalog())
    for part in (slice(3), slice(-2, None), slice(None, None, 40), slice(0, 0)):
        assert list(catalog()[part]) == names[part]
    assert "<table>" in catalog()[:3]._repr_html_()
    assert catalog()[-1] == names[-1]


def test_license_of_doodles_matches_their_module():
    assert dataset_entry("doodles").license in doodles.__doc__


def test_unknown_names_suggest_similar_ones():
    with pytest.raises(FileNotFoundError, match="did you mean 'quickdraw/sheep'"):
        sketchkit.load("quickdraw/sheeep")
    with pytest.raises(FileNotFoundError, match="did you mean 'omniglot'"):
        Dataset.open("omniglt")


# JavaScript files --------------------------------------------------------------------------------


def model(conditional, **changes):
    h = HParams(conditional=conditional, dec_rnn_size=8, enc_rnn_size=6, z_size=4, num_mixture=2, max_seq_len=20)
    h = h.replace(changes)
    return SketchRNN(ModelConfig(h, 30.0, "tiny"), initial_weights(h, 0))


@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("tanh_code", [False, True])
def test_export_js_round_trip_changes_weights_by_at_most_half_a_rounding_step(tmp_path, conditional, tanh_code):
    given = model(conditional, tanh_code=tanh_code and conditional)
    path = tmp_path / f"tiny.{'vae' if conditional else 'gen'}.json"
    report = export_js(given, path)
    back = read_js(path)
    same = ("dec_rnn_size", "num_mixture", "max_seq_len", "conditional", "tanh_code")
    same += ("enc_rnn_size", "z_size") if conditional else ()
    assert {n: getattr(back.hparams, n) for n in same} == {n: getattr(given.hparams, n) for n in same}
    assert (back.scale_factor, back.name) == (30.0, "tiny")
    for name, value in given.weights.items():
        assert np.abs(back.weights[name] - value).max() <= 5.0 / 32767 * 1.001
    assert max(report.largest.values()) <= 5.0 / 32767 * 1.001
    assert sum(report.saturated.values()) == 0


def test_export_js_clips_and_counts_weights_beyond_ten(tmp_path):
    given = model(False)
    given.weights["decoder/output/b"][:2] = 12, -40
    report = export_js(given, tmp_path / "tiny.gen.json")
    assert report.saturated["decoder/output/b"] == 2
    assert "2 weights clipped" in repr(report)
    assert read_js(report.path).weights["decoder/output/b"][:2].tolist() == [10, -10]


def test_export_js_refuses_unsupported_models(tmp_path):
    with pytest.raises(ValueError, match="does not support the latent code"):
        export_js(model(True), tmp_path / "a.gen.json")
    with pytest.raises(ValueError, match="unconditional"):
        export_js(model(False), tmp_path / "a.vae.json")
    with pytest.raises(ValueError, match="only lstm cells"):
        export_js(model(False, dec_model="layer_norm"), tmp_path / "a.gen.json")
    assert not list(tmp_path.iterdir())


def test_export_js_reproduces_a_published_file(mirror, tmp_path):
    source = mirror / "storage.googleapis.com/quickdraw-models/sketchRNN/models/rain.gen.json"
    export_js(read_js(source), tmp_path / "rain.gen.json")
    (_, shapes, blobs), (_, shapes_again, blobs_again) = (
        json.loads(p.read_text()) for p in (source, tmp_path / "rain.gen.json")
    )
    assert shapes == shapes_again
    assert blobs == blobs_again


# TF1 folders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
@pytest.mark.parametrize("conditional", [True, False])
def test_tf1_names_round_trip(cell, conditional):
    given = model(conditional, dec_model=cell, enc_model=cell)
    back = from_tf1(to_tf1(given), given.hparams)
    assert back.keys() == given.weights.keys()
    for name, value in back.items():
        np.testing.assert_array_equal(value, given.weights[name])


@pytest.fixture
def tf1_run(tmp_path):
    """Return a function that writes a run directory of the TF1 trainer."""
    import tensorflow as tf

    def write(given, config=None, rename=lambda name: name):
        variables = {rename(name): value for name, value in to_tf1(given).items()}
        variables["vector_rnn/RNN/output_w/Adam"] = np.zeros(3, np.float32)
        variables["vector_rnn/Variable"] = np.float32(0.001)
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        for step in (500, 1500):
            prefix = tf.constant(str(folder / f"vector-{step}"))
            values = [tf.constant(value) for value in variables.values()]
            tf.raw_ops.SaveV2(
                prefix=prefix, tensor_names=list(variables), shape_and_slices=[""] * len(values), tensors=values
            )
        (folder / "checkpoint").write_text('model_checkpoint_path: "/gone/where/it/was/trained/vector-500"\n')
        if config is not None:
            (folder / "model_config.json").write_text(json.dumps(config))
        return folder

    return write


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
def test_read_tf1_infers_sizes_from_tensors(tf1_run, cell):
    given = model(True, dec_model=cell, enc_model=cell)
    back = read_tf1(tf1_run(given, ["dec_rnn_size", "z_size"]), scale_factor=12.0)
    same = ("dec_rnn_size", "enc_rnn_size", "z_size", "num_mixture", "dec_model", "enc_model", "conditional")
    assert {n: getattr(back.hparams, n) for n in same} == {n: getattr(given.hparams, n) for n in same}
    assert back.config.training["step"] == 500
    assert back.scale_factor == 12
    np.testing.assert_array_equal(back.weights["encoder/mu/w"], given.weights["encoder/mu/w"])


def test_read_tf1_accepts_numeric_flags_and_unknown_keys(tf1_run, caplog):
    folder = tf1_run(model(False), {"conditional": 0, "use_input_dropout": 1, "is_training": 0, "max_seq_len": 77})
    back = sketchkit.load(folder)
    assert back.hparams.use_input_dropout
    assert back.hparams.max_seq_len == 77
    assert back.scale_factor == 1
    assert "do not contain the scale factor" in caplog.text


@pytest.mark.parametrize("missing", ["RNN/LSTMCell", "RNN/output_w"])
def test_read_tf1_names_what_another_checkpoint_lacks(tf1_run, missing):
    folder = tf1_run(model(False), rename=lambda name: name.replace(missing, "RNN/other"))
    expected = {"RNN/LSTMCell": r"vector_rnn/RNN/LSTMCell\|", "RNN/output_w": "decoder/output/w"}[missing]
    with pytest.raises(ValueError, match=f"not a sketch-rnn checkpoint, '{expected}.*' is missing"):
        read_tf1(folder)


def test_read_tf1_names_a_truncated_checkpoint(tf1_run):
    folder = tf1_run(model(False))
    data = next(folder.glob("vector-500.data*"))
    data.write_bytes(data.read_bytes()[:100])
    with pytest.raises(ValueError, match="vector-500: damaged checkpoint .the index declares more"):
        read_tf1(folder)
    for index in folder.glob("*.index"):
        index.write_bytes(index.read_bytes()[:30])
    with pytest.raises(ValueError, match="damaged checkpoint|declares more"):
        read_tf1(folder)


# The archive -------------------------------------------------------------------------------------


def test_unpack_extracts_only_model_files(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        names = ("owl/lstm/checkpoint", "owl/lstm/../../evil", "/owl/lstm/vector-1.index", "owl/lstm/run.sh",
                 "sketch_rnn/owl/lstm/model_config.json", "owl/lstm/vector-1.meta", "cat/lstm/checkpoint")  # fmt: skip
        for name in names:
            file.writestr(name, name)
    folder = unpack(path, "owl/lstm", tmp_path / "out" / "owl")
    assert sorted(p.name for p in folder.iterdir()) == ["checkpoint", "model_config.json"]
    assert not (tmp_path / "evil").exists()
    with pytest.raises(ValueError, match="expected a model 'pig/lstm'"):
        unpack(path, "pig/lstm", tmp_path / "out" / "pig")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["owl"]


def test_unpack_of_a_damaged_archive_raises_and_leaves_no_files(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("owl/lstm/checkpoint", "x" * 10000)
    raw = bytearray(path.read_bytes())
    raw[60:70] = b"\xff" * 10
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=r"a\.zip"):
        unpack(path, "owl/lstm", tmp_path / "out" / "owl")
    assert not list((tmp_path / "out").iterdir())


def test_forced_download_converts_the_model_again(online, monkeypatch, capsys):
    name = "magenta/aaron_sheep/lstm_uncond"
    kept = cache_folder() / "models" / name
    expected = sketchkit.load(name).weights
    zeros = {key: np.zeros_like(value) for key, value in expected.items()}
    SketchRNN(sketchkit.load(name).config, zeros).save(kept)

    def download():
        monkeypatch.setattr("sys.argv", ["sketchkit", "download", name, "--force"])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code

    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    assert download() == 1
    assert not sketchkit.load(name).weights["decoder/output/w"].any()  # the converted model is unchanged
    monkeypatch.delenv("SKETCHKIT_OFFLINE")
    assert download() == 0
    for key, value in sketchkit.load(name).weights.items():
        np.testing.assert_array_equal(value, expected[key])


def test_load_applies_scale_factor_to_every_type_of_model(online, tmp_path):
    bundled = sketchkit.load("kanji")
    bundled.save(tmp_path / "folder")
    export_js(bundled, tmp_path / "kanji.vae.json")
    names = ["kanji", tmp_path / "folder", "quickdraw/dog", "magenta/owl/lstm", *tmp_path.glob("*.json")]
    for name in names:
        said = sketchkit.load(name)
        scaled = sketchkit.load(name, scale_factor=2 * said.scale_factor)
        assert scaled.scale_factor == 2 * said.scale_factor
        assert sketchkit.load(name).scale_factor == said.scale_factor
        assert scaled.card == said.card
        known = said.config.drawing_size
        assert scaled.config.drawing_size == (known and pytest.approx(2 * known))
    with pytest.raises(ValueError, match="scale_factor: expected a finite number > 0, got -1"):
        sketchkit.load("kanji", scale_factor=-1)


def test_convert_applies_scale_factor(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["sketchkit", "convert", "kanji", str(tmp_path / "out"), "--scale-factor", "42"])
    with pytest.raises(SystemExit):
        main()
    assert sketchkit.load(tmp_path / "out").scale_factor == 42


def test_table_of_models_shows_a_sample_of_each_bundled_model():
    for page in (sketchkit.models("bundled")._repr_html_(), sketchkit.models()._repr_html_()):
        for name in sketchkit.models("bundled"):
            assert f'alt="A sample of {name}"' in page
    assert "quickdraw-vae/* (113)" in page
    assert page.count("<tr>") == len(str(sketchkit.models("bundled")).splitlines()) + 5
    assert "names in all" in page
    assert "<img" not in sketchkit.models("quickdraw-large")._repr_html_()
