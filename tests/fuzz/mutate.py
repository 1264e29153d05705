"""Changes to bytes and to JSON values, chosen by a random generator."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

#: Byte strings that have a meaning in one of the formats, or are at the limits of numeric ranges.
TOKENS = (
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\n",
    b"\r\n",
    b'"',
    b"'",
    b",",
    b"[",
    b"]",
    b"{",
    b"}",
    b"<",
    b">",
    b"&",
    b"NaN",
    b"Infinity",
    b"-1",
    b"1e999",
    b"9" * 400,
    b"PK\x03\x04",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x93NUMPY",
    b"\x1f\x8b",
    b"(((((",
    b"null",
    b"true",
    b"1L",
    b"\xed\xa0\x80",
    b"%",
    b"\\u0000",
)


def change_bytes(random: Random, data: bytes, most: int = 4) -> bytes:
    """Return bytes with one to `most` changes: flips, cuts, copies, insertions, tokens."""
    changed = bytearray(data)
    for _ in range(random.randint(1, most)):
        at = random.randrange(len(changed) + 1)
        end = min(at + random.choice((1, 1, 2, 4, 16, 64)), len(changed))
        kind = random.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << random.randrange(8)
        elif kind == 1 and at < len(changed):
            changed[at] = random.randrange(256)
        elif kind == 2:
            del changed[at:end]
        elif kind == 3:
            changed[at:at] = changed[at:end] * random.choice((1, 2, 50))
        elif kind == 4:
            token = random.choice(TOKENS)
            changed[at : at + len(token) * random.randrange(2)] = token
        elif kind == 5:
            changed[at:end] = random.randbytes(end - at)
        elif random.random() < 0.3:
            del changed[at:]
    return bytes(changed)


def odd_value(random: Random) -> Any:
    """Return a value that a reader of JSON may not expect."""
    deep: Any = 0
    for _ in range(random.choice((3, 8, 300, 900))):
        deep = [deep] if random.random() < 0.9 else {"x": deep}
    return random.choice(
        (
            None,
            True,
            False,
            0,
            -1,
            1,
            3,
            0.5,
            -1e-300,
            1e308,
            float("nan"),
            float("inf"),
            10**25,
            10**400,
            "",
            "x",
            "1",
            "\ud800",
            "\0",
            "a" * 3000,
            [],
            {},
            [[]],
            [None],
            ["x"],
            [[1, 2]],
            [[1, 2, 3]],
            [0] * 50,
            {"": 0},
            {"x": 1, "y": 2},
            {"points": []},
            {"drawing": 7},
            {"rows": "x"},
            deep,
        )
    )


def change_json(random: Random, value: Any, most: int = 3) -> Any:
    """Return a copy of a JSON value with one to `most` of its parts replaced, removed, renamed, repeated or moved."""
    root = [copy.deepcopy(value)]
    for _ in range(random.randint(1, most)):
        holder, key = _place(random, root)
        kind = random.randrange(6)
        if kind < 3:
            holder[key] = odd_value(random)
        elif kind == 3 and holder is not root:
            del holder[key]
        elif kind == 4 and isinstance(holder, dict):
            holder[random.choice((key + "x", key.upper(), "", "x", "drawing", "points"))] = holder.pop(key)
        elif kind == 5:
            holder[key] = [holder[key]] * random.choice((0, 1, 2, 30))
    return root[0]


def _place(random: Random, root: list[Any]) -> tuple[Any, Any]:
    """Return a random container within a value, and a key or an index of it."""
    holder, key = root, 0
    while random.random() < 0.8:
        inner = holder[key]
        if not isinstance(inner, (list, dict)) or not inner:
            break
        holder, key = inner, random.choice(list(inner)) if isinstance(inner, dict) else random.randrange(len(inner))
    return holder, key


def dumped(value: Any) -> bytes:
    """Return a value as JSON text, which may contain NaN and other extensions."""
    return json.dumps(value).encode("utf-8", "surrogatepass")
