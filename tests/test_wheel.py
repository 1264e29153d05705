"""The wheel: its files, and its use in a virtual environment where it is the only copy of the package."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
SIZES = "dec_rnn_size=8,enc_rnn_size=6,z_size=4,num_mixture=2,batch_size=20,num_steps=2,save_every=2"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT],
        check=True,
    )
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def run(wheel, tmp_path_factory):
    """Return a function that runs a program of the environment in an empty folder, and returns its output.

    The environment sees the dependencies of the tests' environment, but no editable installation: Python ignores `.pth`
    files, and thus editable installations, in a folder that was itself added by a `.pth` file.
    """
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(packages, "dependencies.pth").write_text("\n".join(dependencies))
    data = Path("share", "jupyter")  # nbconvert looks for its templates here
    (folder / data).mkdir(parents=True)
    (folder / data / "nbconvert").symlink_to(Path(sysconfig.get_path("data"), data, "nbconvert"))
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, wheel], check=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TF_", "VIRTUAL_ENV"))}
    cache = tmp_path_factory.mktemp("cache")
    here = tmp_path_factory.mktemp("here")

    def run(program, *words, fails=False):
        result = subprocess.run(
            [folder / "bin" / program, *map(str, words)],
            cwd=here,
            env={**kept, "SKETCHKIT_CACHE": str(cache)},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert (result.returncode != 0) == fails, result.stderr
        return result

    run.folder, run.environment = here, folder
    return run


def test_wheel_contains_the_package_with_models_and_the_comparison_notebook(wheel):
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "sketchkit", "pretrained"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    expected = {name.replace("pretrained/", "sketchkit/published/bundled/", 1) for name in files}
    assert found == expected | {"sketchkit/sweeps/compare.ipynb"}
    assert {"sketchkit/py.typed", "sketchkit/published/bundled/kanji/model.safetensors"} <= found


def test_wheel_is_below_the_size_limit_of_pypi(wheel):
    assert wheel.stat().st_size < 20e6


@pytest.mark.long
def test_installed_package_is_imported_from_the_wheel(run):
    code = "import sketchkit; print(sketchkit.__file__, sketchkit.models('bundled').entries[0].name)"
    file, model = run("python", "-c", code).stdout.split()
    assert Path(file).is_relative_to(run.environment)
    assert model == "kanji"


@pytest.mark.long
@pytest.mark.parametrize(
    ("program", "words"), [("sketchkit", ()), ("python", ("-m", "sketchkit"))], ids=["sketchkit", "python -m sketchkit"]
)
def test_installed_command_line_shows_version_and_doctor_and_prints_nothing_to_stderr(program, words, run):
    version = run(program, *words, "--version")
    assert version.stdout.startswith("sketchkit 0.")
    assert version.stderr == ""
    doctor = run(program, *words, "doctor")
    assert "all dependencies are installed" in doctor.stdout
    assert "bundled models: kanji, omniglot, quickdraw, sheep" in doctor.stdout
    assert doctor.stderr == ""


@pytest.mark.long
def test_installed_command_line_draws_and_trains(run):
    drawn = run("sketchkit", "sample", "kanji", "-n", 2, "--seed", 1, "--out", "drawn.png")
    assert (drawn.stdout, drawn.stderr) == ("wrote drawn.png\n", "")
    assert (run.folder / "drawn.png").read_bytes().startswith(b"\x89PNG")
    trained = run("sketchkit", "train", "doodles", "--run", "runs/a", "--hparams", SIZES, "--progress", "lines")
    assert "model: " in trained.stdout
    assert trained.stderr == ""
    assert "a    finished" in run("sketchkit", "compare", "runs", "--out", "compared.html").stdout
    assert "data:image/svg+xml" in (run.folder / "compared.html").read_text(encoding="utf-8")
    wrong = run("sketchkit", "sample", "kanjii", fails=True)
    assert wrong.stderr == ("sketchkit: kanjii: no such model folder or model name; did you mean 'kanji'?\n")
    assert run("sketch_rnn_train", "--help").stdout.startswith("usage: sketch_rnn_train")


@pytest.mark.long
def test_installed_package_writes_widget_pages(run):
    code = (
        "import sketchkit; from sketchkit.widgets import Complete; Complete(sketchkit.load('kanji')).to_html('a.html')"
    )
    run("python", "-c", code)
    run("sketchkit", "embed", "kanji", "--widget", "complete", "--out", "b.html")
    for name in ("a.html", "b.html"):
        page = (run.folder / name).read_text(encoding="utf-8")
        assert page.count("data-sketchkit=") == 1
        assert len(page) > 1_000_000, "the page has no weights"


@pytest.mark.long
def test_installed_package_runs_in_a_notebook_executed_by_papermill(run):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [
        nbformat.v4.new_code_cell("seed = 1", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "import sketchkit\nfrom sketchkit.widgets import Complete\nprint(seed, sketchkit.__file__)"
        ),
        nbformat.v4.new_code_cell("model = sketchkit.load('kanji')\nmodel.generate(4, seed=seed)"),
        nbformat.v4.new_code_cell("Complete(model)"),
    ]
    nbformat.write(notebook, run.folder / "given.ipynb")
    run("python", "-m", "papermill", "-p", "seed", 2, "given.ipynb", "done.ipynb")
    outputs = [cell.outputs for cell in nbformat.read(run.folder / "done.ipynb", 4).cells if cell.cell_type == "code"]
    printed, drawings, widget = (cell[0] for cell in outputs[-3:])
    assert printed.text.startswith(f"2 {run.environment}")
    assert "<img" in drawings.data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    assert [output for cell in outputs for output in cell if output.output_type == "error"] == []
    run("sketchkit", "html", "done.ipynb", "--out", "done.html")
    assert "data-sketchkit=" in (run.folder / "done.html").read_text(encoding="utf-8")
