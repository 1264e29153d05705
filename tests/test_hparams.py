import pytest

from sketchkit.hparams import HParams, read_changes


def test_hparams_defaults_are_the_published_values():
    h = HParams()
    assert (h.dec_rnn_size, h.enc_rnn_size, h.z_size, h.num_mixture, h.batch_size) == (512, 256, 128, 20, 100)
    assert (h.kl_weight, h.kl_weight_start, h.kl_decay_rate, h.kl_tolerance) == (0.5, 0.01, 0.99995, 0.2)
    assert (h.learning_rate, h.decay_rate, h.min_learning_rate, h.grad_clip) == (0.001, 0.9999, 1e-5, 1.0)
    assert (h.use_recurrent_dropout, h.recurrent_dropout_prob, h.use_input_dropout) == (True, 0.9, False)
    assert (h.random_scale_factor, h.augment_stroke_prob, h.conditional) == (0.15, 0.1, True)


@pytest.mark.parametrize(
    "text",
    [
        "data_set=[cat.npz,dog.npz],dec_rnn_size=256,use_input_dropout=1,conditional=false,kl_weight=1e-2",
        " data_set = ['cat.npz', \"dog.npz\"] , dec_rnn_size = 256,use_input_dropout=True,conditional=0,kl_weight=.01",
        "data_set=[cat.npz,dog.npz],dec_rnn_size=256,use_input_dropout=true,conditional=False,kl_weight=0.01,",
    ],
)
def test_parse_accepts_the_syntax_of_the_published_trainer(text):
    h = HParams().replace(text)
    assert h.data_set == ("cat.npz", "dog.npz")
    assert h.dec_rnn_size == 256
    assert h.use_input_dropout is True
    assert h.conditional is False
    assert h.kl_weight == 0.01


@pytest.mark.parametrize("text", ["yes", "on", "On", "True", "TRUE", "true", "1"])
def test_parse_accepts_strings_that_mean_true(text):
    assert HParams().replace(f"skip_padding={text}").skip_padding is True
    assert HParams().replace(skip_padding=text).skip_padding is True


@pytest.mark.parametrize("text", ["no", "off", "OFF", "False", "false", "0"])
def test_parse_accepts_strings_that_mean_false(text):
    assert HParams().replace(f"conditional={text}").conditional is False


@pytest.mark.parametrize(
    ("text", "steps"), [("1e4", 10_000), ("1E+6", 1_000_000), ("1.5e3", 1500), ("20.0", 20), ("0", 0), ("+7", 7)]
)
def test_parse_accepts_whole_numbers_in_scientific_notation(text, steps):
    parsed = HParams().replace(f"num_steps={text}").num_steps
    assert parsed == steps
    assert type(parsed) is int


def test_as_dict_round_trip():
    h = HParams().replace("dec_model=hyper,data_set=[a.npz]")
    assert HParams().replace(h.as_dict()) == h
    assert h.diff() == {"data_set": ["a.npz"], "dec_model": "hyper"}
    assert HParams().replace("dec_rnn_size=64", dec_rnn_size=32).dec_rnn_size == 32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dec_rnn_sise=256", "unknown hyperparameter 'dec_rnn_sise'; did you mean 'dec_rnn_size'"),
        ("dec_model=lstmm", "did you mean 'lstm'"),
        ("dec_rnn_size=big", "dec_rnn_size: expected a whole number, got 'big'"),
        ("dec_rnn_size=2.5", "dec_rnn_size: expected a whole number"),
        ("kl_weight=nan", "kl_weight: expected a finite number"),
        ("conditional=maybe", "conditional: expected true or false"),
        ("recurrent_dropout_prob=0", "recurrent_dropout_prob: expected between"),
        ("batch_size=0", "batch_size: expected at least 1|batch_size: expected between"),
        ("learning_rate=-1", "learning_rate: expected at least 0"),
        ("data_set=[]", "data_set"),
        ("dec_rnn_size", "expected key=value"),
        ("z_size=8 dec_rnn_size=4", "z_size: expected a whole number"),
        ("z_size=8,kl_weight=1,z_size=8", "hyperparameters: z_size is given twice"),
        ('{"z_size": 8, "z_size": 4}', "z_size is given twice"),
        ("num_steps=1.5", "num_steps: expected a whole number, got '1.5'"),
        ("num_steps=1e-3", "num_steps: expected a whole number, got '1e-3'"),
        ("num_steps=1e999", "num_steps: expected a whole number, got '1e999'"),
        ("num_steps=e4", "num_steps: expected a whole number, got 'e4'"),
    ],
)
def test_parse_with_invalid_settings_raises(text, message):
    with pytest.raises(ValueError, match=message):
        HParams().replace(text)


def test_hparams_with_wrong_types_raise():
    with pytest.raises(ValueError, match="use_input_dropout: expected true or false, got 0.5"):
        HParams(use_input_dropout=0.5)
    with pytest.raises(ValueError, match="batch_size: expected a whole number, got True"):
        HParams(batch_size=True)


YAML = """
# A small model.
data_set: [cat.npz, dog.npz]
num_steps: 1e4
learning_rate: 1e-3
conditional: no
"""
JSON = '{"data_set": ["cat.npz", "dog.npz"], "num_steps": 1e4, "learning_rate": 1e-3, "conditional": false}'


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.yaml", YAML), ("a.yml", YAML), ("A.JSON", JSON), ("run.json", f'{{"seed": 1, "hparams": {JSON}}}')],
)
def test_read_changes_of_yaml_and_json(name, text, tmp_path):
    (tmp_path / name).write_text(text)
    h = HParams().replace(read_changes(tmp_path / name))
    assert h == HParams(data_set=("cat.npz", "dog.npz"), num_steps=10_000, learning_rate=1e-3, conditional=False)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "z_size: 4\nz_size: 8", r"a\.yaml: .*z_size is given twice"),
        ("a.json", '{"z_size": 4, "z_size": 8}', r"a\.json: .*z_size is given twice"),
        ("a.yaml", "z_size: [", r"a\.yaml: not a file of hyperparameters .*line 1"),
        ("a.json", "{", r"a\.json: not a file of hyperparameters"),
        ("a.yaml", "- z_size", r"a\.yaml: expected names and values of hyperparameters, .* got \['z_size'\]"),
        ("a.yaml", "", r"a\.yaml: expected names and values of hyperparameters"),
        ("a.yaml", "a: &a [1, 1]\nb: *a", r"a\.yaml: .*line 2: aliases"),
        ("a.yaml", "!!python/object/apply:os.mkdir [made]", "could not determine a constructor"),
        ("a.yaml", "[" * 3000, r"a\.yaml: not a file of hyperparameters"),
        ("a.yaml", "# " + 1_000_000 * "x", "of at most 1,000,000 bytes, got 1,000,002 bytes"),
        ("a.toml", "z_size = 4", r"ending in \.yaml, \.yml or \.json, got 'a\.toml'"),
    ],
)
def test_read_changes_of_an_invalid_file_raises(name, text, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        read_changes(tmp_path / name)
    assert not (tmp_path / "made").exists()


def test_read_changes_of_a_missing_file_raises(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.yaml: no such file"):
        read_changes(tmp_path / "none.yaml")
