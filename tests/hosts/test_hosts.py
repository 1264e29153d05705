"""Widgets in programs other than Jupyter: a stroke on the pad reaches Python, and the model answers in the page.

The programs are listed in `requirements.txt`; `make test-hosts` installs them and runs these tests. Tests of programs
that are not installed are skipped.
"""

import importlib.util
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import nbformat
import pytest

from tests.browser.gestures import stroke

pytestmark = pytest.mark.hosts
APPS = Path(__file__).parent / "apps"
#: Command that starts each program on a port of this machine, and the path of its page.
HOSTS = {
    "marimo": (["marimo", "run", "marimo_app.py", "--headless", "--no-token", "--host=127.0.0.1", "--port={port}"], ""),
    "panel": (["panel", "serve", "panel_app.py", "--address=127.0.0.1", "--port={port}"], "panel_app"),
    "shiny": (["shiny", "run", "shiny_app.py", "--port={port}"], ""),
    "solara": (["solara", "run", "solara_app.py", "--no-open", "--production", "--port={port}"], ""),
    "voila": (["voila", "{notebook}", "--no-browser", "--Voila.ip=127.0.0.1", "--port={port}"], ""),
}


@pytest.fixture
def serve(tmp_path):
    """Return a function that starts a program and returns the address of its page."""
    started = []

    def start(name, settings=""):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}; `make test-hosts` installs it")
        command, path = HOSTS[name]
        notebook = tmp_path / "notebook.ipynb"
        cell = nbformat.v4.new_code_cell((APPS / "notebook_cell.py").read_text(encoding="utf-8"))
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        apps = shutil.copytree(APPS, tmp_path / "apps")
        (apps / "pyproject.toml").write_text(settings)
        program = Path(sys.executable).parent / command[0]
        arguments = [part.format(port=port, notebook=notebook) for part in command[1:]]
        log = (tmp_path / "log.txt").open("w")
        process = subprocess.Popen([program, *arguments], cwd=apps, stdout=log, stderr=log)
        started.append((process, log))
        address = f"http://127.0.0.1:{port}/{path}"
        wait_for(address, process, tmp_path / "log.txt")
        return address

    yield start
    for process, log in started:
        process.terminate()
        process.wait(20)
        log.close()


def wait_for(address, process, log):
    import time

    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.1)  # the servers do not signal that they have started


def anywidget_module(route):
    """Answer the request for anywidget's module, which Panel loads from a content delivery network (unpkg.com)."""
    import anywidget

    source = Path(anywidget.__file__).parent / "nbextension/index.js"
    headers = {"Access-Control-Allow-Origin": "*"}
    route.fulfill(body=source.read_text(encoding="utf-8"), content_type="text/javascript", headers=headers)


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_stroke_reaches_python_and_the_model_answers(serve, chromium, name, scheme):
    context = chromium.new_context(viewport={"width": 1000, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    page.route("https://unpkg.com/anywidget@*/**", anywidget_module)
    page.goto(serve(name), timeout=60000)
    pad = page.locator(".sk-pad").first
    pad.wait_for(timeout=60000)
    page.get_by_text("strokes in Python: 0").wait_for(timeout=60000)
    stroke(page, pad, (0.3, 0.95), (0.7, 0.95))  # in the lower part of the pad, which a program could clip
    page.get_by_text("strokes in Python: 1").wait_for(timeout=30000)
    page.wait_for_function("pad => pad.querySelectorAll('path').length > 1", arg=pad.element_handle(), timeout=30000)
    label = page.locator(".sk-widget label").first
    contrast = label.evaluate(CONTRAST)
    assert contrast >= 4.5, f"labels have a contrast of {contrast:.1f}"
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_labels_and_pad_follow_the_theme_of_marimo(serve, chromium, theme):
    address = serve("marimo", f'[tool.marimo.display]\ntheme = "{theme}"\n')
    for scheme in ("light", "dark"):
        page = chromium.new_page(color_scheme=scheme)
        page.goto(address, timeout=60000)
        label = page.locator(".sk-widget label").first
        label.wait_for(timeout=60000)
        assert label.evaluate(CONTRAST) >= 4.5
        paper = page.locator(".sk-pad").first.evaluate("paper => getComputedStyle(paper).backgroundColor")
        is_dark = (scheme if theme == "system" else theme) == "dark"
        assert paper == ("rgb(23, 25, 29)" if is_dark else "rgb(255, 255, 255)"), (theme, scheme)
        page.close()


#: Contrast ratio of the text of an element with the first background behind it that is not transparent (WCAG 2.2).
CONTRAST = """element => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  let behind = [255, 255, 255, 255];
  for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
    const found = rgb(getComputedStyle(at).backgroundColor);
    if (found[3] > 127) { behind = found; break; }
  }
  const [one, other] = [luminance(rgb(getComputedStyle(element).color)), luminance(behind)].sort((a, b) => b - a);
  return (one + 0.05) / (other + 0.05);
}"""
