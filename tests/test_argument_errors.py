"""Errors in arguments of public functions and widgets show the line of the call, and no inner frames."""

import traceback
from pathlib import Path

import pytest
import traitlets

import sketchkit
from sketchkit import Sketch, latent, render
from sketchkit.argument_errors import short_errors
from sketchkit.widgets import Complete, Gallery, Reconstruct


def shown_files(error):
    """Return the names of the files in the traceback, from the call to the error."""
    assert error.__suppress_context__ or error.__context__ is None
    return [Path(frame.filename).name for frame in traceback.extract_tb(error.__traceback__)]


@pytest.fixture(scope="module")
def model():
    return sketchkit.load("quickdraw")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.generate(8, category="bycicle"), "no category 'bycicle'; did you mean 'bicycle'?"),
        (
            lambda model: model.generate(category="cat"),
            "no category 'cat'; known categories: ambulance, bear, bicycle, bird, calendar, dog, key, lobster, monkey, "
            "mosquito, palm tree, rabbit, sheep, tiger; the published model 'quickdraw/cat' draws this category",
        ),
        (lambda model: model.generate(8, categroy="bicycle"), "generate() has no argument 'categroy'; did you"),
        (lambda model: model.decode([1, 2]), "z: expected shape (128,) or (m, 128), got (2,)"),
        (lambda model: model.decode("rabbit"), "z: expected an array of numbers, got str 'rabbit'"),
        (
            lambda model: model.decode(model.new_codes(None, 1, 0), sed=1),
            "decode() has no argument 'sed'; did you mean",
        ),
        (lambda model: model.encode("rabbit"), "expected a Sketch or a sequence of Sketch, got str 'rabbit'"),
        (lambda model: model.encode([1]), "item 0: expected a Sketch, got int 1"),
        (lambda model: model.complete("rabbit", 3), "sketch: expected a Sketch, got str 'rabbit'"),
        (
            lambda model: model.complete(Sketch([]), max_points="many"),
            "max_points: expected a whole number of at least",
        ),
        (lambda model: model.complete(Sketch([]), categroy="bear"), "complete() has no argument 'categroy'; did you"),
        (lambda model: model.mixture("rabbit"), "sketch: expected a Sketch, got str 'rabbit'"),
        (lambda model: model.guess("rabbit"), "expected a Sketch or a sequence of Sketch, got str 'rabbit'"),
        (lambda model: model.generate(seed="a"), "seed: expected a whole number from 0 to 2^64 - 1, got 'a'"),
        (lambda model: model.generate(seed=-1), "seed: expected a whole number from 0 to 2^64 - 1, got -1"),
        (lambda model: model.encode(Sketch([[1, 1, 1]]), sample=True, seed=1.5), "seed: expected a whole number"),
        (lambda model: render.animated_svg("rabbit"), "sketch: expected a Sketch, got str 'rabbit'"),
        (lambda model: render.gif("rabbit", "x.gif"), "sketch: expected a Sketch, got str 'rabbit'"),
        (lambda model: render.grid("rabbit"), "expected a Sketch or a sequence of Sketch, got str 'rabbit'"),
        (lambda model: render.grid(3), "expected a Sketch or a sequence of Sketch, got int 3"),
        (lambda model: latent.slerp([1], "a", 0.5), "b: expected an array of numbers, got str 'a'"),
        (lambda model: sketchkit.load("kanjii"), "did you mean 'kanji'?"),
        (lambda model: Gallery("handed-in"), "drawings: there is no file or folder handed-in"),
        (lambda model: render.grid([], cols=3), "grid() has no argument 'cols'; did you mean 'columns'?"),
        (lambda model: render.draw("rabbit"), "expected a Sketch, got str"),
        (lambda model: Complete(model, category="rabit"), "no category 'rabit'; did you mean 'rabbit'?"),
        (lambda model: Complete(model, variants="x"), "expected an int, not the str 'x'"),
        (lambda model: Complete(model, categroy="rabbit"), "Complete() has no argument 'categroy'; did you"),
        (
            lambda model: sketchkit.train("doodles", minuts=1),
            "option or hyperparameter 'minuts'; did you mean 'min",
        ),
        (
            lambda model: sketchkit.teach(model, [], dec_rnn_sise=1),
            "'dec_rnn_sise'; did you mean 'dec_rnn_size'",
        ),
        (lambda model: Reconstruct("sheep/decoder"), "no such model folder"),
        (lambda model: setattr(Complete(model), "category", "rabit"), "no category 'rabit'; did you mean 'rabbit'?"),
        (lambda model: setattr(Complete(model), "model", "quickdra"), "did you mean 'quickdraw'"),
    ],
)
def test_error_in_an_argument_shows_the_line_of_the_call_and_no_inner_frames(model, call, message):
    with pytest.raises((TypeError, ValueError, OSError, traitlets.TraitError)) as caught:
        call(model)
    assert message in str(caught.value)
    files = shown_files(caught.value)
    assert files[-1] == "argument_errors.py"
    assert set(files[:-1]) == {Path(__file__).name}


def test_error_that_no_check_raised_keeps_its_traceback():
    @short_errors
    def public():
        return int("three")  # a mistake in the code, not the error of a check

    with pytest.raises(ValueError, match="three") as caught:
        public()
    assert shown_files(caught.value) == [Path(__file__).name, "argument_errors.py", Path(__file__).name]


def test_error_of_an_observer_keeps_its_traceback(model):
    widget = Complete(model)

    def observer(change):
        raise ValueError(f"seed {change['new']}")

    widget.observe(observer, "seed")
    with pytest.raises(ValueError, match="seed 3") as caught:
        widget.seed = 3
    assert "observer" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]


def test_too_many_positional_arguments_keep_the_message_of_python(model):
    with pytest.raises(TypeError, match="takes from 1 to 2 positional arguments but 4 were given"):
        model.generate(1, 2, 3)


def test_load_of_a_drawing_names_the_function_that_reads_it(tmp_path):
    path = tmp_path / "heart.svg"
    render.draw(Sketch([[5, 0, 1]])).save(path)
    with pytest.raises(ValueError, match=r"got a drawing; to read it, use sketchkit\.read_svg"):
        sketchkit.load(path)
