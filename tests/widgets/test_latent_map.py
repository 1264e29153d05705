"""`LatentMap` in Python: drawings, codes, selection, and what the page receives."""

import io
import json

import numpy as np
import pytest
import traitlets
from PIL import Image

import sketchkit
from sketchkit import Dataset, HParams, Sketch, SketchRNN
from sketchkit.data import doodles
from sketchkit.widgets import LatentMap, Morph
from sketchkit.widgets.export.arrays import pack_arrays
from sketchkit.widgets.export.notebook import models_of

FISH = [doodles.draw("fish", seed) for seed in range(12)]
STARS = [doodles.draw("star", seed) for seed in range(8)]


def new_model(seed=0, **sizes):
    h = HParams(**{"enc_rnn_size": 8, "dec_rnn_size": 8, "z_size": 4, "num_mixture": 2, "max_seq_len": 80, **sizes})
    return SketchRNN.new(h, 40.0, name=f"tiny{seed}", seed=seed)


@pytest.fixture(scope="module")
def tiny():
    return new_model()


@pytest.fixture
def both(tiny):
    return LatentMap({"fish": FISH, "star": STARS}, tiny)


def unpacked(part):
    types = {"float16": "<f2"}
    return {name: np.frombuffer(part.buffer, types.get(kind, kind), count, at)
            for name, (at, count, kind) in part.index.items()}  # fmt: skip


def test_map_shows_drawings_with_their_codes_and_categories(both, tiny):
    assert both.labels == ["fish"] * 12 + ["star"] * 8
    np.testing.assert_allclose(both.latent_codes, tiny.encode(FISH + STARS), atol=1e-6)
    assert both.positions.shape == (20, 2)
    assert both.color_by == "category"
    assert LatentMap(FISH, tiny).color_by == "length"
    assert LatentMap(Dataset.from_sketches(FISH[:9], FISH[9:]), tiny).labels == [""] * 12


@pytest.mark.parametrize("split", [None, "valid"])
def test_doodles_have_their_categories_in_the_order_of_the_dataset(tiny, split):
    chart = LatentMap("doodles", tiny, split=split, limit=300)
    splits, names = doodles.splits(), doodles.categories()
    chosen = [split] if split else ["train", "valid", "test"]
    drawings = [sketch for name in chosen for sketch in splits[name]]
    categories = [label for name in chosen for label in names[name]]
    assert chart.color_by == "category"
    for i, at in enumerate(chart.indices):
        assert chart.labels[i] == categories[at]
        np.testing.assert_array_equal(chart.drawings[i].offsets, drawings[at].offsets)
    assert {"house", "fish", "cat"} <= set(chart.labels)


def test_codes_of_the_dataset_can_be_given(tiny):
    codes = sketchkit.embed_codes(FISH, tiny)
    given = LatentMap(FISH, tiny, codes=codes, values={"speed": np.arange(12)}, limit=4)
    np.testing.assert_array_equal(given.latent_codes, codes[[0, 3, 6, 9]])
    assert given.indices.tolist() == [0, 3, 6, 9]
    assert given._map_layout.values["speed"].tolist() == [0, 3, 6, 9]


def test_codes_of_another_model_raise(tiny):
    with pytest.raises(ValueError, match=r"codes: expected shape \(12, 4\) for tiny0, got \(12, 5\)"):
        LatentMap(FISH, tiny, codes=np.zeros((12, 5)))
    mixed = FISH + STARS
    for wrong in (np.random.default_rng(1).normal(size=(20, 4)), np.roll(tiny.encode(mixed), 9, axis=0)):
        with pytest.raises(
            ValueError, match="codes: expected the codes of these drawings by tiny0, got codes of another"
        ):
            LatentMap(mixed, tiny, codes=wrong)


def test_drawings_without_a_code_are_left_out_and_counted_below_the_map(tiny):
    codes = tiny.encode(FISH)
    codes[3] = np.nan
    one = LatentMap(FISH, tiny, codes=codes)
    assert len(one.drawings) == 11
    assert 3 not in one.indices
    assert one._map["note"] == "1 drawing has no code (empty, or NaN), and 11 are on the map."
    assert LatentMap([Sketch([]), *FISH, Sketch([])], tiny)._map["note"].startswith("2 drawings have no code")
    with pytest.raises(ValueError, match="expected at least one finite code, got NaN or infinity for all 12 drawings"):
        LatentMap(FISH, tiny, codes=np.full((12, 4), np.nan))


def test_map_of_one_drawing(tiny):
    one = LatentMap(FISH[:1], tiny)
    assert one.positions.tolist() == [[0, 0]]
    np.testing.assert_allclose(one.code_at(0, 0), one.latent_codes[0], atol=1e-6)
    one.selection = [0]
    assert len(one.selected) == 1


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("selection", [20], "selection: expected indices from 0 to 19, got 20"),
        ("selection", [-1], "selection: expected indices from 0 to 19, got -1"),
        ("category", "fisch", "category: no 'fisch' on this map; did you mean 'fish'"),
        (
            "color_by",
            "loss",
            "color_by: no 'loss' on this map; expected one of 'category', 'length'",
        ),
    ],
)
def test_invalid_trait_raises_and_leaves_the_map_unchanged(both, trait, value, message):
    before = getattr(both, trait)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(both, trait, value)
    assert getattr(both, trait) == before


def test_invalid_arguments_raise(tiny):
    with pytest.raises(ValueError, match="projection: expected one of pca, umap, got 'tsne'"):
        LatentMap(FISH, tiny, projection="tsne")
    with pytest.raises(ValueError, match=r"values\['speed'\]: expected one number for each of 12 drawings, got shape"):
        LatentMap(FISH, tiny, values={"speed": [1, 2]})
    with pytest.raises(ValueError, match="needs a model with a latent code"):
        LatentMap(FISH, "omniglot")
    with pytest.raises(TypeError, match="has no argument 'colour_by'; did you mean 'color_by'"):
        LatentMap(FISH, tiny, colour_by="size")


def test_selection_gives_drawings_and_codes_for_a_dataset_or_a_morph(both, tiny):
    with pytest.raises(ValueError, match="expected at least one selected drawing, got none"):
        both.to_dataset()
    with pytest.raises(ValueError, match="expected two selected drawings, got 0"):
        both.frames()
    both.set_state({"selection": [13, 2, 13]})  # from the page
    assert both.selection == [13, 2]
    np.testing.assert_array_equal(both.selected[0].offsets, STARS[1].offsets)
    np.testing.assert_array_equal(both.selected_codes, both.latent_codes[[13, 2]])
    frames = both.frames(3)
    assert frames[0] == tiny.decode(both.selected_codes, seed=0, temperature=0.1)[0]
    assert Morph(tiny, *both.selected_codes).z_a == pytest.approx(both.selected_codes[0])
    both.selection = list(range(20))
    dataset = both.to_dataset("chosen")
    assert dataset.name == "chosen"
    assert [len(dataset.splits[split]) for split in ("train", "valid", "test")] == [16, 2, 2]


def test_code_at_a_drawing_is_the_code_of_the_drawing_and_nearby_codes_are_shifted_along_the_components(both):
    layout = both._map_layout
    for index in (0, 15):
        np.testing.assert_allclose(both.code_at(*both.positions[index]), both.latent_codes[index], atol=1e-4)
    farthest = int(np.argmax(np.linalg.norm(both.positions, axis=1)))
    place = both.positions[farthest] * 1.01
    step = both.code_at(*place) - both.latent_codes[farthest]
    np.testing.assert_allclose(layout.projection.axes @ step, place - both.positions[farthest], atol=0.02 * layout.unit)


def test_page_receives_positions_drawings_and_codes_by_key_and_not_in_the_state(both):
    sent = []
    both.send = lambda content, buffers=None: sent.append((content, buffers))
    for part in both._map["parts"].values():
        both._on_message(both, {"kind": "arrays", "key": part["key"]}, [])
    assert [buffers[0] for _, buffers in sent] == list(both.attachments().values())
    both._on_message(both, {"kind": "arrays", "key": "another"}, [])
    assert sent[-1][0]["error"] == "the map has since changed"
    parts = {name: unpacked(part) for name, part in both._map_layout.parts.items()}
    positions = parts["layout"]["positions"].reshape(-1, 2) / 32767 * both._map["unit"]
    np.testing.assert_allclose(positions, both.positions, atol=both._map["unit"] / 30000)
    np.testing.assert_allclose(parts["codes"]["codes"].reshape(-1, 4), both.latent_codes, atol=2e-3)
    starts, points = parts["drawings"]["starts"], parts["drawings"]["points"].reshape(-1, 2).astype(float)
    lifts = np.unpackbits(parts["drawings"]["lifts"], bitorder="little")
    for index, sketch in enumerate(FISH + STARS):
        rows = slice(starts[index], starts[index + 1])
        assert lifts[rows].tolist() == [0, *sketch.offsets[:, 2]]
        shown = (points[rows] - points[rows][0]) / 255 * sketch.extent
        expected = np.concatenate([np.zeros((1, 2)), np.cumsum(sketch.offsets[:, :2], axis=0)])
        np.testing.assert_allclose(shown, expected, atol=sketch.extent / 200)


def test_state_of_a_map_of_10000_drawings_is_small(tiny):
    large = LatentMap(FISH * 834, tiny, codes=np.tile(tiny.encode(FISH), (834, 1)))
    large.selection = list(range(10_000))
    assert len(json.dumps(large.get_state())) < 100_000


def test_assigning_a_model_lays_the_drawings_out_again(both):
    other, before = new_model(1), both._map
    both.selection = [3]
    both.model = other
    np.testing.assert_allclose(both.latent_codes, other.encode(FISH + STARS), atol=1e-6)
    assert both._map["parts"]["codes"]["key"] != before["parts"]["codes"]["key"]
    assert both._map["parts"]["drawings"]["key"] == before["parts"]["drawings"]["key"]
    assert (both.selection, both._card["name"]) == ([3], "tiny1")
    with pytest.raises(ValueError, match="needs a model with a latent code"):
        both.model = "omniglot"
    assert both.model is other


def test_maps_of_two_models_share_the_selection(both):
    box = both.beside(new_model(2, z_size=6), thumbnails=False)
    other = box.children[1]
    assert other.latent_codes.shape == (20, 6)
    assert other.color_by == "category"
    assert (both.thumbnails, other.thumbnails) == (True, False)
    assert both._group == other._group != ""
    both.selection = [4]
    assert other.selection == [4]
    other.category = "star"
    assert both.category == "star"


def test_static_image_shows_points_of_both_categories(both):
    pixels = np.asarray(Image.open(io.BytesIO(both._png())).convert("RGB")).reshape(-1, 3)
    for color in ([47, 98, 201], [217, 98, 43]):
        assert (pixels == color).all(axis=1).sum() > 20


def test_exported_page_contains_the_arrays_once(both, tmp_path):
    text = both.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    for key in both.attachments():
        assert text.count(f'id="sketchkit-{key}"') == 1


def test_saved_notebook_cannot_show_a_map(both):
    with pytest.raises(ValueError, match="its drawings are not in the notebook; export it with its method to_html"):
        models_of(both.get_state(), None)


def test_arrays_of_other_types_raise():
    with pytest.raises(ValueError, match="x: expected an array of uint8, uint16, .*, got float64"):
        pack_arrays({"x": np.zeros(3)})
