"""Public files, fetched once: checked, kept in the cache, found there without the network.

A file lies at `downloads/HOST/PATH` of the cache, and beside it a record of its SHA-256. Where the publisher's own
hash is known, the file must have it; where not, the first download's hash is recorded, and a later download that
differs is an error that says how to accept it.

`SKETCHKIT_MIRROR=http://host:port/prefix` takes `HOST/PATH` from below that address; `SKETCHKIT_OFFLINE=1` forbids
the network.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from sketchkit.storage.atomic import replacing
from sketchkit.storage.cache import cache_folder

__all__ = ["cached", "fetch", "place"]

#: Tries before giving up; pooch waits 1, 2, 3 ... seconds between them.
RETRIES = 3
#: Seconds to wait for a connection, and for the next bytes.
PATIENCE = 30.0
#: What a file begins with, by its ending: a server's apology in HTML is not taken for data.
BEGINNINGS = {".zip": (b"PK",), ".npz": (b"PK",), ".json": (b"[", b"{"), ".ndjson": (b"{",)}


def place(url: str) -> Path:
    """Return where the file of a URL is kept.

    Raises
    ------
    ValueError
        If the URL is not http(s) with a host and a path that stays below it.
    """
    parts = urlsplit(url)
    path = PurePosixPath(unquote(parts.path).lstrip("/"))
    host = parts.netloc
    if parts.scheme not in ("http", "https") or not host or not path.parts or host.startswith("."):
        raise ValueError(f"{url}: expected an http or https address of a file")
    if ".." in path.parts or any(character in host + str(path) for character in "\\\0"):
        raise ValueError(f"{url}: the path leaves its host")
    return cache_folder() / "downloads" / host.replace(":", "_") / path


def cached(url: str) -> bool:
    """Tell whether the file of a URL is in the cache, whole."""
    return place(url).is_file() and _record(place(url)).is_file()


def fetch(
    url: str,
    *,
    sha256: str | None = None,
    progress: bool = True,
    instead: Sequence[str] = (),
    force: bool = False,
) -> Path:
    """Return the file of a URL, downloading it the first time; other processes that want it wait for the first.

    Parameters
    ----------
    url : str
    sha256 : str, optional
        The publisher's hash. Default: whatever the first download had.
    progress : bool
        Show a progress bar.
    instead : sequence of str
        What could be used without the network, for the error that there is none.
    force : bool
        Download it again, and accept that it is another file than the first time. The file in the cache is kept until
        the new one is complete.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If the server does not have the file.
    ConnectionError
        If it cannot be had: offline, no answer after several tries, an answer cut short.
    ValueError
        If what comes is not what was published, or not what came the first time.
    """
    path = place(url)
    if not force and _whole(path, sha256):
        return path
    if os.environ.get("SKETCHKIT_OFFLINE", "").lower() not in ("", "0", "no", "false", "off"):
        hint = f"; without the network there are {', '.join(instead)}" if instead else ""
        if force:
            raise ConnectionError(f"{url} cannot be downloaded again: SKETCHKIT_OFFLINE is set; {path} is as it was")
        raise ConnectionError(f"{url} is not in the cache and SKETCHKIT_OFFLINE is set; it would go to {path}{hint}")
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        if force or not _whole(path, sha256):  # another process may have been first
            known = sha256 or (None if force else _read_record(path).get("sha256"))
            _download(url, path, known, sha256 is not None, progress, instead)
    return path


def _record(path: Path) -> Path:
    return path.with_name(path.name + ".sha256.json")


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(_record(path).read_text(encoding="utf-8"))
        return record if isinstance(record, dict) else {}
    except (OSError, ValueError):
        return {}


def _whole(path: Path, sha256: str | None) -> bool:
    """Tell whether the file is there as it was recorded; one that was changed since is an error."""
    record = _read_record(path)
    known = [record.get("sha256"), record.get("before")]  # a kill may have come between file and record
    if not path.is_file() or not known[0] or (sha256 is not None and sha256 not in known):
        return False
    if _stamp(path) == record.get("stamp"):
        return sha256 in (None, known[0])
    found = _hash(path)
    if found in known and sha256 in (None, found):
        return True
    if found not in known:
        raise ValueError(
            f"{path}: the file has changed since it was downloaded (sha256 {found}, recorded {record['sha256']}); "
            f"delete it to download it again, or delete {_record(path).name} too to accept a new one"
        )
    return False


def _stamp(path: Path) -> list[int]:
    """Return what tells, at a glance, that a file has not been touched: its size and time."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]


def _write_record(path: Path, record: dict[str, Any]) -> None:
    with replacing(_record(path)) as part:
        part.write_text(json.dumps(record), encoding="utf-8")


def _download(
    url: str, path: Path, known: str | None, is_published: bool, progress: bool, instead: Sequence[str]
) -> None:
    """Download a file and move it to its place; it must have the hash that is known of it, if there is one."""
    import pooch
    import requests

    mirror = os.environ.get("SKETCHKIT_MIRROR", "").rstrip("/")
    if mirror and urlsplit(mirror).scheme not in ("http", "https"):
        raise ValueError(f"SKETCHKIT_MIRROR: expected http://host:port/prefix, got {mirror!r}")
    parts = urlsplit(url)
    asked = f"{mirror}/{parts.netloc}{quote(unquote(parts.path))}" if mirror else url
    begun = path.with_name(f".{path.name}.part")

    def get(address: str, target: Any, _: Any) -> None:
        """Fetch once; what it raises decides whether there is another try."""
        downloader = pooch.HTTPDownloader(progressbar=progress, timeout=PATIENCE)
        try:
            downloader(address, target, None)
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            if 400 <= status < 500 and status not in (408, 429):
                raise FileNotFoundError(f"{asked}: the server answers {status}; there is no such file") from None
            raise
        with open(target, "rb") as file:
            beginning = file.read(16).lstrip()
        expected = BEGINNINGS.get(path.suffix, (b"",))
        if not beginning.startswith(expected):
            raise ValueError(f"expected {path.suffix} data, got something that begins with {beginning!r}")

    pooch.get_logger().setLevel("WARNING")
    fetcher = pooch.create(path.parent, base_url="", registry={begun.name: None}, urls={begun.name: asked},
                           retry_if_failed=RETRIES)  # fmt: skip
    try:
        begun.unlink(missing_ok=True)
        fetcher.fetch(begun.name, downloader=get)
        found = _hash(begun)
        if known and found != known:
            said = "published" if is_published else "recorded at the first download"
            accept = "" if is_published else f"; to accept the new file, delete {_record(path)}"
            raise ValueError(f"{asked}: sha256 is {found}, {said} is {known}{accept}")
        before = _read_record(path).get("sha256") if path.is_file() else None
        record = {"url": url, "sha256": found, "before": before, "stamp": _stamp(begun)}
        _write_record(path, record)
        begun.replace(path)
    except ConnectionError:
        raise
    except requests.RequestException as error:
        hint = f"; without it there are {', '.join(instead)}" if instead else ""
        raise ConnectionError(
            f"{asked}: no file after {RETRIES + 1} tries ({type(error).__name__}: {str(error)[:160]}){hint}"
        ) from None
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith(asked) else f"{asked}: {error}") from None
    finally:
        begun.unlink(missing_ok=True)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
