"""Binary model files for web pages (`*.sk`): one file with the properties and the packed weights of a model.

A file consists of `MAGIC` (8 bytes), the version and the length of the header (unsigned 32-bit integers), the header
(JSON in UTF-8, padded with spaces to a multiple of 8 bytes), and the tensors. The header contains `card` (the
properties that widgets show), `key`, `config` and `index` (see `sketchkit.widgets.export.packing.Packed`), and `bytes`,
the length of the tensors. All integers and numbers are little-endian.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.widgets.export.packing import describe, pack

__all__ = ["MAGIC", "VERSION", "as_script", "as_text", "model_card", "model_file"]

MAGIC, VERSION = b"SKMODEL\n", 1


def model_file(model: SketchRNN, dtype: str | None = "float16") -> bytes:
    """Return the content of a model file.

    Parameters
    ----------
    model : SketchRNN
        The model.
    dtype : {"float16", "float32", "int8"}, optional
        Precision of the weights, as in `sketchkit.embed`. None stands for float16 if the conversion is
        exact, else for float32.

    Raises
    ------
    ValueError
        If the precision is unknown, or a weight is too large for it.
    """
    packed = pack(model, dtype)
    card = {**describe(model), "key": packed.key, "temperature": model.sampling.temperature}
    header = json.dumps({"card": card, **packed.message, "bytes": len(packed.buffer)}).encode()
    header += b" " * (-len(header) % 8)
    return MAGIC + struct.pack("<II", VERSION, len(header)) + header + packed.buffer


def model_card(content: bytes) -> dict[str, Any]:
    """Return the properties in the header of a model file that `model_file` has returned."""
    start = len(MAGIC) + 8
    (length,) = struct.unpack_from("<I", content, start - 4)
    return dict(json.loads(content[start : start + length])["card"])


def as_text(content: bytes) -> str:
    """Return a file as text for an element of a page: deflated and encoded in base64."""
    return base64.b64encode(zlib.compress(content, 9)).decode()


def as_script(content: bytes) -> str:
    """Return a file as a script, because browsers do not let pages that are opened from disk read other files."""
    return f'globalThis.__sketchkitModel = "{as_text(content)}";\n'
