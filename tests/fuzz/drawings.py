"""Files of drawings: valid ones of every layout, and changed ones."""

from __future__ import annotations

import csv
import gzip
import io
import pickle
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.fuzz.mutate import change_bytes, change_json, dumped

COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def polylines(random: Random) -> list[list[list[int]]]:
    return [
        [[random.randint(0, 255), random.randint(0, 255)] for _ in range(random.randint(1, 9))]
        for _ in range(random.randint(1, 4))
    ]


def stroke3(random: Random, n: int | None = None) -> list[list[int]]:
    n = random.randint(1, 12) if n is None else n
    return [[random.randint(-20, 20), random.randint(-20, 20), int(random.random() < 0.2)] for _ in range(n)]


def stroke5(random: Random, n: int | None = None) -> list[list[float]]:
    rows = [[x, y, 1 - pen, pen, 0] for x, y, pen in stroke3(random, n)]
    return [*rows, [0, 0, 0, 0, 1]]


# NumPy ------------------------------------------------------------------------------------------------


def array(random: Random) -> bytes:
    """Return an .npy file."""
    return changed_array(random, _header_and_data(random))


def _header_and_data(random: Random) -> tuple[dict[str, Any], bytes]:
    dtype = random.choice(("i1", "<i2", ">i2", "<i4", "<i8", "<f2", "<f4", "<f8", ">f8", "u1", "b1"))
    count = random.randint(0, 6)
    kind = random.randrange(9)
    if kind < 2:
        n = random.randint(1, 6)
        value = np.array([stroke3(random, n) for _ in range(count)] or [[]]).astype(dtype)
        order = random.choice("CF")
        header = {"descr": value.dtype.str, "fortran_order": order == "F", "shape": value.shape}
        return header, value.tobytes(order)
    if kind == 2:
        value = np.array(stroke5(random) if random.random() < 0.5 else stroke3(random)).astype(dtype)
        return {"descr": value.dtype.str, "fortran_order": False, "shape": value.shape}, value.tobytes()
    makers = (stroke3, stroke5, polylines)
    drawings: list[Any] = [random.choice(makers)(random) for _ in range(count)]
    if kind < 7:
        drawings = [np.array(d).astype(dtype) if np.ndim(d[0][0]) == 0 else d for d in drawings]
    if kind == 7 and drawings:
        drawings[random.randrange(len(drawings))] = random.choice(
            (
                None,
                "x",
                b"x",
                7,
                0.5,
                [],
                {},
                {1},
                print,
                np.float32(3),
                np.datetime64("2000"),
                [[1, "x", 0]],
                [None, 1],
                np.array([1 + 2j]),
                np.zeros((2, 3), "S4"),
                np.full((2, 3), np.nan),
                [[10**400, 1, 0]],
                drawings[:1] * 50,
            )
        )
    objects = np.empty(len(drawings), dtype=object)
    for index, drawing in enumerate(drawings):
        objects[index] = drawing
    return (
        {"descr": "|O", "fortran_order": False, "shape": objects.shape},
        pickle.dumps(objects, random.choice((0, 1, 2, 3, 4, 4, 5))),
    )


def changed_array(random: Random, made: tuple[dict[str, Any], bytes]) -> bytes:
    header, data = made
    if random.random() < 0.2:
        data = change_bytes(random, data)
    if random.random() < 0.1:
        header[random.choice(("shape", "descr", "fortran_order", "x"))] = random.choice(
            (
                (),
                (-1,),
                (2**62, 3),
                (3,),
                (2, 2, 3),
                "<f8",
                "|O",
                "|V0",
                [("a", "<f4")],
                "<c8",
                "M8[s]",
                None,
                1,
                "x" * 50,
            )
        )
    text = repr(header).encode()
    if random.random() < 0.05:
        text = change_bytes(random, text)
    if random.random() < 0.02:
        text = b"-" * 9000 + b"1" if random.random() < 0.5 else b"[" * 300
    magic = random.choice((*[b"\x01\x00"] * 12, b"\x02\x00", b"\x03\x00", b"\x09\x00"))
    length = len(text).to_bytes(2 if magic[0] == 1 else 4, "little")
    return b"\x93NUMPY" + magic + length + text + data


def packed(random: Random, members: list[tuple[str, bytes]]) -> bytes:
    """Return a zip archive, sometimes with changed bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", random.choice(COMPRESSIONS)) as archive:
        for name, data in members:
            archive.writestr(name, data)
    data = file.getvalue()
    return change_bytes(random, data, 6) if random.random() < 0.25 else data


def npz(random: Random, folder: Path) -> Path:
    names = random.sample(("train.npy", "valid.npy", "test.npy", "x.npy", "train"), random.randint(1, 4))
    names = [*names, "train.npy"] if random.random() < 0.8 and "train.npy" not in names else names
    return _written(folder / "drawings.npz", packed(random, [(name, array(random)) for name in names]))


def npy(random: Random, folder: Path) -> Path:
    return _written(folder / "drawings.npy", array(random))


# Text -------------------------------------------------------------------------------------------------


def record(random: Random) -> dict[str, Any]:
    """Return a record of Quick, Draw!, simplified or raw."""
    raw = random.random() < 0.3
    strokes = []
    for points in polylines(random):
        xs, ys = ([point[i] for point in points] for i in (0, 1))
        strokes.append([xs, ys, list(range(len(xs)))] if raw else [xs, ys])
    return {"word": "cat", "countrycode": "SE", "recognized": random.random() < 0.5, "drawing": strokes}


def json_value(random: Random) -> Any:
    """Return drawings as one of the JSON layouts."""
    points = [[{"x": x, "y": y, "time": 1} for x, y in stroke] for stroke in polylines(random)]
    rows = [number for row in stroke3(random) for number in row]
    return random.choice(
        (
            polylines(random),
            [polylines(random) for _ in range(4)],
            stroke3(random),
            [stroke5(random), stroke5(random)],
            record(random),
            [record(random), record(random)],
            {"start": [1, 2], "rows": rows},
            points,
            [{"points": stroke, "penColor": "black"} for stroke in points],
            {"strokes": points},
            {"lines": [{"points": points[0]}]},
            [{"start": [1, 2], "rows": rows}] * 2,
            [{"x": [1, 2], "y": [3, 4]}],
        )
    )


def json_text(random: Random) -> bytes:
    value = json_value(random)
    if random.random() < 0.6:
        value = change_json(random, value)
    data = dumped(value)
    if random.random() < 0.1:
        data = data.decode("utf-8", "surrogatepass").encode(random.choice(("utf-8-sig", "utf-16", "utf-32")), "replace")
    return change_bytes(random, data) if random.random() < 0.3 else data


def json_lines(random: Random) -> bytes:
    lines = []
    for _ in range(random.randint(1, 6)):
        value = record(random) if random.random() < 0.8 else json_value(random)
        lines.append(dumped(change_json(random, value) if random.random() < 0.3 else value))
    data = random.choice((b"\n", b"\r\n", b"\n\n")).join(lines)
    return change_bytes(random, data) if random.random() < 0.3 else data


def table(random: Random) -> bytes:
    file = io.StringIO()
    rows = csv.writer(file, delimiter=random.choice(",;\t"))
    if random.random() < 0.3:
        rows.writerow(["countrycode", "drawing", "recognized", "word"])
        for _ in range(3):
            drawing = record(random)["drawing"]
            value = change_json(random, drawing) if random.random() < 0.3 else drawing
            rows.writerow(["SE", dumped(value).decode("utf-8", "replace"), "True", "cat"])
    else:
        if random.random() < 0.7:
            rows.writerow(["drawing", "stroke", "x", "y"])
        for drawing in range(3):
            for stroke, points in enumerate(polylines(random)):
                rows.writerows([drawing, stroke, *point] for point in points)
    data = file.getvalue().encode()
    return change_bytes(random, data) if random.random() < 0.6 else data


_ELEMENTS = (
    '<path d="{d}"/>',
    '<rect x="{n}" y="{n}" width="{n}" height="{n}" rx="{n}"/>',
    '<circle cx="{n}" cy="{n}" r="{n}"/>',
    '<ellipse cx="{n}" rx="{n}" ry="{n}"/>',
    '<line x1="{n}" y1="{n}" x2="{n}" y2="{n}"/>',
    '<polyline points="{p}"/>',
    '<polygon points="{p}"/>',
    '<g transform="{t}" stroke="{c}">{e}</g>',
    '<use href="#a" x="{n}" y="{n}"/>',
    '<svg viewBox="{p}" width="{n}">{e}</svg>',
    '<symbol id="a" viewBox="{p}">{e}</symbol>',
    "<switch>{e}</switch>",
    "<style>{s}</style>",
    "<text>{n}</text>",
    "<defs>{e}</defs>",
    '<g id="a" class="b" style="{y}">{e}</g>',
    "<a>{e}{e}</a>",
)


def _filled(random: Random, template: str, depth: int = 0) -> str:
    def number(_: Random = random) -> str:
        unit = random.choice(("", "", "", "px", "%", "em", "mm", "e3", "x"))
        return f"{random.choice((random.uniform(-90, 90), random.randint(0, 99), 0, 1e9, 1e300)):.4g}{unit}"

    parts = {
        "{n}": number,
        "{p}": lambda: " ".join(number() for _ in range(random.randint(0, 8))),
        "{d}": lambda: "".join(
            random.choice("MmLlHhVvCcSsQqTtAaZz") + " ".join(number() for _ in range(random.randint(0, 7)))
            for _ in range(random.randint(1, 8))
        ),
        "{t}": lambda: (
            f"{random.choice(('translate', 'scale', 'rotate', 'skewX', 'matrix', 'x'))}({number()},{number()})"
        ),
        "{c}": lambda: random.choice(("red", "none", "#12", "rgb(1,2,3)", "rgba(0,0,0,0)", "var(--x)", "url(#a)", "x")),
        "{s}": lambda: random.choice(
            (
                ".b{stroke:red}",
                "@media print{*{fill:red}}",
                "#a>path{d:path('M0 0')}",
                "*{stroke:var(--x",
                "g:not(.b){}",
            )
        ),
        "{y}": lambda: f"stroke:{random.choice(('red', 'none'))};transform:rotate({number()});opacity:{number()}",
        "{e}": lambda: _filled(random, random.choice(_ELEMENTS), depth + 1) if depth < 6 else "",
    }
    for mark, make in parts.items():
        while mark in template:
            template = template.replace(mark, make(), 1)
    return template


def svg_text(random: Random) -> bytes:
    body = "".join(_filled(random, random.choice(_ELEMENTS)) for _ in range(random.randint(1, 6)))
    size = "" if random.random() < 0.4 else _filled(random, ' viewBox="{p}" width="{n}" height="{n}"')
    begin = random.choice(("", '<?xml version="1.0" encoding="utf-16"?>', '<!DOCTYPE svg [<!ENTITY a "1">]>', "\ufeff"))
    text = f'{begin}<svg xmlns="http://www.w3.org/2000/svg"{size} stroke="black">{body}</svg>'
    data = text.encode(random.choice(("utf-8", "utf-8", "utf-8", "utf-16", "latin1")), "replace")
    return change_bytes(random, data) if random.random() < 0.4 else data


def _text_file(name: str, make: Any, *endings: str) -> Any:
    def written(random: Random, folder: Path) -> Path:
        data, ending = make(random), random.choice(endings)
        if random.random() < 0.1:
            data = gzip.compress(data)
            data, ending = change_bytes(random, data) if random.random() < 0.4 else data, f"{ending}.gz"
        return _written(folder / f"{name}{ending}", data)

    return written


ndjson = _text_file("lines", json_lines, ".ndjson", ".jsonl", ".NDJSON", ".json")
json_file = _text_file("drawings", json_text, ".json", ".JSON", ".ndjson")
csv_file = _text_file("table", table, ".csv", ".CSV", ".tsv")
svg = _text_file("drawing", svg_text, ".svg", ".SVG")


# Zips of drawings -------------------------------------------------------------------------------------


def zip_file(random: Random, folder: Path) -> Path:
    makers = (
        ("a.svg", svg_text),
        ("b.json", json_text),
        ("c.ndjson", json_lines),
        ("d.csv", table),
        ("e.npy", array),
        ("f.npz", lambda r: packed(r, [("train.npy", array(r))])),
        ("g.txt", lambda r: b"x"),
        ("h.png", lambda r: b"\x89PNG"),
        ("i.zip", lambda r: packed(r, [])),
        ("j.svgz", lambda r: gzip.compress(svg_text(r))),
        ("../k.svg", svg_text),
        ("l.ndjson.gz", lambda r: gzip.compress(json_lines(r))),
        ("m", json_text),
        ("n\udcff.json", json_text),
    )
    members = []
    for name, make in random.sample(makers, random.randint(0, 5)):
        data = make(random)
        members.append(
            (name.encode("utf-8", "replace").decode(), change_bytes(random, data) if random.random() < 0.2 else data)
        )
    return _written(folder / "drawings.zip", packed(random, members))


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
