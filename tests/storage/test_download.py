"""Downloads from a server with faults."""

import hashlib
import json
import multiprocessing
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sketchkit.cli import main
from sketchkit.published.catalog import model_entry
from sketchkit.storage import download
from sketchkit.storage.download import cache_path, fetch, is_cached

DATA = b"[" + b"sketch " * 5000 + b"]"
URL = "https://example.org/models/cat.gen.json"


class Faults(BaseHTTPRequestHandler):
    """Request handler that produces the queued faults, then valid responses."""

    def do_GET(self):
        server = self.server
        server.asked.append(self.path)
        fault = server.faults.pop(0) if server.faults else "none"
        if fault in ("404", "500"):
            self.send_error(int(fault))
            return
        if fault == "loop":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
            return
        body = b"<!doctype html><p>Sorry" if fault == "html" else DATA
        length = len(body) + 10 if fault == "long" else len(body)
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if fault.startswith("cut"):
            body = body[: int(fault[3:])]
        elif fault == "stall":
            self.wfile.write(body[:100])
            self.wfile.flush()
            server.go_on.wait(20)
            return
        elif fault == "wrong":
            body = b"[" + b"x" * (len(body) - 1)
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faults)
    server.asked, server.faults, server.go_on = [], [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("SKETCHKIT_MIRROR", f"http://127.0.0.1:{server.server_port}/mirror/")
    monkeypatch.setenv("SKETCHKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SKETCHKIT_OFFLINE", raising=False)
    monkeypatch.setattr(time, "sleep", lambda _: None)  # no wait between attempts
    yield server
    server.go_on.set()
    server.shutdown()
    thread.join()
    server.server_close()


def nothing_left():
    folder = cache_path(URL).parent
    return not folder.exists() or all(path.suffix == ".lock" for path in folder.iterdir())


def test_fetch_downloads_once(server, monkeypatch):
    assert not is_cached(URL)
    path = fetch(URL, progress=False)
    assert path.read_bytes() == DATA
    assert server.asked == ["/mirror/example.org/models/cat.gen.json"]
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    assert is_cached(URL)
    assert fetch(URL) == path
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", ["cut0", "cut1", "cut20000", "500", "html", "long"])
def test_fetch_retries_after_one_fault(server, fault):
    server.faults = [fault]
    assert fetch(URL, progress=False).read_bytes() == DATA
    assert len(server.asked) == 2


def test_fetch_retries_after_a_stalled_response(server, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT_SECONDS", 0.3)
    server.faults = ["stall"]
    assert fetch(URL, progress=False).read_bytes() == DATA


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        ("cut3000", ConnectionError, "download failed after 4 attempts"),
        ("500", ConnectionError, "500"),
        ("loop", ConnectionError, "redirects"),
        ("html", ValueError, "begins with b'<!doctype html>"),
        ("404", FileNotFoundError, "HTTP status 404"),
    ],
)
def test_fetch_raises_after_persistent_faults_and_leaves_no_file(server, fault, error, says):
    server.faults = [fault] * 500
    with pytest.raises(error, match=r"cat\.gen\.json") as raised:
        fetch(URL, progress=False)
    assert says in str(raised.value)
    assert nothing_left()
    server.faults = []
    assert fetch(URL, progress=False).read_bytes() == DATA


def test_fetch_checks_a_published_hash(server):
    with pytest.raises(ValueError, match=r"expected sha256 0000.* \(published\)"):
        fetch(URL, sha256="0" * 64, progress=False)
    assert nothing_left()
    assert fetch(URL, sha256=hashlib.sha256(DATA).hexdigest(), progress=False).is_file()


def test_fetch_refuses_a_changed_file_until_it_is_accepted(server):
    path = fetch(URL, progress=False)
    path.unlink()
    server.faults = ["wrong"]
    with pytest.raises(ValueError, match="to accept the new file, delete") as raised:
        fetch(URL, progress=False)
    assert not path.exists()
    record = path.with_name(path.name + ".sha256.json")
    assert str(record) in str(raised.value)
    record.unlink()
    server.faults = ["wrong"]
    assert fetch(URL, progress=False).read_bytes() != DATA


def test_fetch_refuses_a_modified_cache_file(server):
    path = fetch(URL, progress=False)
    path.write_bytes(b"[1]")
    with pytest.raises(ValueError, match="has changed since it was downloaded"):
        fetch(URL, progress=False)
    path.write_bytes(DATA)  # the time of the file differs, but its bytes are the same
    assert fetch(URL, progress=False) == path


def test_fetch_ignores_a_file_without_record(server):
    path = cache_path(URL)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"[half")
    assert not is_cached(URL)
    assert fetch(URL, progress=False).read_bytes() == DATA


def test_fetch_offline_names_url_path_and_alternatives(server, monkeypatch):
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    with pytest.raises(ConnectionError) as raised:
        fetch(URL, alternatives=["kanji"])
    for part in (URL, str(cache_path(URL)), "kanji"):
        assert part in str(raised.value)
    assert not server.asked


def _fetch_quietly(start):
    start.wait()
    fetch(URL, progress=False)


def test_concurrent_processes_download_once(server):
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(3)
    workers = [context.Process(target=_fetch_quietly, args=(start,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "https://example.org/../../a",
        "https://example.org/%2e%2e/a",
        "https://example.org",
        "a",
    ],
)
def test_cache_path_refuses_invalid_urls(url):
    with pytest.raises(ValueError, match="expected an http|expected a path"):
        cache_path(url)


def test_fetch_records_the_hash_as_json(server):
    path = fetch(URL, progress=False)
    record = json.loads(path.with_name(path.name + ".sha256.json").read_text())
    assert record["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_forced_fetch_replaces_the_file_only_on_success(server, monkeypatch):
    path = fetch(URL, progress=False)
    server.faults = ["cut3000"] * 4
    with pytest.raises(ConnectionError):
        fetch(URL, progress=False, force=True)
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    with pytest.raises(ConnectionError, match="was left unchanged"):
        fetch(URL, progress=False, force=True)
    assert is_cached(URL)
    assert fetch(URL, progress=False).read_bytes() == DATA
    monkeypatch.delenv("SKETCHKIT_OFFLINE")
    server.faults = ["wrong"]
    assert fetch(URL, progress=False, force=True) == path
    assert path.read_bytes() != DATA
    asked = len(server.asked)
    assert fetch(URL, progress=False) == path
    assert len(server.asked) == asked


def test_killed_forced_fetch_leaves_a_valid_file(server, monkeypatch):
    path = fetch(URL, progress=False)
    real = download.Path.replace

    def killed(part, target):
        if target == path:
            raise KeyboardInterrupt
        return real(part, target)

    server.faults = ["wrong"]
    monkeypatch.setattr(download.Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        fetch(URL, progress=False, force=True)
    monkeypatch.setattr(download.Path, "replace", real)
    assert fetch(URL, progress=False).read_bytes() == DATA


def test_download_command_keeps_the_file_when_offline(server, monkeypatch, capsys):
    url, name = model_entry("quickdraw/cat").url, "quickdraw/cat"

    def run(*words):
        monkeypatch.setattr("sys.argv", ["sketchkit", "download", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, "".join(capsys.readouterr())

    assert run(name)[0] == 0
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    code, said = run(name, "--force")
    assert code == 1
    assert "cannot be downloaded again" in said
    assert is_cached(url)
    assert cache_path(url).read_bytes() == DATA
    assert run(name) == (0, f"{name}: {cache_path(url)}\n")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["doodles"], 0, "doodles: built in, nothing to download"),
        (["kanji"], 0, "kanji: bundled with sketchkit, nothing to download"),
        (["doodles", "--kind", "data", "--force"], 0, "doodles: built in"),
        (["quickdraw/cat", "--kind", "modle"], 1, "--kind: expected model or data, got 'modle'"),
        (["doodles", "--kind", "model"], 1, "doodles: no published model"),
        (["quickdraw/catt"], 1, "quickdraw/catt: no published model or dataset"),
    ],
)
def test_download_command_messages(server, monkeypatch, capsys, words, code, says):
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    monkeypatch.setattr("sys.argv", ["sketchkit", "download", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, says in "".join(capsys.readouterr())) == (code, True)
