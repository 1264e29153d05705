"""Imports of the package: dependencies and available names."""

import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import sketchkit
import sketchkit.render


def test_import_of_render_does_not_import_heavy_packages():
    code = (
        "import sys, sketchkit.render as r\n"
        "from sketchkit.sketch import Sketch\n"
        "r.draw(Sketch([[1, 2, 1]])), r.animated_svg(Sketch([[1, 2, 1]]))\n"
        "heavy = {'matplotlib', 'PIL', 'tensorflow', 'keras'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", sketchkit.render.__all__)
def test_every_name_in_all_is_available(name):
    assert getattr(sketchkit.render, name).__name__ == name
    assert name in dir(sketchkit.render)


def test_unknown_name_raises_attribute_error():
    with pytest.raises(AttributeError, match="paint"):
        _ = sketchkit.render.paint


@pytest.mark.parametrize("package", [sketchkit, sketchkit.render])
def test_no_function_or_class_has_the_name_of_a_submodule(package):
    """Importing a submodule would overwrite the function or class of the same name in the package."""
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert modules & {*package.__all__} <= {"latent", "render"}


def test_simplification_is_a_function_after_the_import_of_its_module(tmp_path):
    import_module("sketchkit.render.simplify_preview")
    assert "<svg" in sketchkit.render.simplification([sketchkit.Sketch([[1, 2, 1]])]).text
