"""Files that the pages of a site share: the script, the styles, and the models, each of which is written once."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.storage.atomic import atomic_write
from sketchkit.widgets.export.bundle import site_script, stylesheet
from sketchkit.widgets.export.model_file import as_script, model_card, model_file

__all__ = ["SharedFiles"]

#: Content of a model file at a precision. Cached, because each page with the model needs the properties in its header.
_content = cache(model_file)


class SharedFiles:
    """Writer of the shared files of a site. The path of each file contains a hash of its content.

    Parameters
    ----------
    folder : Path
        Folder of the files. Existing files are not written again, and files of earlier versions stay.
    dtype : str or None
        Precision of the weights, as in `sketchkit.widgets.export.packing.pack`.
    """

    def __init__(self, folder: Path, dtype: str | None) -> None:
        self.folder, self.dtype = folder, dtype

    def script(self) -> str:
        """Write the script of all pages, and return its path in the folder."""
        return self._write_named("sketchkit", "js", site_script())

    def styles(self, own: str) -> str:
        """Write the stylesheet of the widgets with rules of the site, and return its path in the folder."""
        return self._write_named("sketchkit", "css", stylesheet() + own)

    def model(self, name: str, model: SketchRNN) -> tuple[dict[str, Any], str]:
        """Write a model as a script, and return its properties and its path in the folder.

        The name of the file is the name of the model, which the widgets show.
        """
        content = _content(model, self.dtype)
        card = model_card(content)
        path = f"{card['key']}/{re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('.-') or 'model'}.sk.js"
        if not (self.folder / path).exists():
            self._write(path, as_script(content))
        return card, path

    def arrays(self, key: str, buffer: bytes) -> str:
        """Write a buffer of a widget as a script, and return its path in the folder; its key is a hash."""
        path = f"{key}.js"
        if not (self.folder / path).exists():
            self._write(path, as_script(buffer))
        return path

    def _write_named(self, name: str, suffix: str, text: str) -> str:
        path = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.{suffix}"
        if not (self.folder / path).exists():
            self._write(path, text)
        return path

    def _write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.folder / path) as part:
            part.write_text(text, encoding="utf-8")
