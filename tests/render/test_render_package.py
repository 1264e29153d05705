"""What importing the package costs, and that every name it offers is there."""

import subprocess
import sys

import pytest

import sketchkit.render


def test_import_is_light():
    code = (
        "import sys, sketchkit.render as r\n"
        "from sketchkit.sketch import Sketch\n"
        "r.draw(Sketch([[1, 2, 1]])), r.animated_svg(Sketch([[1, 2, 1]]))\n"
        "heavy = {'matplotlib', 'PIL', 'tensorflow', 'keras'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", sketchkit.render.__all__)
def test_every_name_is_there(name):
    assert getattr(sketchkit.render, name).__name__ == name
    assert name in dir(sketchkit.render)


def test_unknown_name():
    with pytest.raises(AttributeError, match="paint"):
        _ = sketchkit.render.paint
