"""Commands, models, widgets and pages start fast: they do not import TensorFlow or other large packages.

Each case runs in its own process and lists the large packages that it may import.
"""

import json
import subprocess
import sys

import pytest

#: Packages whose import takes more than about 50 ms, and which few functions need.
LARGE = {
    *("tensorflow", "keras", "tensorboard", "matplotlib", "scipy", "pandas", "shapely", "PIL"),
    *("IPython", "ipywidgets", "anywidget", "jupyterlab", "nbconvert", "nbclient", "nbformat", "papermill"),
    *(
        "distributed",
        "docutils",
        "sphinx",
        "svgelements",
        "cssselect2",
        "tinycss2",
        "requests",
        "pooch",
        "psutil",
        "tqdm",
    ),
}
WIDGETS = {"IPython", "ipywidgets", "anywidget", "PIL"}

COMMANDS = {
    "sample kanji --out x.svg": set(),
    "sample quickdraw --category bicycle --out x.svg": set(),
    "sample omniglot --out x.png": {"PIL"},
    "morph kanji --out x.gif": {"PIL"},
    "reconstruct kanji --out x.svg": {"shapely"},  # shapely simplifies the doodles
    "show doodles --out x.svg": {"shapely"},
    "models": set(),
    "datasets": set(),
    "card kanji": set(),
    "convert kanji converted": set(),
    "convert kanji kanji.npz": set(),
    "runs .": set(),
    "doctor": set(),
    "--help": set(),
    "embed kanji -w complete -w reconstruct -w morph --out x.html": WIDGETS,
}
PROGRAMS = {
    "import sketchkit": set(),
    """
import sketchkit
model = sketchkit.load("kanji")
sketch = model.generate(16, seed=1)[0]
model.decode(model.encode(sketch), n=2)._repr_html_()
model.complete(sketchkit.Sketch(sketch.offsets[:5]), 2)
model.mixture(sketch)
""": set(),
    """
import sketchkit
model = sketchkit.load("kanji")
model.card, str(model), sketchkit.models()._repr_html_()
model.save("folder", dtype="float16")
""": set(),
    """
import sketchkit, sketchkit.widgets as w
for kind in (w.Complete, w.Reconstruct, w.Morph, w.TemperatureSlider, w.LatentSlider, w.NextPoint):
    widget = kind("kanji")
    widget._repr_mimebundle_()
    widget.still()
widget.to_html("page.html")
sketchkit.embed([w.SketchPad(), widget], "two.html")
""": WIDGETS,
}


def large_packages(program, folder):
    """Return the large packages that a program imports in a new process."""
    code = f"{program}\nimport json, sys\njson.dump(sorted({{name.split('.')[0] for name in sys.modules}}), sys.stderr)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return LARGE & set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", COMMANDS)
def test_command_imports_few_packages(command, tmp_path):
    program = (
        "import sys\nfrom sketchkit.cli import main\n"
        f"sys.argv = ['sketchkit', *{command.split()!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    )
    assert large_packages(program, tmp_path) <= COMMANDS[command]


@pytest.mark.parametrize("program", PROGRAMS)
def test_program_imports_few_packages(program, tmp_path):
    assert large_packages(program, tmp_path) <= PROGRAMS[program]
