"""The published archive of TF1 models: one zip, unpacked by what it needs to hold."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path, PurePosixPath

from sketchkit.formats.compressed import open_member, open_zip
from sketchkit.storage.atomic import install_folder, temporary_folder

__all__ = ["unpack"]

#: No member is larger than this unpacked, and no more than so many are wanted.
MAX_MEMBER_BYTES, MAX_MEMBERS = 256 << 20, 64
MAX_ARCHIVE_BYTES = 16 << 30
_WANTED = re.compile(r"checkpoint|model_config\.json|vector-\d{1,12}\.(index|data-\d{5}-of-\d{5})")


def unpack(archive: Path, member: str, target: Path, *, replace: bool = False) -> Path:
    """Unpack one model's folder from the archive; it appears whole under `target`, or not at all.

    Parameters
    ----------
    archive : Path
    member : str
        The folder inside, such as `aaron_sheep/lstm`.
    target : Path
    replace : bool
        Unpack again where `target` exists; otherwise it is kept as it is.

    Raises
    ------
    ValueError
        If the archive is damaged, lacks the folder, or promises more than a model can need.
    """
    if target.is_dir() and not replace:
        return target
    try:
        with temporary_folder(target) as part, open_zip(archive, str(archive), limit=MAX_ARCHIVE_BYTES) as file:
            found = [info for info in file.infolist() if _inside(info.filename, member)]
            if not found:
                raise ValueError(f"{archive}: has no model {member!r}")
            if len(found) > MAX_MEMBERS:
                raise ValueError(f"{archive}: {member} has {len(found)} files, expected at most {MAX_MEMBERS}")
            for info in found:
                _write(file, info, part / PurePosixPath(info.filename).name, f"{archive}, {info.filename}")
            install_folder(part, target) if replace else part.rename(target)
    except OSError:
        if replace or not target.is_dir():  # another process may have been first
            raise
    return target


def _inside(name: str, member: str) -> bool:
    """Tell whether a member is a file that a model needs, directly in the folder asked for."""
    path = PurePosixPath(name)
    at_any_root = path.parts[-3:-1] == PurePosixPath(member).parts and len(path.parts) <= 4
    return at_any_root and ".." not in path.parts and not path.is_absolute() and bool(_WANTED.fullmatch(path.name))


def _write(file: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, where: str) -> None:
    """Write one member, at most as many bytes as its header declares."""
    if info.file_size > MAX_MEMBER_BYTES:
        raise ValueError(f"{where}: expected at most {MAX_MEMBER_BYTES:,} bytes, got {info.file_size:,}")
    with open_member(file, info, where) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
