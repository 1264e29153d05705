"""A map of the latent codes of a dataset."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from sketchkit.data.dataset import Dataset
from sketchkit.data.labeled import DrawingSource, LabeledDrawings
from sketchkit.formats.npz import SplitName
from sketchkit.latent import lerp
from sketchkit.latent_codes import embed_codes, reconstruction_losses
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.sketches import Sketches
from sketchkit.suggest import did_you_mean, listed
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.export.bundle import widget_stylesheet
from sketchkit.widgets.map_layout import MapLayout, check_codes, check_values
from sketchkit.widgets.map_picture import map_picture
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, SketchTrait

__all__ = ["LatentMap"]

#: Splits of the ninth and the tenth of every ten drawings in a new dataset; the other drawings are for training.
HELD_OUT: dict[int, SplitName] = {8: "valid", 9: "test"}


class _Indices(traitlets.List[int]):
    """A trait with indices of drawings of the map; duplicate indices are removed."""

    def validate(self, obj: Any, value: Any) -> list[int]:
        indices = list(dict.fromkeys(super().validate(obj, value) or ()))
        count = len(obj._map_layout.drawings)
        wrong = [index for index in indices if not 0 <= index < count]
        if wrong:
            raise traitlets.TraitError(f"selection: expected indices from 0 to {count - 1}, got {wrong[0]}")
        return indices


class _Name(traitlets.Unicode[str, Any]):
    """A trait with one of the names that a method of the widget returns."""

    def __init__(self, default: str, names: str, **options: Any) -> None:
        super().__init__(default, **options)
        self.tag(**SYNC_WITHOUT_ECHO)
        self._names = names

    def validate(self, obj: Any, value: Any) -> str:
        name = str(super().validate(obj, value))
        known = getattr(obj, self._names)()
        if name not in known:
            fallback = f"expected one of {listed(map(repr, known))}"
            raise traitlets.TraitError(f"{self.name}: no {name!r} on this map; {did_you_mean(name, known, fallback)}")
        return name


class LatentMap(ModelWidget):
    """Show thousands of drawings at the positions of their latent codes.

    Hold Ctrl and turn the wheel to zoom in until drawings appear in place of the points. The drawing under the
    mouse is shown next to the map. A click selects it, and a click on a second drawing morphs between the two.
    With the tool *Decode*, which is active at the start, dragging decodes the code at the position of the mouse.
    Dragging with Shift selects the drawings in a region (lasso). The arrow keys go from drawing to drawing.

    Parameters
    ----------
    drawings : Dataset, str, Path, sequence of Sketch, or mapping
        A dataset, its name or file, sketches, or a mapping from the names of categories to any of these. The name
        `doodles` also gives the categories of the drawings.
    model : str, Path or SketchRNN
        A model with a latent code.
    codes : array_like, shape (n, z_size), optional
        Codes of all drawings, from `sketchkit.embed_codes`. Default: they are computed, or found in the cache.
        Drawings whose code is not finite are not on the map; a sentence below the map states their number.
    projection : {"pca", "umap"}
        Principal components, or UMAP if the package umap-learn is installed.
    values : mapping of str to array_like, optional
        Values by which the drawings can be colored, one number for each drawing. The values `length` (number of
        points), `strokes` and `size` (longer side, in the units of the drawing) are always available.
    loss : bool
        Whether to compute the reconstruction loss of each drawing, to color by `loss`. This requires TensorFlow.
    split : str, optional
        Split of the datasets. Default: all.
    limit : int
        Maximum number of drawings, divided evenly among the categories.
    selection : list of int
        Indices of the selected drawings.
    category : str
        Category that is highlighted, or "" for all.
    color_by : str
        `category` or the name of a value. Default: `category` if there are several categories, else `length`.
    thumbnails : bool
        Whether drawings appear in place of the points where there is room.
    t : float
        Position of the morph between two selected drawings, 0 to 1.
    temperature, seed
        As in `Complete`.

    Attributes
    ----------
    selected : Sketches
        The selected drawings.
    selected_codes : ndarray, shape (number of selected drawings, z_size)
        Codes of the selected drawings.
    latent_codes, positions : ndarray, shapes (n, z_size) and (n, 2)
        Codes and positions of the drawings on the map.
    labels : list of str
        Category of each drawing on the map.
    indices : ndarray of int, shape (n,)
        Index of each drawing of the map among all given drawings, and thus in `embed_codes(drawings, model)`.
    position : list of float
        The last position whose code the page decoded, [x, y]; empty if there is none.
    z : list of float
        The code that the page decoded last: the code at `position`, a code of the morph between two selected drawings,
        or the mean code of three or more selected drawings.
    sketch : Sketch
        Drawing of that code.

    Raises
    ------
    ValueError
        If there are no drawings, the codes are those of another model, or an argument is out of range.
    ModuleNotFoundError
        If `projection` is "umap" and umap-learn is not installed.

    Notes
    -----
    A position has two numbers and a code has many, so the inverse of a projection is approximate. The code at a
    position is the mean of the codes of the three nearest drawings, weighted by the eighth power of their inverse
    distances. For principal components, each of these codes is first shifted along the components by the offset from
    the position of its drawing to the given position. At the position of a drawing, the result is the code of this
    drawing. Codes in the plane of the components decode to worse drawings. In a comparison, `quickdraw` decoded codes,
    and encoded the drawings again: the mean distance of the new codes to the nearest code of the data is 4.2 for codes
    in the plane, 1.6 for codes that are computed as above, and 1.4 for the codes of drawings of the data.

    The state of the widget, which notebooks save, contains neither drawings nor codes. The page requests them from the
    kernel; an exported page contains them.

    Examples
    --------
    >>> chart = LatentMap("doodles", "kanji")                                              # doctest: +SKIP
    >>> Morph("kanji", *chart.selected_codes[:2])                                          # doctest: +SKIP
    """

    _css = widget_stylesheet("views/latent_map/latent_map.css")
    _view = traitlets.Unicode("latent_map").tag(sync=True)
    needs_code = True
    codes = ("z",)
    #: What the page needs to know about the map; the arrays themselves are requested by their keys.
    _map = traitlets.Dict().tag(sync=True)
    #: Maps with the same group show the same selection, and mark the same drawing under the mouse.
    _group = traitlets.Unicode().tag(sync=True)
    selection = _Indices(traitlets.Int(), help="Indices of the selected drawings.").tag(**SYNC_WITHOUT_ECHO)
    category = _Name("", "_category_names", help="Category that is highlighted.")
    color_by = _Name("category", "_color_names", help="What the colors show.")
    thumbnails = traitlets.Bool(True, help="Whether drawings appear where there is room.").tag(**SYNC_WITHOUT_ECHO)
    t = traitlets.Float(0.5, min=0, max=1, help="Position of the morph.").tag(**SYNC_WITHOUT_ECHO)
    position = traitlets.List(traitlets.Float(), help="Position of the decoded code.").tag(**SYNC_WITHOUT_ECHO)
    z = traitlets.List(traitlets.Float(), help="The decoded code.").tag(**SYNC_WITHOUT_ECHO)
    sketch = SketchTrait(help="The decoded drawing.")

    def __init__(
        self,
        drawings: DrawingSource | LabeledDrawings,
        model: str | Path | SketchRNN = "kanji",
        *,
        codes: ArrayLike | None = None,
        projection: str = "pca",
        values: Mapping[str, ArrayLike] | None = None,
        loss: bool = False,
        split: SplitName | None = None,
        limit: int = 10_000,
        **arguments: Any,
    ) -> None:
        checked = self._checked(model)
        self._given = LabeledDrawings.collect(drawings, split=split, limit=limit)
        self._source_values, self._projection, self._loss = values, projection, loss
        self._map_layout = self._lay_out(checked, codes)
        arguments.setdefault("temperature", 0.1)
        arguments.setdefault("color_by", "category" if len(self._given.categories) > 1 else "length")
        super().__init__(checked, choice=self._choice_of(model), _map=self._describe_map(), **arguments)

    def _lay_out(self, model: SketchRNN, codes: ArrayLike | None = None) -> MapLayout:
        given = self._given
        values = check_values(self._source_values, given)
        found = embed_codes(given, model) if codes is None else check_codes(codes, given, model)
        if self._loss:
            values["loss"] = reconstruction_losses(given, model).astype(np.float64)
        return MapLayout.of(given, found, self._projection, values)

    @property
    def model(self) -> SketchRNN:
        """The model. Assign a name, a path or a loaded model to show the codes of another model."""
        return self._model

    @model.setter
    def model(self, model: str | Path | SketchRNN) -> None:
        layout = self._lay_out(self._checked(model))
        with self.hold_sync():
            self._map_layout = layout
            self.position, self.sketch = [], Sketch([])
            ModelWidget.model.fset(self, model)  # type: ignore[attr-defined]
            self._map = self._describe_map()

    def _describe_map(self) -> dict[str, Any]:
        layout = self._map_layout
        return {
            "parts": {name: part.card for name, part in layout.parts.items()},
            "categories": list(layout.drawings.categories),
            "values": list(layout.values),
            "unit": layout.unit,
            "shares": list(layout.projection.shares),
            "projection": self._projection,
            "note": layout.note,
        }

    def attachments(self) -> dict[str, bytes]:
        """Return the buffers that the page requests, by their keys."""
        return {part.key: part.buffer for part in self._map_layout.parts.values()}

    def _category_names(self) -> list[str]:
        return ["", *self._map_layout.drawings.categories]

    def _color_names(self) -> list[str]:
        return ["category", *self._map_layout.values]

    @property
    def drawings(self) -> Sequence[Sketch]:
        """The drawings on the map, in the order of their indices in `selection`."""
        return self._map_layout.drawings.split

    @property
    def latent_codes(self) -> NDArray[np.float32]:
        """Codes of the drawings on the map, (n, z_size)."""
        return self._map_layout.codes

    @property
    def positions(self) -> NDArray[np.float64]:
        """Positions of the drawings on the map, (n, 2)."""
        return self._map_layout.projection.positions

    @property
    def labels(self) -> list[str]:
        """Category of each drawing on the map; empty strings if there are no categories."""
        given = self._map_layout.drawings
        return [given.categories[label] if given.categories else "" for label in given.labels]

    @property
    def indices(self) -> NDArray[np.int64]:
        """Index of each drawing of the map in its source."""
        return self._map_layout.drawings.indices

    @property
    def selected(self) -> Sketches:
        """The selected drawings."""
        return Sketches(self.drawings[index] for index in self.selection)

    @property
    def selected_codes(self) -> NDArray[np.float32]:
        """Codes of the selected drawings, (number of drawings, z_size)."""
        return self.latent_codes[np.array(self.selection, dtype=np.int64)]

    def to_dataset(self, name: str = "selection") -> Dataset:
        """Return the selected drawings as a dataset.

        Of every ten drawings, one is in the split `valid` and one in `test`.

        Raises
        ------
        ValueError
            If no drawing is selected.
        """
        if not self.selection:
            raise ValueError("selection: expected at least one selected drawing, got none; select some on the map")
        parts: dict[SplitName, list[Sketch]] = {"train": [], "valid": [], "test": []}
        for number, sketch in enumerate(self.selected):
            parts[HELD_OUT.get(number % 10, "train")].append(sketch)
        return Dataset.from_sketches(parts["train"], parts["valid"], parts["test"], name=name)

    def code_at(self, x: float, y: float) -> NDArray[np.float32]:
        """Return the approximate code at a position of the map, (z_size,), in the coordinates of `positions`."""
        return self._map_layout.code_at(x, y)

    def frames(self, n: int = 9) -> Sketches:
        """Return `n` drawings of the morph from the first to the second selected drawing, at equally spaced positions.

        Raises
        ------
        ValueError
            If fewer than two drawings are selected.
        """
        if len(self.selection) < 2:
            raise ValueError(f"selection: expected two selected drawings, got {len(self.selection)}")
        a, b = self.selected_codes[:2]
        codes = lerp(a, b, np.linspace(0, 1, n))
        return Sketches(self.model.decode(codes, seed=self.seed, temperature=self.temperature))

    def beside(self, model: str | Path | SketchRNN, **arguments: Any) -> ipywidgets.HBox:
        """Return this map and a map of the same drawings by another model, side by side.

        Both show the same selection, and the drawing under the mouse is marked on both.

        Parameters
        ----------
        model : str, Path or SketchRNN
            The other model.
        **arguments
            Arguments of the other map. Default: the values of this map.
        """
        given = {
            "projection": self._projection,
            "color_by": self.color_by,
            "category": self.category,
            "thumbnails": self.thumbnails,
            **arguments,
        }
        drawings = self._map_layout.drawings
        other = LatentMap(drawings, model, values=self._source_values, loss=self._loss, **given)
        self._group = other._group = self._group or secrets.token_hex(8)
        for name in ("selection", "category"):
            traitlets.link((self, name), (other, name))
        half = {"width": "50%", "min_width": "320px"}
        for each in (self, other):
            for name, value in half.items():
                setattr(each.layout, name, value)
        return ipywidgets.HBox([self, other], layout=ipywidgets.Layout(flex_flow="row wrap"))

    def _on_message(self, widget: Any, content: Any, buffers: Any) -> None:
        super()._on_message(widget, content, buffers)
        if not isinstance(content, dict) or content.get("kind") != "arrays":
            return
        key = content.get("key")
        buffer = self.attachments().get(str(key))
        if buffer is None:
            self.send({"kind": "arrays", "key": key, "error": "the map has since changed"})
        else:
            self.send({"kind": "arrays", "key": key}, [buffer])

    def _png(self) -> bytes:
        layout = self._map_layout
        file = io.BytesIO()
        picture = map_picture(layout.projection.positions, layout.drawings.labels, self._caption())
        picture.save(file, "PNG", optimize=True)
        return file.getvalue()
