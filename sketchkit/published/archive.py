"""Extraction of single models from the published archive of TF1 models."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path, PurePosixPath

from sketchkit.formats.compressed import open_member, open_zip
from sketchkit.storage.atomic import install_folder, temporary_folder

__all__ = ["unpack"]

#: Maximum unpacked size of a member, in bytes, and maximum number of members of a model.
MAX_MEMBER_BYTES, MAX_MEMBERS = 256 << 20, 64
MAX_ARCHIVE_BYTES = 16 << 30
_MODEL_FILE = re.compile(r"checkpoint|model_config\.json|vector-\d{1,12}\.(index|data-\d{5}-of-\d{5})")


def unpack(archive: Path, member: str, target: Path, *, replace: bool = False) -> Path:
    """Extract the folder of one model from the archive, atomically.

    Parameters
    ----------
    archive : Path
        The zip archive.
    member : str
        Folder in the archive, such as `aaron_sheep/lstm`.
    target : Path
        Folder to create.
    replace : bool
        Whether to replace an existing `target`. By default, an existing folder is kept.

    Returns
    -------
    Path
        `target`.

    Raises
    ------
    ValueError
        If the archive is damaged, does not contain the folder, or declares more files or bytes than a model can have.
    """
    if target.is_dir() and not replace:
        return target
    try:
        with temporary_folder(target) as part, open_zip(archive, str(archive), limit=MAX_ARCHIVE_BYTES) as file:
            members = [info for info in file.infolist() if _is_model_file(info.filename, member)]
            if not members:
                raise ValueError(f"{archive}: expected a model {member!r}, but the archive does not contain it")
            if len(members) > MAX_MEMBERS:
                raise ValueError(f"{archive}, {member}: expected at most {MAX_MEMBERS} files, got {len(members)}")
            for info in members:
                _write(file, info, part / PurePosixPath(info.filename).name, f"{archive}, {info.filename}")
            install_folder(part, target) if replace else part.rename(target)
    except OSError:
        if replace or not target.is_dir():  # if the folder exists, another process has created it
            raise
    return target


def _is_model_file(name: str, member: str) -> bool:
    """Return whether an archive member is a file of the model in the folder `member`."""
    path = PurePosixPath(name)
    at_any_root = path.parts[-3:-1] == PurePosixPath(member).parts and len(path.parts) <= 4
    return at_any_root and ".." not in path.parts and not path.is_absolute() and bool(_MODEL_FILE.fullmatch(path.name))


def _write(file: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, where: str) -> None:
    """Extract one member to a file; raise ValueError if it has more bytes than its header declares."""
    if info.file_size > MAX_MEMBER_BYTES:
        raise ValueError(f"{where}: expected at most {MAX_MEMBER_BYTES:,} bytes, got {info.file_size:,}")
    with open_member(file, info, where) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
