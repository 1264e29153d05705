import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchkit import Dataset, Sketch
from sketchkit.data.doodles import draw
from sketchkit.data.orientation import ORIENTATIONS, orientation_probabilities, reorient

ODD = {3: 2, 20: 1, 31: 3}  # orientations of some houses: upside down, or turned to one side


@pytest.fixture(scope="module")
def houses():
    return [draw("house", seed) for seed in range(80)]


def findings(drawings):
    report = Dataset.from_sketches(drawings, drawings[:2]).report()
    return {f.message: f.drawings for f in report.findings if "mirrored or rotated" in f.message}


def test_report_shows_misoriented_drawings_and_corrections(houses):
    mixed = [reorient(house, ODD.get(i, 0)) for i, house in enumerate(houses)]
    ((text, shown),) = findings(mixed).items()
    assert text.startswith("3 of 80 sampled drawings")
    # A house is similar to its mirror image, so the correction may be mirrored, but it is upright.
    for i in ODD:
        place = next(k for k in (0, 2, 4) if np.array_equal(shown[k].offsets, mixed[i].offsets))
        assert shown[place + 1].bounds[3] - shown[place + 1].bounds[1] == pytest.approx(
            houses[i].bounds[3] - houses[i].bounds[1]
        )
    assert 'alt="examples"' in Dataset.from_sketches(mixed, mixed[:2])._repr_html_()


def test_report_of_uniform_or_symmetric_drawings_has_no_finding(houses):
    assert not findings(houses)
    rng = np.random.default_rng(0)
    angles = np.linspace(0, 2 * np.pi, 30)
    circles = [
        Sketch.from_polylines([np.column_stack([np.cos(angles + turn), np.sin(angles + turn)]) * 50])
        for turn in rng.uniform(0, 2 * np.pi, 40)
    ]
    assert not findings(circles)
    assert orientation_probabilities(circles) == pytest.approx(1 / 8, abs=0.05)
    assert not findings([*circles, Sketch([[0, 0, 1]])])  # a dot has no orientation


def test_orientation_probabilities_find_reoriented_sheep(published_data):
    train = Dataset.open(published_data / "aaron_sheep/aaron_sheep.npz").train
    sheep = [train[i] for i in range(0, 4000, 8)]
    mixed = [reorient(each, 0 if i % 25 else 1 + i // 25 % 7) for i, each in enumerate(sheep)]
    found = orientation_probabilities(mixed)[:, 0] < 0.01
    # Not all reoriented sheep are found: some are almost round, or faced the other way before they were reoriented.
    assert found[::25].mean() > 1 / 3
    assert found.sum() - found[::25].sum() < 0.02 * len(sheep)


def test_reorient_keeps_the_start():
    drawing = Sketch(draw("boat", 1).offsets, (30, 40))
    assert reorient(drawing, 0) == drawing
    assert {reorient(drawing, way).start for way in range(8)} == {drawing.start}


@given(st.sampled_from(range(8)), st.integers(0, 30))
@settings(max_examples=20)
def test_reorient_has_an_inverse(way, seed):
    drawing = draw("boat", seed)
    mirrored, quarters = ORIENTATIONS[way]
    back = way if mirrored else -quarters % 4  # a reflection is its own inverse
    assert np.allclose(reorient(reorient(drawing, way), back).offsets, drawing.offsets)
    left, top, right, bottom = drawing.bounds
    turned = reorient(drawing, way).bounds
    sides = (right - left, bottom - top)
    assert (turned[2] - turned[0], turned[3] - turned[1]) == pytest.approx(sides[::-1] if quarters % 2 else sides)
