"""Project metadata, imports of the package, stored notebooks and bundled models."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def requirement(text):
    parsed = Requirement(text)
    return canonicalize_name(parsed.name), parsed.specifier


def test_environment_and_pyproject_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = dict(requirement(line) for line in environment["dependencies"] if isinstance(line, str))
    python = conda.pop("python")
    conda.pop("pip")
    assert python == SpecifierSet(project["requires-python"])
    assert conda == dict(requirement(line) for line in project["dependencies"])


def test_import_and_display_do_not_import_tensorflow():
    code = """
import sys, sketchkit
assert "matplotlib" not in sys.modules, "matplotlib"
model = sketchkit.load(sketchkit.models()[0])
str(model), model.config
dataset = sketchkit.Dataset.open("doodles")
dataset.report()._repr_html_()
dataset.train[0]._repr_svg_()
sketchkit.train, sketchkit.Run
heavy = [name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras")]
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_every_public_name_is_available():
    import sketchkit

    for name in sketchkit.__all__:
        assert getattr(sketchkit, name) is not None
    assert set(sketchkit.__all__) <= set(dir(sketchkit))
    with pytest.raises(AttributeError, match="sketh"):
        _ = sketchkit.sketh


@pytest.mark.parametrize(
    "page",
    [
        ROOT / "README.md",
        *(path for path in sorted((ROOT / "docs").rglob("*.md")) if not {"_build", "runs"} & set(path.parts)),
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_of_pages_have_a_label_and_lead_to_a_file_of_the_repository(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for label, target in re.findall(r"\[([^\[\]]*)\]\(([^()\s]*)\)", text):
        assert label, target
        path = target.split("#")[0]
        assert ":" in target or not path or (page.parent / path).exists(), target
        assert "docs/tutorials/" not in str((page.parent / path).resolve()) or path.endswith("index.md"), target


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.name)
def test_notebooks_are_stored_without_outputs(path):
    notebook = json.loads(path.read_text())
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize(
    "folder", sorted(p.parent for p in (ROOT / "pretrained").glob("*/config.json")), ids=lambda p: p.name
)
def test_bundled_models_have_a_card_with_data_and_license(folder):
    card = (folder / "README.md").read_text()
    for word in ("Data", "Steps", "reconstruction", "!["):
        assert word in card
    assert re.search("Licen[cs]e of the weights", card)
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", card):
        assert (folder / picture).is_file()
    assert sum(f.stat().st_size for f in folder.iterdir()) < 10_000_000


def test_bundled_models_load_and_print_nothing_to_stderr():
    code = """
import sketchkit
for name in sketchkit.models("bundled"):
    model = sketchkit.load(name)
    print(name, model.name, sum(w.size for w in model.weights.values()) > 100_000, len(model.card) > 500)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stderr == ""
    names = sorted(folder.parent.name for folder in (ROOT / "pretrained").glob("*/config.json"))
    assert done.stdout.splitlines() == [f"{name} {name} True True" for name in names]
