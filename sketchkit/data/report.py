"""Health report of a dataset: counts, scale, possible problems, samples. Does not import TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.findings import NUM_EXAMPLES, DatasetSample, Finding, find_problems, spread
from sketchkit.data.split_health import SplitHealth, split_health
from sketchkit.data.store import Split
from sketchkit.formats.npz import SPLITS, SplitName
from sketchkit.sketch import Sketch
from sketchkit.templates import render_html

if TYPE_CHECKING:
    from sketchkit.render.picture import Picture

__all__ = ["DatasetReport", "examine"]

#: Number of sample drawings in a report.
NUM_SAMPLES = 24

# Pictures are <img> elements because untrusted notebooks remove inline SVG.
_TEMPLATE = """\
<p><b>{{ report.name }}</b>: drawings of at most {{ report.max_seq_len }} points, scale factor {{ scale_factor }}</p>
<table>
<tr><th></th><th>drawings</th><th>points</th><th>empty</th><th>too long</th><th>clamped</th></tr>
{% for name, split in report.splits.items() %}
<tr><th>{{ name }}</th>
{% for count in (split.drawings, split.points, split.empty, split.too_long, split.clamped) %}
<td>{{ count | thousands }}</td>
{% endfor %}
</tr>
{% endfor %}
</table>
{% for finding in report.findings %}
{{ "<ul>" | safe if loop.first }}
<li>{{ finding.message }}
{% if finding.drawings %}
<br><img alt="examples" src="{{ picture(finding.drawings) }}">
{% endif %}
</li>
{{ "</ul>" | safe if loop.last }}
{% else %}
<p>No problems found.</p>
{% endfor %}
{% for label, source in pictures.items() %}
<img alt="{{ label }}" style="max-width:100%" src="{{ source }}">
{% endfor %}
"""


@dataclass(frozen=True)
class DatasetReport:
    """Health report of a dataset, with text and HTML representations.

    Attributes
    ----------
    name : str
        Name of the dataset.
    max_seq_len : int
        Maximum number of points of a drawing.
    scale_factor : float
        Scale factor of the offsets; NaN if it is undefined.
    splits : mapping of str to SplitHealth
        Counts of each split.
    lengths : ndarray of int64
        Number of points of each training drawing.
    findings : tuple of Finding
        Possible problems, the most severe first.
    samples : tuple of Sketch
        Drawings at evenly spaced positions of the training split.
    """

    name: str
    max_seq_len: int
    scale_factor: float
    splits: Mapping[SplitName, SplitHealth]
    lengths: NDArray[np.int64]
    findings: tuple[Finding, ...]
    samples: tuple[Sketch, ...]

    def __str__(self) -> str:
        lines = [
            f"{self.name}: at most {self.max_seq_len} points, scale factor {self.scale_factor:.6g}",
            f"{'split':<7}{'drawings':>10}{'points':>13}{'mean':>7}{'empty':>7}{'too long':>10}{'clamped':>9}",
        ]
        for name, split in self.splits.items():
            mean = split.points / max(split.drawings, 1)
            lines.append(
                f"{name:<7}{split.drawings:>10,}{split.points:>13,}{mean:>7.1f}"
                f"{split.empty:>7,}{split.too_long:>10,}{split.clamped:>9,}"
            )
        lines += ["lengths of the training drawings:", *self._text_histogram()]
        lines += [f"! {finding}" for finding in self.findings] or ["no problems found"]
        return "\n".join(lines)

    __repr__ = __str__

    def _text_histogram(self, rows: int = 8, width: int = 40) -> list[str]:
        if not len(self.lengths):
            return ["  none"]
        counts, edges = np.histogram(self.lengths, bins=min(rows, int(np.ptp(self.lengths)) + 1))
        return [
            f"  {np.ceil(low):>5.0f} to {high:>5.0f} {'█' * round(width * count / counts.max()):<{width}} {count:,}"
            for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
        ]

    def picture(self) -> Picture:
        """Return a picture of the samples, all at the same scale."""
        from sketchkit.render.svg import grid

        return grid(list(self.samples), columns=8, cell=84, same_scale=True)

    def _repr_html_(self) -> str:
        from sketchkit.render.plots.lengths import length_histogram
        from sketchkit.render.svg import grid

        histogram = length_histogram(self.lengths, self.max_seq_len).data_uri()
        return render_html(
            _TEMPLATE,
            report=self,
            scale_factor=f"{self.scale_factor:.6g}",
            picture=lambda drawings: grid(drawings, columns=NUM_EXAMPLES, cell=60).data_uri(),
            pictures={"lengths of the training drawings": histogram, "samples": self.picture().data_uri()},
        )


def examine(
    splits: Mapping[SplitName, Split],
    *,
    name: str,
    max_seq_len: int,
    scale_factor: float,
    errors: Sequence[str] = (),
    num_errors: int = 0,
) -> DatasetReport:
    """Return the report of a dataset.

    Parameters
    ----------
    splits : mapping of str to Split
        `train`, `valid` and `test`.
    name : str
        Name of the dataset.
    max_seq_len : int
        Maximum number of points of a drawing.
    scale_factor : float
        Scale factor of the offsets; NaN if it is undefined.
    errors : sequence of str
        Error messages of the first drawings that could not be read.
    num_errors : int
        Number of drawings that could not be read.
    """
    usable = {split: splits[split].usable_indices(max_seq_len) for split in SPLITS}
    health = {split: split_health(splits[split], usable[split], max_seq_len) for split in SPLITS}
    train = splits["train"]
    return DatasetReport(
        name,
        max_seq_len,
        scale_factor,
        health,
        train.lengths,
        find_problems(DatasetSample(splits, health, usable, max_seq_len, errors, num_errors)),
        tuple(train[int(i)] for i in spread(usable["train"], NUM_SAMPLES)),
    )
