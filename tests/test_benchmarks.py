"""The benchmark suite: failures, and models that are used offline."""

import json
import sys

import pytest

from benchmarks import __main__ as suite
from benchmarks import models

REPORT = """
from benchmarks.figures import Figure, report
report(Figure("{name}", 2.0, "s", bar="at most 3 s"))
"""


@pytest.fixture
def benchmarks(tmp_path, monkeypatch):
    """Replace the suite by a benchmark that fails after its first figure, one that is killed, and one that succeeds."""
    root = tmp_path / "code"
    (root / "benchmarks").mkdir(parents=True)
    figures = (suite.ROOT / "benchmarks/figures.py").read_text(encoding="utf-8")
    texts = {"__init__": "", "figures": figures, "fails": REPORT.format(name="one") + "raise ValueError('a | b')",
             "killed": "import os\nos._exit(9)", "works": REPORT.format(name="two")}  # fmt: skip
    for name, text in texts.items():
        (root / f"benchmarks/{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(suite, "ROOT", root)
    monkeypatch.setattr(suite, "SUITE", (("fails",), ("killed",), ("works",)))
    monkeypatch.setattr(suite, "description", lambda: {"cores": "2"})
    return root


def test_suite_reports_failed_benchmark_continues_and_exits_with_error(benchmarks, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    with pytest.raises(SystemExit, match=r"failed: fails, killed; the results were not saved"):
        suite.main()
    rows = capsys.readouterr().out.splitlines()[2:]
    assert rows == [
        "| one | 2 s |  | at most 3 s |",
        "| fails | failed: ValueError: a \\| b | | |",
        "| killed | failed: exit status 9 | | |",
        "| two | 2 s |  | at most 3 s |",
    ]
    assert not (benchmarks / "docs").exists()


def test_suite_saves_page_if_all_benchmarks_succeed(benchmarks, monkeypatch):
    monkeypatch.setattr(suite, "SUITE", (("works",),))
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    page = benchmarks / "docs/benchmarks.md"
    page.parent.mkdir()
    page.write_text("before\n<!-- results -->\nold\n<!-- end of results -->\nafter\n", encoding="utf-8")
    suite.main()
    text = page.read_text(encoding="utf-8")
    assert "| two | 2 s |  | at most 3 s |" in text
    assert text.startswith("before\n<!-- results -->\nResults of")
    assert text.endswith("\n<!-- end of results -->\nafter\n")
    assert "old" not in text
    assert json.loads((benchmarks / "docs/benchmarks.json").read_text(encoding="utf-8"))["figures"][0]["value"] == 2


def test_suite_modules_exist():
    assert [name for name, *_ in suite.SUITE if not (suite.ROOT / f"benchmarks/{name}.py").is_file()] == []


def test_published_decoder_offline_and_not_cached_has_random_weights_of_same_shape(monkeypatch, tmp_path):
    monkeypatch.setenv("SKETCHKIT_CACHE", str(tmp_path))
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    model, name = models.published_decoder()
    assert name == "random weights"
    assert (model.hparams.conditional, model.hparams.dec_rnn_size) == (False, 512)
    assert len(model.generate(1, seed=0, temperature=0.1)[0]) == models.STEPS
