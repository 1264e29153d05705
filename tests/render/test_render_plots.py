"""Plots: positions and values of densities, curves, points and histograms."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchkit.render.plots.curves import loss_curves
from sketchkit.render.plots.density import density
from sketchkit.render.plots.latent_scatter import latent_scatter
from sketchkit.render.plots.lengths import length_histogram
from sketchkit.sketch import Sketch

SKETCH = Sketch([[60, 0, 0], [0, 40, 1], [-30, 0, 0], [0, -20, 1]], start=(100, 200))


def mixture(sketch=SKETCH, mu=(10.0, -20.0), sigma=(4.0, 4.0), rho=0.0, components=3):
    """Return a mixture whose first component has most of the weight."""
    rows = len(sketch) + 1
    pi = np.full((rows, components), 0.1)
    pi[:, 0] = 1 - 0.1 * (components - 1)
    means = np.full((rows, components, 2), 30.0)
    means[:, 0] = mu
    return SimpleNamespace(
        pi=pi,
        mu=means,
        sigma=np.broadcast_to(sigma, (rows, components, 2)),
        rho=np.full((rows, components), rho),
        pen=np.tile([0.7, 0.2, 0.1], (rows, 1)),
    )


def heat(plot):
    """Return the raster and the x and y coordinates of its samples."""
    image = plot.axes[0].images[0]
    left, right, bottom, top = image.get_extent()
    values = np.asarray(image.get_array())
    lines, columns = values.shape
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = top + (np.arange(lines) + 0.5) * (bottom - top) / lines
    return values, x, y


def peak(plot):
    values, x, y = heat(plot)
    row, column = np.unravel_index(values.argmax(), values.shape)
    return np.array([x[column], y[row]]), x[1] - x[0]


@settings(max_examples=25, deadline=None)
@given(
    st.integers(-5, 4),
    st.floats(-80, 80),
    st.floats(-80, 80),
    st.floats(1e-6, 20),
    st.sampled_from([0.0, 0.9, -0.9]),
)
def test_density_peaks_at_the_most_likely_point(step, x, y, sigma, rho):
    single_component = mixture(mu=(x, y), sigma=(sigma, sigma), rho=rho, components=1)
    place, pixel = peak(density(single_component, SKETCH, step, resolution=120))
    expected = SKETCH.points()[step] + (x, y)
    assert np.abs(place - expected).max() <= pixel


@pytest.mark.parametrize("rho", [1.0, -1.0])
def test_density_with_correlation_one_is_a_ridge(rho):
    values, x, y = heat(density(mixture(mu=(10, -20), sigma=(8, 8), rho=rho, components=1), SKETCH, 0))
    dx, dy = np.meshgrid(x - 110, y - 180)
    hot = values > values.max() / 4
    assert hot.sum() > 30
    assert np.abs(dy - rho * dx)[hot].max() < 3 * (x[1] - x[0])
    assert np.abs((values * dx).sum() / values.sum()) < 0.5


def test_density_integrates_to_one():
    values, x, y = heat(density(mixture(rho=0.6), SKETCH, 2, extent=(50, 100, 300, 350)))
    assert values.sum() * (x[1] - x[0]) * (y[1] - y[0]) == pytest.approx(1, abs=1e-3)


def test_density_matches_the_bivariate_normal():
    values, x, y = heat(density(mixture(sigma=(6, 3), rho=0.5, components=1), SKETCH, 0, resolution=400))
    dx, dy = np.meshgrid(x - 110, y - 180)
    z = (dx / 6) ** 2 + (dy / 3) ** 2 - 2 * 0.5 * dx * dy / 18
    expected = np.exp(-z / (2 * 0.75)) / (2 * np.pi * 18 * np.sqrt(0.75))
    np.testing.assert_allclose(values, expected, atol=0.01 * expected.max())


def test_density_with_positive_correlation_is_slanted():
    values, x, y = heat(density(mixture(rho=0.9, components=1), SKETCH, 0))
    dx, dy = np.meshgrid(x - 110, y - 180)
    assert (values * dx * dy).sum() > 0


def test_density_y_axis_points_down_and_aspect_is_equal():
    axes = density(mixture(), SKETCH).axes[0]
    bottom, top = axes.get_ylim()
    assert bottom > top
    left, right = axes.get_xlim()
    box = axes.get_window_extent()
    assert (right - left) / (bottom - top) == pytest.approx(box.width / box.height, rel=1e-3)


@pytest.mark.parametrize(("step", "strokes"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (-1, 2), (-5, 0)])
def test_density_shows_only_the_rows_before_step(step, strokes):
    plot = density(mixture(), SKETCH, step)
    *drawn, tip = plot.axes[0].lines
    assert len(drawn) == strokes
    np.testing.assert_allclose(tip.get_xydata()[0], SKETCH.points()[step])
    left, right = plot.axes[0].get_xlim()
    bottom, top = plot.axes[0].get_ylim()
    for line in drawn:
        points = line.get_xydata()
        assert (points > (left, top)).all()
        assert (points < (right, bottom)).all()


def test_density_labels_the_pen_probabilities():
    words = [text.get_text() for text in density(mixture(), SKETCH).axes[1].texts]
    assert words == ["pen down 70%", "pen up 20%", "end 10%"]


def test_density_of_an_empty_sketch_and_a_distant_extent(tmp_path):
    empty = Sketch([])
    density(mixture(empty), empty).save(tmp_path / "a.png")
    density(mixture(), SKETCH, extent=(1e6, 1e6, 1e6 + 1, 1e6 + 9)).save(tmp_path / "b.png")


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({}, {"step": 5}, "step: expected -5 to 4 for a sketch of 4 rows, got 5"),
        ({}, {"extent": (0, 0, 0, 1)}, "extent: expected"),
        ({}, {"resolution": 1}, "resolution: expected 2 to 2000, got 1"),
        ({"pi": np.ones(3)}, {}, r"mixture.pi: expected shape \(5, M\), got \(3,\)"),
        ({"mu": np.ones((4, 3, 2))}, {}, r"mixture.mu: expected shape \(5, 3, 2\) .*got \(4, 3, 2\)"),
        ({"pen": np.full((5, 3), np.nan)}, {}, "mixture.pen: expected finite"),
    ],
)
def test_density_with_invalid_arguments_raises(change, arguments, message):
    with pytest.raises(ValueError, match=message):
        density(SimpleNamespace(**{**vars(mixture()), **change}), SKETCH, **arguments)


# Loss curves ----------------------------------------------------------------------------------------

RECORDS = [
    {"step": 0, "kind": "train", "recon": 2.0, "kl": 0.1, "learning_rate": 1e-3, "kl_weight": 0.01},
    {"step": 10, "kind": "train", "recon": 1.0, "kl": 0.2, "learning_rate": 9e-4, "kl_weight": 0.2},
    {"step": 0, "kind": "valid", "loss": 2.0, "recon": 2.1, "kl": 0.1},
    {"step": 5, "kind": "valid", "loss": 1.0, "recon": 1.2, "kl": 0.2},
    {"step": 10, "kind": "valid", "loss": 1.5, "recon": 1.1, "kl": 0.3},
]


def by_label(axes):
    return {line.get_label(): line.get_xydata().tolist() for line in axes.lines}


def test_loss_curves_plot_the_records():
    plot = loss_curves(RECORDS)
    recon = by_label(plot.axes[0])
    assert recon["training"] == [[0, 2.0], [10, 1.0]]
    assert recon["validation"] == [[0, 2.1], [5, 1.2], [10, 1.1]]
    assert recon["best: 1.2 at 5"] == [[5, 1.2]]
    assert by_label(plot.axes[1])["training"] == [[0, 0.1], [10, 0.2]]
    labels = [axes.get_ylabel() for axes in plot.axes]
    assert "learning rate" in labels
    assert "KL weight" in labels


def test_loss_curves_skip_missing_values(tmp_path):
    records = [
        {"step": 1, "kind": "train", "recon": float("nan")},
        {"step": 2, "kind": "train", "recon": 3.0, "kl": None},
        {"step": 2, "kind": "valid", "recon": 2.5},
    ]
    plot = loss_curves(iter(records))
    recon = by_label(plot.axes[0])
    assert recon["training"] == [[2, 3.0]]
    assert recon["best: 2.5 at 2"] == [[2, 2.5]]
    assert [text.get_text() for text in plot.axes[1].texts] == ["not recorded"]
    plot.save(tmp_path / "a.png")


def test_loss_curves_without_records(tmp_path):
    loss_curves([]).save(tmp_path / "a.pdf")


def test_loss_curves_with_invalid_records_raise():
    with pytest.raises(ValueError, match="record 0: expected a step, got None"):
        loss_curves([{"kind": "train"}])
    with pytest.raises(ValueError, match="record 1: expected kind 'train', 'valid' or 'test', got 'best'"):
        loss_curves([RECORDS[0], {"step": 1, "kind": "best"}])
    with pytest.raises(TypeError, match="record 0: expected a mapping, got int"):
        loss_curves([3])


# Latent codes and lengths ---------------------------------------------------------------------------


def placed(plot):
    return np.concatenate([np.asarray(dots.get_offsets()) for dots in plot.axes[0].collections])


def test_scatter_finds_the_directions_of_most_variance():
    rng = np.random.default_rng(1)
    codes = np.zeros((500, 8))
    codes[:, 3], codes[:, 5] = rng.normal(0, 3, 500), rng.normal(0, 1, 500)
    plot = latent_scatter(codes)
    places = placed(plot)
    assert abs(np.corrcoef(places[:, 0], codes[:, 3])[0, 1]) > 0.99
    assert abs(np.corrcoef(places[:, 1], codes[:, 5])[0, 1]) > 0.99
    shares = [
        float(label.split("(")[1].split("%")[0]) for label in (plot.axes[0].get_xlabel(), plot.axes[0].get_ylabel())
    ]
    variances = codes.var(axis=0)
    assert shares[0] == pytest.approx(100 * variances.max() / variances.sum(), abs=1)
    assert sum(shares) == pytest.approx(100, abs=0.2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 2), (7, 1), (3, 128), (40, 2)])
def test_scatter_accepts_codes_of_any_shape(shape, tmp_path):
    plot = latent_scatter(np.random.default_rng(0).normal(size=shape))
    assert placed(plot).shape == (shape[0], 2)
    assert np.isfinite(placed(plot)).all()
    plot.save(tmp_path / "a.png")


def test_scatter_of_equal_codes_shows_no_variance(tmp_path):
    plot = latent_scatter(np.ones((4, 3)))
    assert "%" not in plot.axes[0].get_xlabel()
    plot.save(tmp_path / "a.svg")


def test_scatter_has_a_legend_for_up_to_20_labels():
    plot = latent_scatter(np.random.default_rng(0).normal(size=(6, 3)), ["cat", "bus"] * 3)
    assert [text.get_text() for text in plot.legends[0].texts] == ["cat", "bus"]
    assert len(plot.axes[0].collections) == 2
    assert not latent_scatter(np.random.default_rng(0).normal(size=(30, 3)), list(range(30))).legends


def test_scatter_with_invalid_codes_raises():
    with pytest.raises(ValueError, match=r"codes: expected shape \(n, z\).* got \(3,\)"):
        latent_scatter([1, 2, 3])
    with pytest.raises(ValueError, match="finite"):
        latent_scatter([[np.nan, 1]])
    with pytest.raises(ValueError, match="labels: expected one label for each of 1 codes, got 2"):
        latent_scatter([[1, 2]], ["a", "b"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=200))
def test_histogram_counts_every_sketch(lengths):
    axes = length_histogram(lengths).axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == len(lengths)


def test_histogram_marks_the_limit():
    axes = length_histogram([10, 20, 30, 40], limit=30).axes[0]
    assert [text.get_text() for text in axes.texts] == ["limit 30: 75% fit"]
    assert axes.lines[0].get_xdata()[0] == 30.5


def test_histogram_without_lengths(tmp_path):
    length_histogram([]).save(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("lengths", "limit", "message"),
    [([[1]], None, "shape"), ([1.5], None, "whole numbers"), ([-1], None, "of at least 0"), ([1], 0, "limit")],
)
def test_histogram_with_invalid_lengths_raises(lengths, limit, message):
    with pytest.raises(ValueError, match=message):
        length_histogram(lengths, limit)


# Plots ----------------------------------------------------------------------------------------------


def test_plot_has_a_png_representation_without_pyplot():
    code = (
        "import sys\n"
        "from IPython.core.formatters import DisplayFormatter\n"
        "from sketchkit.render import length_histogram\n"
        "shown, about = DisplayFormatter().format(length_histogram([1, 2, 3]))\n"
        "assert shown['image/png'][:4] == b'\\x89PNG'\n"
        "assert about['image/png']['width'] == 560, about\n"
        "assert 'text/html' not in shown\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_plot_save_writes_png_pdf_and_svg(tmp_path):
    plot = length_histogram([1, 2, 3])
    for ending, magic in ((".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml")):
        assert plot.save(tmp_path / f"a{ending}").read_bytes().startswith(magic)
    with pytest.raises(ValueError, match=r"\.png, \.svg or \.pdf, got 'a\.jpg'"):
        plot.save(tmp_path / "a.jpg")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        plot.save(tmp_path / "nowhere" / "a.png")
