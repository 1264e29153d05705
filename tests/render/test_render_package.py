"""What importing the package costs, and that every name it offers is there."""

import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import sketchkit
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


@pytest.mark.parametrize("package", [sketchkit, sketchkit.render])
def test_no_function_or_class_has_the_name_of_a_submodule(package):
    """The import of a submodule sets the attribute of its name, in place of what the package offers."""
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert modules & {*package.__all__} <= {"latent", "render"}


def test_simplification_stays_a_function_once_its_module_is_imported(tmp_path):
    import_module("sketchkit.render.simplify_preview")
    assert "<svg" in sketchkit.render.simplification([sketchkit.Sketch([[1, 2, 1]])]).text
