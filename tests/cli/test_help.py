"""Help texts and options of the command line."""

import inspect
from typing import get_args

import pytest
import typer
from typer.testing import CliRunner

from sketchkit import cli
from sketchkit.cli import export
from sketchkit.formats.npz import SPLITS
from sketchkit.formats.svg.reader import FILLS
from sketchkit.training.distributed.cluster import StrategyName
from sketchkit.training.progress import ProgressKind


def commands(group, path=()):
    """Return the commands that have no subcommands, by their names, for example "dataset build"."""
    found = {}
    for name, command in group.commands.items():
        words = (*path, name)
        found |= commands(command, words) if hasattr(command, "commands") else {" ".join(words): command}
    return found


COMMANDS = commands(typer.main.get_command(cli.app))
OPTIONS = [(command, option) for command, found in COMMANDS.items() for option in found.params]


def help_of(command):
    result = CliRunner().invoke(cli.app, [*command.split(), "--help"])
    assert result.exit_code == 0
    return result.output


def entry(command, option):
    """Return the entry of an option or argument in the help of its command, on one line."""
    context = typer.Context(COMMANDS[command], info_name=command)
    name, text = option.get_help_record(context)
    return f"{name}  {text}"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_is_a_sentence_that_fits_in_the_list_of_commands(command):
    text = COMMANDS[command].help
    first = inspect.cleandoc(text).split("\n\n")[0]
    assert first[0].isupper()
    assert first.endswith(".")
    assert "..." not in COMMANDS[command].get_short_help_str(61)
    assert "Usage: " in help_of(command)


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=lambda value: getattr(value, "name", value))
def test_help_of_every_option_is_a_phrase_with_its_default(command, option):
    text = option.help
    assert text, "no help"
    assert text[0].isupper()
    assert text.endswith(".")
    shown = entry(command, option)
    if option.required:
        assert "[required]" in shown
    elif option.default is None or option.default == "":
        assert "Default: " in text
    elif option.default is not False:  # all except flags that are off by default
        default = option.name.replace("_", "-") if option.default is True else option.default
        words = [str(item) for item in (default if isinstance(default, (list, tuple)) else [default])]
        assert f"[default: {', '.join(words)}" in shown


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("minutes", "minutes"), ("time_limit", "seconds"), ("disk_limit", "MB"), ("cell", "px"), ("epsilon", "units"),
        ("size", "units"), ("max_seq_len", "points"), ("log_every", "steps"), ("scale_factor", "units"),
        ("patience", "validations"),
    ],
)  # fmt: skip
def test_help_of_an_option_names_its_unit(name, unit):
    texts = [option.help for _, option in OPTIONS if option.name == name]
    assert texts
    assert all(unit in text for text in texts)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("split", SPLITS),
        ("progress", get_args(ProgressKind)),
        ("strategy", get_args(StrategyName)),
        ("fills", FILLS),
        ("dtype", export._DTYPES),
    ],
)
def test_choices_are_the_values_of_the_python_functions(name, values):
    metavars = {option.metavar for _, option in OPTIONS if option.name == name}
    assert metavars == {f"[{'|'.join(values)}]"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sampel", "kanji"], "No such command 'sampel'. Did you mean 'sample'?"),
        (["dataset", "biuld", "x"], "No such command 'biuld'. Did you mean 'build'?"),
        (["sample", "kanji", "--tempratur", "1"], "No such option: --tempratur (Possible options: --temperature)"),
        (["sample", "kanji", "-n", "0"], "--count"),
    ],
)
def test_misspelled_commands_and_options_are_usage_errors(words, message):
    result = CliRunner().invoke(cli.app, words)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "doodles", "--split", "tset"], "--split: expected train, valid or test, got 'tset'; .* 'test'?"),
        (["train", "doodles", "--progress", "line"], "--progress: expected .*, got 'line'; did you mean 'lines'?"),
        (["train", "doodles", "--strategy", "mirored"], "--strategy: .* did you mean 'mirrored'?"),
        (["embed", "kanji", "--widget", "latent"], "--widget: .* got 'latent'; did you mean 'latent-slider'?"),
        (["embed", "kanji", "--dtype", "double"], r"--dtype: expected float16, float32 or int8, got 'double'$"),
        (
            ["download", "kanji", "--kind", "modle"],
            "--kind: expected model or data, got 'modle'; did you mean 'model'?",
        ),
        (["sample", "quickdraw", "--category", "bycicle"], "no category 'bycicle'; did you mean 'bicycle'?"),
        (["sample", "kanjii"], "kanjii: no such model folder or model name; did you mean 'kanji'"),
        (["sample", "quickdraw/bycicle"], "did you mean 'quickdraw/bicycle'"),
        (["show", "doodels"], "did you mean 'doodles'"),
        (["train", "doodles", "--hparams", "dec_model=lstmm"], "did you mean 'lstm'"),
        (["train", "doodles", "--hparams", "z_size=4,z_size=8"], "hyperparameters: z_size is given twice"),
    ],
)
def test_errors_for_misspelled_values_suggest_a_similar_value(words, message, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, OSError), match=message.replace("?", r"\?")):
        CliRunner().invoke(cli.app, words, catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_version_option():
    import sketchkit

    result = CliRunner().invoke(cli.app, ["--version"])
    assert (result.exit_code, result.output) == (0, f"sketchkit {sketchkit.__version__}\n")
