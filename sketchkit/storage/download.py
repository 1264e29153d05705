"""Download of public files into the cache, with verification of their hashes.

A file is stored at `downloads/HOST/PATH` in the cache, next to a record of its SHA-256 hash. If the hash is published,
the file must match it. Otherwise the hash of the first download is recorded, and a later download with another hash
raises an error with instructions for accepting the new file.

`SKETCHKIT_MIRROR=http://host:port/prefix` replaces the servers: `HOST/PATH` is requested under this prefix.
`SKETCHKIT_OFFLINE=1` disables network access.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from sketchkit.storage.atomic import atomic_write
from sketchkit.storage.cache import cache_folder
from sketchkit.suggest import listed

if TYPE_CHECKING:
    from pooch import Pooch

__all__ = ["cache_path", "fetch", "is_cached"]

#: Number of retries after a failed attempt; pooch waits 1, 2, 3 ... seconds between attempts.
RETRIES = 3
#: Timeout for a connection and for the next bytes, in seconds.
TIMEOUT_SECONDS = 30.0
#: First bytes of valid files, by file name ending. Other data, such as an HTML error page, are rejected.
BEGINNINGS = {".zip": (b"PK",), ".npz": (b"PK",), ".json": (b"[", b"{"), ".ndjson": (b"{",)}


def cache_path(url: str) -> Path:
    """Return the path at which the file of a URL is cached.

    Raises
    ------
    ValueError
        If the URL is not an http or https URL of a file, or contains "..", a backslash or a null character.
    """
    parts = urlsplit(url)
    path = PurePosixPath(unquote(parts.path).lstrip("/"))
    host = parts.netloc
    if parts.scheme not in ("http", "https") or not host or not path.parts or host.startswith("."):
        raise ValueError(f"{url}: expected an http or https address of a file")
    if ".." in path.parts or any(character in host + str(path) for character in "\\\0"):
        raise ValueError(f"{url}: expected a path without '..', backslash or null character")
    return cache_folder() / "downloads" / host.replace(":", "_") / path


def is_cached(url: str) -> bool:
    """Return whether the file of a URL is in the cache and complete."""
    return cache_path(url).is_file() and _record(cache_path(url)).is_file()


def fetch(
    url: str,
    *,
    sha256: str | None = None,
    progress: bool = True,
    alternatives: Sequence[str] = (),
    force: bool = False,
) -> Path:
    """Return the cached file of a URL; if necessary, download it first. Only one process downloads at a time.

    Parameters
    ----------
    url : str
        URL of the file.
    sha256 : str, optional
        Published hash. Default: the hash of the first download.
    progress : bool
        Show a progress bar.
    alternatives : sequence of str
        Names that are available offline, for the error message.
    force : bool
        Download the file again, and accept a changed file. The cached file is kept until the download is complete.

    Returns
    -------
    Path
        Path of the file in the cache.

    Raises
    ------
    FileNotFoundError
        If the server does not have the file.
    ConnectionError
        If downloads are forbidden (`SKETCHKIT_OFFLINE`), or all attempts fail, for example because the connection is
        lost.
    ValueError
        If the URL is invalid, the data have another type, or the hash differs from the published hash or from the hash
        of the first download.
    """
    path = cache_path(url)
    if not force and _is_intact(path, sha256):
        return path
    if os.environ.get("SKETCHKIT_OFFLINE", "").lower() not in ("", "0", "no", "false", "off"):
        if force:
            raise ConnectionError(
                f"{url} cannot be downloaded again: SKETCHKIT_OFFLINE is set; "
                f"the existing file {path} was left unchanged"
            )
        raise ConnectionError(
            f"{url} is not in the cache ({path}) and cannot be downloaded: SKETCHKIT_OFFLINE is set"
            f"{_available_offline(alternatives)}"
        )
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        if force or not _is_intact(path, sha256):  # another process may have downloaded the file meanwhile
            known = sha256 or (None if force else _read_record(path).get("sha256"))
            _download(url, path, known, sha256 is not None, progress, alternatives)
    return path


def _record(path: Path) -> Path:
    return path.with_name(path.name + ".sha256.json")


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(_record(path).read_text(encoding="utf-8"))
        return record if isinstance(record, dict) else {}
    except (OSError, ValueError):
        return {}


def _is_intact(path: Path, sha256: str | None) -> bool:
    """Return whether the file exists and matches its record. Raise ValueError if it has changed since the download."""
    record = _read_record(path)
    # `_download` writes the record, then the file. If the process is killed in between, the file is still the previous
    # one, whose hash is `before` in the record.
    known = [record.get("sha256"), record.get("before")]
    if not path.is_file() or not known[0] or (sha256 is not None and sha256 not in known):
        return False
    if _stamp(path) == record.get("stamp"):
        return sha256 in (None, known[0])
    digest = _hash(path)
    if digest in known and sha256 in (None, digest):
        return True
    if digest not in known:
        raise ValueError(
            f"{path}: the file has changed since it was downloaded (sha256 {digest}, recorded {record['sha256']}); "
            f"delete the file to download it again, and also delete {_record(path).name} to accept another file"
        )
    return False


def _stamp(path: Path) -> list[int]:
    """Return the size and modification time of a file, which show whether it may have changed."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]


def _write_record(path: Path, record: dict[str, Any]) -> None:
    with atomic_write(_record(path)) as part:
        part.write_text(json.dumps(record), encoding="utf-8")


def _download(
    url: str, path: Path, known: str | None, is_published: bool, progress: bool, alternatives: Sequence[str]
) -> None:
    """Download a file, compare its hash with `known` if there is one, and move it to `path`."""
    import pooch
    import requests

    requested = _mirrored(url)
    part = path.with_name(f".{path.name}.part")
    pooch.get_logger().setLevel("WARNING")
    fetcher = pooch.create(path.parent, base_url="", registry={part.name: None}, urls={part.name: requested},
                           retry_if_failed=RETRIES)  # fmt: skip
    try:
        part.unlink(missing_ok=True)
        fetcher.fetch(part.name, downloader=partial(_attempt, suffix=path.suffix, progress=progress))
        digest = _hash(part)
        if known and digest != known:
            source = "published" if is_published else "recorded at the first download"
            accept = "" if is_published else f"; to accept the new file, delete {_record(path)}"
            raise ValueError(f"{requested}: expected sha256 {known} ({source}), got {digest}{accept}")
        before = _read_record(path).get("sha256") if path.is_file() else None
        _write_record(path, {"url": url, "sha256": digest, "before": before, "stamp": _stamp(part)})
        part.replace(path)
    except ConnectionError:
        raise
    except requests.RequestException as error:
        raise ConnectionError(
            f"{requested}: download failed after {RETRIES + 1} attempts "
            f"({type(error).__name__}: {str(error)[:160]}){_available_offline(alternatives)}"
        ) from None
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith(requested) else f"{requested}: {error}") from None
    finally:
        part.unlink(missing_ok=True)


def _mirrored(url: str) -> str:
    """Return the address to request: under `SKETCHKIT_MIRROR` if it is set, otherwise the URL."""
    mirror = os.environ.get("SKETCHKIT_MIRROR", "").rstrip("/")
    if not mirror:
        return url
    if urlsplit(mirror).scheme not in ("http", "https"):
        raise ValueError(f"SKETCHKIT_MIRROR: expected http://host:port/prefix, got {mirror!r}")
    parts = urlsplit(url)
    return f"{mirror}/{parts.netloc}{quote(unquote(parts.path))}"


def _attempt(address: str, target: str, _: Pooch, *, suffix: str, progress: bool) -> None:
    """Make one attempt; pooch tries again if this function raises ValueError or an exception of requests."""
    import pooch
    import requests

    downloader = pooch.HTTPDownloader(progressbar=progress, timeout=TIMEOUT_SECONDS)
    try:
        downloader(address, target, None)
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if 400 <= status < 500 and status not in (408, 429):
            raise FileNotFoundError(f"{address}: no such file (HTTP status {status})") from None
        raise
    with open(target, "rb") as file:
        beginning = file.read(16).lstrip()
    if not beginning.startswith(BEGINNINGS.get(suffix, (b"",))):
        raise ValueError(f"expected {suffix} data, got data that begins with {beginning!r}")


def _available_offline(alternatives: Sequence[str]) -> str:
    """Return the end of an error message with the names that are available offline."""
    return f"; available offline: {listed(alternatives)}" if alternatives else ""


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
