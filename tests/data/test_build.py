import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.build import build_dataset, preprocess
from sketchkit.data.collect import DrawingCollector
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import read_npz, write_npz
from sketchkit.formats.svg import read_svg
from sketchkit.render import draw, simplification
from sketchkit.sketch import Sketch

KINDS = ("star", "sun", "moon", "fish", "house", "tree")
DRAWINGS = [doodles.draw(name, seed) for name in KINDS for seed in range(5)]


def build(sources, out, **options):
    return build_dataset(sources, out, progress=False, **options)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with drawings, other files and damaged files."""
    path = tmp_path / "mine"
    (path / "more").mkdir(parents=True)
    for index, drawing in enumerate(DRAWINGS):
        draw(drawing).save(path / ("more" if index % 2 else ".") / f"{index:02}.svg")
    (path / "broken.svg").write_text("<svg")
    (path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (path / "notes.txt").write_text("mine")
    (path / ".hidden.svg").write_text("<svg")
    (path / "blank.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>')
    return path


def test_build_dataset_from_a_folder(folder, tmp_path):
    built = build(folder, tmp_path / "mine.npz")
    assert (built.num_read, dict(built.kept)) == (31, {"train": 24, "valid": 3, "test": 3})
    assert dict(built.dropped) == {"empty": 1}
    assert dict(built.skipped) == {"text": 1, ".txt file": 1}
    assert [Path(reason.split(": ")[0]).name for reason in built.errors] == ["broken.svg", "photo.jpg"]
    assert "raster image" in built.errors[1]
    dataset = Dataset.open(tmp_path / "mine.npz")
    shapes = {preprocess(drawing).offsets.tobytes() for drawing in DRAWINGS}
    # SVG coordinates are rounded to 0.01 px, so a point may be rounded to another integer.
    lengths = sorted(len(s) for split in dataset.splits.values() for s in split)
    assert np.abs(np.subtract(lengths, sorted(len(preprocess(d)) for d in DRAWINGS))).mean() < 1
    assert len(shapes) == 30
    for split in dataset.splits.values():
        for sketch in split:
            left, top, right, bottom = sketch.bounds
            assert max(right - left, bottom - top) == 255
            assert np.array_equal(sketch.offsets, np.rint(sketch.offsets))
    text, html = str(built), built._repr_html_()
    for part in (
        "31 drawings read, 30 kept",
        "dropped 1: empty",
        "broken.svg",
        "scale factor",
        "only 24 training drawings",
    ):
        assert part in text
        assert part in html
    assert html.count("<img") == 3


def test_build_dataset_is_reproducible(folder, tmp_path):
    files = [build(folder, tmp_path / f"{i}.npz", seed=seed).path for i, seed in enumerate((1, 1, 2))]
    assert files[0].read_bytes() == files[1].read_bytes()
    train = [[a.tolist() for a in read_npz(file)["train"]] for file in files]
    assert train[0] != train[2]


def test_build_dataset_writes_the_published_layout(tmp_path):
    path = build(DRAWINGS, tmp_path / "d.npz").path
    with np.load(path, allow_pickle=True, encoding="latin1") as loaded:
        assert loaded["train"][0].dtype == np.int16
        assert loaded["valid"][0].shape[1] == 3


@pytest.mark.parametrize("seed", range(5))
def test_build_dataset_keeps_duplicates_in_one_split(tmp_path, seed):
    moved = [drawing.scaled(0.5).moved_to(7, 7) for drawing in DRAWINGS[:20]]
    built = build([*DRAWINGS, *moved, *DRAWINGS[:10]], tmp_path / "d.npz", seed=seed, held_out=0.2)
    assert built.num_duplicates == 30
    splits = [{a.tobytes() for a in arrays} for arrays in read_npz(built.path).values()]
    assert sum(map(len, splits)) == len(set.union(*splits)) == 30
    assert 6 <= built.kept["valid"] <= 12


def test_collector_reads_every_type_of_source(folder, tmp_path):
    strokes = [stroke.tolist() for stroke in DRAWINGS[0].polylines()]
    offsets = DRAWINGS[0].offsets
    (tmp_path / "a.json").write_text(json.dumps([strokes, strokes]))
    (tmp_path / "a.csv").write_text(
        "stroke,x,y\n" + "".join(f"{i},{x},{y}\n" for i, s in enumerate(strokes) for x, y in s)
    )
    (tmp_path / "a.ndjson").write_text(
        "".join(
            json.dumps(
                {"recognized": ok, "countrycode": "SE", "drawing": [list(zip(*s, strict=True)) for s in strokes]}
            )
            + "\n"
            for ok in (True, False, True)
        )
        + '{"drawing": [[['
    )
    np.save(tmp_path / "a.npy", offsets)
    npz = build(DRAWINGS, tmp_path / "a.npz").path
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in sorted(folder.iterdir()):
            if path.is_file():
                archive.write(path, path.name)
        archive.write(tmp_path / "a.ndjson", "a.ndjson")

    def count(*sources, **options):
        collector = DrawingCollector(**options)
        return len(list(collector.read(*sources))), len(collector.errors)

    assert count(tmp_path / "a.json") == (2, 0)
    assert count(tmp_path / "a.csv") == (1, 0)
    assert count(tmp_path / "a.ndjson") == (3, 1)
    assert count(tmp_path / "a.ndjson", recognized=True) == (2, 1)
    assert count(tmp_path / "a.ndjson", countries=["FI"]) == (0, 1)
    assert count(tmp_path / "a.ndjson", limit=1) == (1, 0)
    assert count(str(tmp_path / "a.npy")) == (1, 0)
    assert count(npz) == (30, 0)
    assert count(tmp_path / "a.zip") == (15 + 1 + 3, 3)
    assert count("doodles", limit=2) == (2, 0)
    assert count(DRAWINGS[0]) == count(offsets) == count(strokes) == (1, 0)
    assert count([DRAWINGS[0], tmp_path / "a.json", offsets, [strokes, strokes]]) == (6, 0)


def test_collector_limits_zip_archives_and_does_not_extract_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    svg = draw(DRAWINGS[0]).text
    with zipfile.ZipFile("out.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../escaped.svg", svg)
        archive.writestr("/tmp/escaped.svg", svg)  # noqa: S108 - the file is never written
        archive.writestr("bomb.svg", b" " * (64 << 20))
        archive.writestr("__MACOSX/._a.svg", b"\0")
    collector = DrawingCollector()
    assert len(list(collector.read("out.zip"))) == 2
    (error,) = collector.errors
    assert str(error).startswith(f"{tmp_path / 'out.zip'}/bomb.svg: expected at most ")
    assert str(error).endswith("bytes unpacked, got 67,108,864")
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]
    Path("cut.zip").write_bytes(Path("out.zip").read_bytes()[:-40])
    collector = DrawingCollector()
    assert list(collector.read("cut.zip")) == []
    assert len(collector.errors) == 1


def test_build_dataset_counts_dropped_drawings(tmp_path):
    long = Sketch.from_polylines([[(i, 40 * (i % 2)) for i in range(100)]])
    dot = Sketch.from_polylines([[(5, 5)]])
    built = build([*DRAWINGS, long, dot, Sketch([])], tmp_path / "d.npz", max_seq_len=95)
    assert dict(built.dropped) == {"more than 95 points": 1, "only a dot": 1, "empty": 1}


@pytest.mark.parametrize(
    ("sources", "options", "says"),
    [
        ("nowhere", {}, "nowhere: no such file, folder or dataset"),
        ("empty", {}, "expected a folder of drawings"),
        ("photo.png", {}, "a PNG or JPEG file is a raster image"),
        ("words.txt", {}, "expected a folder or a file ending in .svg"),
        ([Sketch([])], {}, "no drawings left to write to d.npz: 1 empty"),
        ([], {}, "the sources contain none"),
        (DRAWINGS, {"held_out": 0.9}, "held_out"),
        (DRAWINGS, {"max_seq_len": 0}, "max_seq_len"),
        (DRAWINGS, {"epsilon": -1}, "epsilon"),
        (DRAWINGS, {"size": float("nan")}, "size"),
        (DRAWINGS, {"fills": "all"}, "fills"),
    ],
)
def test_build_dataset_errors_leave_the_existing_file(tmp_path, monkeypatch, sources, options, says):
    monkeypatch.chdir(tmp_path)
    Path("d.npz").write_text("before")
    Path("empty").mkdir()
    Path("photo.png").write_bytes(b"")
    Path("words.txt").write_text("a")
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        build(sources, "d.npz", **options)
    assert says in str(error.value)
    assert Path("d.npz").read_text() == "before"
    assert not list(tmp_path.glob(".d.npz*"))


def test_simplification_picture_counts_points():
    circle = read_svg(
        '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9" stroke="red" fill="none"/></svg>', size=255
    )
    picture = simplification(circle, (0.2, 3.0), chosen=3.0)
    for text in (f"{len(circle)} points", *(f"ε {e:g}: {len(circle.simplified(e))} points" for e in (0.2, 3.0))):
        assert text in picture.text
    assert simplification([]).width > 0
    assert "circle" in simplification(Sketch.from_polylines([[(1, 1)]])).text


def test_build_dataset_does_not_replace_a_source(tmp_path):
    write_npz({"train": [doodles.draw("sun", seed) for seed in range(4)]}, tmp_path / "mine.npz")
    before = (tmp_path / "mine.npz").read_bytes()
    (tmp_path / "link.npz").symlink_to(tmp_path / "mine.npz")
    for sources in (tmp_path / "mine.npz", [str(tmp_path / "link.npz"), "doodles"]):
        with pytest.raises(ValueError, match="is one of the sources and would be replaced"):
            build_dataset(sources, tmp_path / "mine.npz", progress=False)
    assert (tmp_path / "mine.npz").read_bytes() == before


@pytest.mark.parametrize("held_out", [0.01, 0.1, 0.4])
@pytest.mark.parametrize("copies", [[1, 1, 1], [1, 1, 1, 1], [97, 1, 1, 1], [1, 1, 97], [30, 30, 30], [2] * 5])
def test_every_split_has_a_drawing_if_there_are_three_different_ones(tmp_path, copies, held_out):
    drawings = [drawing for drawing, n in zip(DRAWINGS, copies, strict=False) for _ in range(n)]
    for seed in range(5):
        kept = build(drawings, tmp_path / f"{seed}.npz", seed=seed, held_out=held_out).kept
        assert sum(kept.values()) == sum(copies)
        assert min(kept.values()) >= 1
