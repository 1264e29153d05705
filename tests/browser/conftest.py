"""Fixtures: a JupyterLab server and Chromium."""

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import nbformat
import pytest

import sketchkit
from sketchkit.widgets.export.component import write_component

from .site import Site

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: The accessibility checker axe-core, and a script that returns its serious findings in widgets.
AXE = ROOT / "node_modules/axe-core/axe.min.js"
VIOLATIONS = """async () => {
  const { violations } = await axe.run([...document.querySelectorAll(".sk-widget")]);
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)]));
}"""


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("needs Chromium, which is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """Return a function that opens a file in an offline browser and fails on console errors."""
    contexts, problems = [], []

    def open_page(path):
        context = chromium.new_context(offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(("file:", "blob:", "data:")) else problems.append(request.url)
            ),
        )
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


class Lab:
    """A JupyterLab server with its own folder. It also serves Notebook 7 if that is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.token = folder, secrets.token_hex(16)
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        (folder / "root").mkdir()
        places = {name: str(folder / name.lower()) for name in (
            "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}  # fmt: skip
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"),
            *(f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}"),
            *(f"--ServerApp.root_dir={folder / 'root'}", f"--LabApp.user_settings_dir={folder / 'settings'}"),
            *(f"--LabApp.workspaces_dir={folder / 'workspaces'}", "--LabApp.expose_app_in_browser=True"),
            *("--LabApp.extension_manager=readonly", "--LabApp.news_url=None"),
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        if importlib.util.find_spec("notebook"):
            command += [
                "--ServerApp.jpserver_extensions={'notebook': True}",
                "--JupyterNotebookApp.expose_app_in_browser=True",
            ]
        environment = {**os.environ, **places, "JUPYTER_NO_CONFIG": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.log = (folder / "log.txt").open("w")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def ask(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def wait(self) -> None:
        import time

        deadline = time.monotonic() + 90
        while True:
            try:
                self.ask("/api/status")
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError((self.folder / "log.txt").read_text()) from None
                self.process.poll()
                time.sleep(0.1)  # the server does not signal that it has started

    def close(self) -> None:
        try:
            for kernel in json.loads(self.ask("/api/kernels")):
                self.ask(f"/api/kernels/{kernel['id']}", "DELETE")
        except OSError:
            pass
        self.process.terminate()
        try:
            self.process.wait(10)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.log.close()


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    try:
        lab.wait()
        yield lab
    finally:
        lab.close()


def notebook_of(*cells: str):
    """Return a notebook of code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


#: Errors of JupyterLab's own code, when a kernel restarts while its page is still being loaded, and when the theme
#: changes twice in a row.
LAB_ERRORS = (
    "Could not restore the debugger state: Canceled future for debug_request message before replies were done",
    "Failed to execute 'removeChild' on 'Node': The node to be removed is not a child of this node.",
)
#: Errors of Notebook 7's own code, which are also logged for notebooks without widgets.
NOTEBOOK_7_ERRORS = (
    *LAB_ERRORS,
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered.",
)


class Notebook:
    """A notebook that is open in JupyterLab or Notebook 7."""

    def __init__(self, lab: Lab, page, *cells: str, app: str = "lab", path: Path | None = None) -> None:
        """Open a new notebook and run its cells, or open an existing one (`path`) without running it."""
        self.page = page
        self.errors: list[str] = []
        self._ignored = NOTEBOOK_7_ERRORS if app == "notebooks" else LAB_ERRORS
        page.on("pageerror", lambda error: self._add_error(error.message, error.stack))
        page.on("console", lambda message: self._on_console(message))
        self.path = path or lab.folder / "root" / f"{secrets.token_hex(4)}.ipynb"
        if path is None:
            nbformat.write(notebook_of(*cells), self.path)
        place = f"lab/workspaces/{secrets.token_hex(4)}/tree" if app == "lab" else "notebooks"
        page.goto(f"http://127.0.0.1:{lab.port}/{place}/{self.path.name}?token={lab.token}", timeout=120000)
        self.ready()
        if path is None:
            self.run_all()

    def run_all(self) -> None:
        """Run all cells without waiting for them."""
        self.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")

    def run_cell(self, number: int) -> None:
        """Run one cell."""
        self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").nth(number).click()
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-cell')")

    def ready(self) -> None:
        """Wait for the notebook and its kernel."""
        page = self.page
        page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell").first.wait_for(timeout=60000)
        page.wait_for_function(
            """() => {
              const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
              return session?.isReady && session.session?.kernel?.status === "idle";
            }""",
            timeout=60000,
        )

    def _add_error(self, text: str, stack: str | None = None) -> None:
        if text not in self._ignored:
            self.errors.append(stack or text)

    def _on_console(self, message) -> None:
        # The browser itself logs 404 responses of the server, for example for a missing language server.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._add_error(message.text)

    def widget(self, index: int = 0):
        """Return a widget's root, once it has rendered."""
        locator = self.page.locator('.sk-widget[data-ready="true"]').nth(index)
        locator.wait_for(timeout=60000)
        return locator

    def python(self, code: str, *, dies: bool = False) -> str:
        """Run code in the notebook's kernel and return its output; if `dies` is true, do not wait for it to finish."""
        return self.page.evaluate(
            """async ([code, dies]) => {
              const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const future = kernel.requestExecute({ code, store_history: false });
              let text = "";
              future.onIOPub = (message) => {
                if (message.header.msg_type === "stream") text += message.content.text;
                if (message.header.msg_type === "error") text += message.content.traceback.join("\\n");
              };
              if (dies) future.done.catch(() => {});
              else await future.done;
              return text;
            }""",
            [code, dies],
        ).strip()

    def eventually(self, code: str, expected: str) -> None:
        """Wait until code prints the expected text."""
        seen = ""
        for _ in range(100):
            seen = self.python(code)
            if seen == expected:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{code} prints {seen!r}, expected {expected!r}")


@pytest.fixture
def notebook(lab, chromium):
    """Return a function that opens a notebook of some cells."""
    contexts = []

    def open_notebook(*cells: str, app: str = "lab", script: str = "", **options) -> Notebook:
        context = chromium.new_context(**{"viewport": {"width": 1200, "height": 1400}, **options})
        context.set_default_timeout(60000)  # the machine may be busy
        context.add_init_script(script)
        contexts.append(context)
        return Notebook(lab, context.new_page(), *cells, app=app)

    yield open_notebook
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def component(tmp_path_factory):
    """Return a folder with the component and two models."""
    folder = tmp_path_factory.mktemp("component")
    write_component(folder, [sketchkit.load("kanji"), sketchkit.load("omniglot")], from_disk=True)
    return folder


@pytest.fixture
def site(component):
    site = Site(component)
    yield site
    site.server.shutdown()


@pytest.fixture
def recorded_page(chromium):
    """Return a function that opens an empty page; `page.requested` lists its requests, named by `request_name`."""
    contexts, problems = [], []

    def open_page(request_name, script="", **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        context.add_init_script(script)
        page = context.new_page()
        page.requested = []
        page.on("request", lambda request: page.requested.append(request_name(request.url)))
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def visit(site, recorded_page):
    """Return a function that opens a page of the site with some HTML; `page.requested` lists the requested paths."""

    def visit(body, *, headers=None, place="", language="en", direction="ltr", script="", **options):
        text = f'<!doctype html><html lang="{language}" dir="{direction}"><title>test</title><body>{body}'
        site.answer("page.html", f'{text}<script src="sketchkit.js"></script>'.encode(), **(headers or {}))
        page = recorded_page(lambda url: url.removeprefix(f"{site.address}/"), script, **options)
        page.goto(f"{site.address}/page.html{place}")
        return page

    return visit
