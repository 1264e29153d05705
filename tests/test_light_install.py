"""Drawings, NumPy inference, widgets and pages work where TensorFlow and JupyterLab cannot be installed."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
#: Packages without a build for WebAssembly.
ABSENT = {"tensorflow", "keras", "tensorboard", "jupyterlab", "papermill", "nbclient", "nbconvert", "psutil", "zmq"}
#: The platform of Python in a browser.
BROWSER = {**default_environment(), "sys_platform": "emscripten", "platform_system": "Emscripten", "extra": ""}

PROGRAMS = {
    "drawings and inference": """
import numpy as np
import sketchkit
model = sketchkit.load("kanji")
drawings = model.generate(300, seed=1, temperature=0.2)
assert len(drawings) == 300 and model.last_engine == "numpy"
model.decode(model.encode(drawings[0]), n=2)[0].simplified(2)._repr_svg_()
model.complete(sketchkit.Sketch(drawings[0].offsets[:5]), 2)
""",
    "files and pictures": """
import sketchkit
drawing = sketchkit.load("omniglot").generate(1, seed=1)[0]
sketchkit.render.grid([drawing] * 4, columns=2).save("grid.svg")
sketchkit.read_svg("grid.svg")
sketchkit.render.gif(drawing, "drawing.gif")
sketchkit.render.length_histogram([len(drawing)]).save("lengths.svg")
sketchkit.Dataset.open("doodles").report()._repr_html_()
""",
    "widgets and pages": """
import sketchkit, sketchkit.widgets as w
from sketchkit.widgets.export.component import write_component
kinds = (w.Complete, w.Reconstruct, w.Morph, w.TemperatureSlider, w.LatentSlider, w.NextPoint)
made = [kind("kanji") for kind in kinds]
for widget in (*made, w.SketchPad()):
    widget._repr_mimebundle_()
made[0].sketch = made[1].model.generate(1, seed=1)[0]
assert len(made[0].completion) > 0
sketchkit.embed(made, "page.html")
write_component("component", [sketchkit.load("kanji")])
""",
    "command line": """
import sys
from sketchkit.cli import main
sys.argv = ["sketchkit", "sample", "kanji", "--out", "x.png"]
main()
""",
    "an error message for what needs TensorFlow": """
import sketchkit
model = sketchkit.load("kanji")
model.engine = "tensorflow"
try:
    model.generate(1)
except ModuleNotFoundError as error:
    assert "TensorFlow, which is not installed" in str(error), error
else:
    raise AssertionError("no error")
""",
}


def needed(requirements):
    """Return the distributions that some requirements need in a browser, directly and indirectly, by name."""
    found, waiting = {}, [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate(BROWSER)):
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # not installed here, because only a browser needs it
        waiting += [Requirement(text) for text in found[name].requires or []]
    return found


@pytest.fixture(scope="session")
def light_install(tmp_path_factory):
    """Return a folder with links to the packages that sketchkit needs in a browser, and to no others."""
    folder = tmp_path_factory.mktemp("packages")
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for package in needed(requirements).values():
        site = Path(package.locate_file(""))
        for top in {file.parts[0] for file in package.files or []} - {"..", "__pycache__"}:
            link = folder / top
            if not link.exists() and not re.search(r"\.pth$", top):
                link.symlink_to(site / top)
    return folder


def run(program, light_install, folder):
    paths = [str(ROOT), str(light_install)]
    code = f"import sys; sys.path[:0] = {paths!r}\n{program}"
    command = [sys.executable, "-I", "-S", "-c", code]  # -I and -S hide the packages of this environment
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


def test_environment_lacks_large_packages(light_install, tmp_path):
    program = f"import importlib.util\nprint([name for name in {sorted(ABSENT)} if importlib.util.find_spec(name)])"
    ran = run(program, light_install, tmp_path)
    assert ran.stdout.strip() == "[]", ran.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_works_without_large_packages(name, light_install, tmp_path):
    ran = run(PROGRAMS[name], light_install, tmp_path)
    assert ran.returncode == 0, ran.stderr
