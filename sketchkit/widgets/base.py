"""What all widgets share: checked arguments, sketches as traits, a model whose weights go to the page once."""

from __future__ import annotations

import base64
import html
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.suggest import hint
from sketchkit.widgets.export.bundle import door, page_module, stylesheet, version
from sketchkit.widgets.export.packing import Packed, pack

__all__ = ["SHARED", "Drawings", "ModelWidget", "SketchTrait", "SketchWidget", "as_json", "as_sketch"]

#: A drawing from the page may not have more points than this.
MOST_POINTS = 200_000
#: How traits that gestures change are kept in step. They are not echoed back to the page: an echo that comes late would
#: undo what has been drawn since.
SHARED = {"sync": True, "echo_update": False}
#: Traits of every Jupyter widget that nobody passes.
_INNER = ("comm", "keys", "log")


def as_json(sketch: Sketch | None, _: Any = None) -> dict[str, Any]:
    """Return a sketch as the page has it: where the pen starts, and stroke-3 rows end to end.

    Numbers have six digits, there and here: so what comes from the page goes back the same, and is not sent again.
    """
    if sketch is None:
        return {"start": [0, 0], "rows": []}
    rows = sketch.offsets.reshape(-1).tolist()
    return {"start": [float(f"{x:.6g}") for x in sketch.start], "rows": [float(f"{x:.6g}") for x in rows]}


def as_sketch(data: Any, _: Any = None) -> Sketch:
    """Return the sketch that the page means; a ValueError says what is wrong with it."""
    if isinstance(data, Sketch):
        return data
    if not isinstance(data, dict) or not isinstance(data.get("rows"), list) or len(data["rows"]) > 3 * MOST_POINTS:
        raise ValueError("expected a drawing with start and rows")
    rows = np.asarray(data["rows"], dtype=np.float64).reshape(-1, 3)
    start = data.get("start", [0, 0])
    return Sketch(rows, (float(start[0]), float(start[1])))


class SketchTrait(traitlets.Instance):
    """A drawing, kept in step with the page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Sketch, args=(np.zeros((0, 3)),), **options)
        self.tag(**SHARED, to_json=as_json, from_json=as_sketch)


class Drawings(traitlets.List):
    """Drawings, kept in step with the page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(traitlets.Instance(Sketch), **options)
        self.tag(
            **SHARED,
            to_json=lambda sketches, _: [as_json(sketch) for sketch in sketches],
            from_json=lambda data, _: [as_sketch(each) for each in data],
        )


class SketchWidget(anywidget.AnyWidget):
    """A widget; an argument that it does not know is an error.

    What a gesture does reaches Python when the gesture ends; while it lasts only if a trait is observed, and then at
    most 20 times a second.
    """

    _esm = door()
    _css = stylesheet()
    _view = traitlets.Unicode().tag(sync=True)
    _observed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **arguments: Any) -> None:
        known = [name for name in self.trait_names() if not name.startswith("_") and name not in _INNER]
        for name in arguments:
            if name not in known and not (name.startswith("_") and self.has_trait(name)):
                meant = hint(name, known, f"known are {', '.join(sorted(known))}")
                raise TypeError(f"{type(self).__name__}() has no argument {name!r}; {meant}")
        super().__init__(**arguments)
        self._observed = False  # so far only by itself
        self.on_msg(self._hand_over_module)

    def observe(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Call a function when traits change; see `traitlets.HasTraits.observe`."""
        super().observe(handler, names, type)
        self._observed = True

    def _hand_over_module(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, dict) and content.get("kind") == "module" and content.get("version") == version():
            self.send({"kind": "module", "version": version(), "source": page_module()})

    def to_html(self, path: str | Path, *, title: str = "", dtype: str = "float16") -> Path:
        """Write the widget into a page that opens from disk, alive, without a kernel; see `sketchkit.embed`."""
        from sketchkit.widgets.export.page import embed

        return embed(self, path, title=title or self._caption(), dtype=dtype)

    def still(self) -> str:
        """Return a picture of the widget, as HTML, for where it does not run."""
        source = base64.b64encode(self._png()).decode()
        return f'<img alt="{html.escape(self._caption())}" src="data:image/png;base64,{source}">'

    def _caption(self) -> str:
        return type(self).__name__

    def _png(self) -> bytes:
        from sketchkit.widgets.export.fallback_image import still

        drawn = [getattr(self, "sketch", None), *getattr(self, "drawings", [])]
        return still(self._caption(), [sketch for sketch in drawn if sketch is not None and len(sketch)])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            # A picture is kept by every viewer, even of notebooks that are not trusted; HTML is not.
            data["image/png"] = base64.b64encode(self._png()).decode()
        return bundle


class ModelWidget(SketchWidget):
    """A widget on a model; the engine that runs it is in the page.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A name, a path or a loaded model.
    models : list of str
        Names or paths of other models that can be chosen in the page.
    choice : str
        What a model that is loaded already was loaded by.
    **arguments
        Traits.
    """

    _card = traitlets.Dict().tag(sync=True)
    models = traitlets.List(traitlets.Unicode(), help="Names to choose from in the page.").tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**53 - 1, help="Of the noise.").tag(**SHARED)
    temperature = traitlets.Float(
        0.3, min=0, max=10, help="0 is greedy. Default: the temperature that the model recommends."
    ).tag(**SHARED)
    needs_code = False
    #: Traits that hold latent codes, which belong to one model.
    codes: tuple[str, ...] = ()

    def __init__(self, model: str | Path | SketchRNN = "kanji", *, choice: str = "", **arguments: Any) -> None:
        self._lock = threading.Lock()  # messages may come on another thread while a cell runs
        self._packed: Packed | None = None
        self._model = self._checked(model)
        self._chosen = choice or self._choice_of(model)
        self._begun_with = {self._chosen: self._model}
        arguments = {n: v for n, v in arguments.items() if v is not None or n not in ("seed", "temperature")}
        if arguments.get("models") and self._chosen not in arguments["models"]:
            arguments["models"] = [self._chosen, *arguments["models"]]
        arguments.setdefault("temperature", self._model.sampling.temperature)
        super().__init__(_card=self._describe(), **arguments)
        self.on_msg(self._answer)

    @property
    def model(self) -> SketchRNN:
        """The model; set a name, a path or a model to change it, and the page follows."""
        return self._model

    @model.setter
    def model(self, model: str | Path | SketchRNN) -> None:
        checked = self._checked(model)
        with self._lock:
            before, self._model, self._packed = self._model, checked, None
            self._chosen = self._choice_of(model)
        with self.hold_sync():
            if self.temperature == before.sampling.temperature:  # the user has not chosen one
                self.temperature = checked.sampling.temperature
            for name in self.codes:
                setattr(self, name, [])
            self._card = self._describe()

    @staticmethod
    def _choice_of(model: str | Path | SketchRNN) -> str:
        """Return the name that a model is found by again, in a saved notebook say."""
        return model.name if isinstance(model, SketchRNN) else str(model)

    def _checked(self, model: str | Path | SketchRNN) -> SketchRNN:
        if not isinstance(model, SketchRNN):
            from sketchkit.published.loading import load

            model = load(model)
        if self.needs_code and not model.conditional:
            raise ValueError(f"{type(self).__name__} needs a model with a latent code; {model.name} is a decoder alone")
        return model

    def _describe(self) -> dict[str, Any]:
        return {**self.card_of(self._model), "key": self.packed.key, "choice": self._chosen}

    @staticmethod
    def card_of(model: SketchRNN) -> dict[str, Any]:
        """Return what the page has to know of a model, apart from its weights."""
        return {
            "name": model.name,
            "scale": model.scale_factor,
            "size": model.drawing_size,
            "convention": model.sampling.convention,
            "pen_temperature": model.sampling.pen_temperature,
            "conditional": model.conditional,
            "z_size": model.hparams.z_size if model.conditional else 0,
            "max_points": model.hparams.max_seq_len,
            "categories": list(model.categories.names) if model.categories else [],
        }

    def offered(self) -> dict[str, SketchRNN]:
        """Return the models that the widget draws with, by the names they are chosen by: its own, and others."""
        others = {name: self._begun_with.get(name) or self._checked(name) for name in self.models}
        return {**others, self._chosen: self._model}

    def _caption(self) -> str:
        return f"{type(self).__name__} · {self._model.name}"

    @property
    def packed(self) -> Packed:
        """The weights as they go to the page: in half precision where that loses nothing."""
        with self._lock:
            if self._packed is None:
                self._packed = pack(self._model)
            return self._packed

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "weights":
            self._hand_over_weights(content.get("key"))
        elif kind == "choose" and content.get("name") in self.models:
            try:
                self.model = self._begun_with.get(content["name"], content["name"])
            except Exception as error:  # whatever it is, the page has to be told
                self.send({"kind": "refused", "error": str(error)})

    def _hand_over_weights(self, key: Any) -> None:
        packed = self.packed
        if key == packed.key:
            self.send({"kind": "weights", **packed.message}, [packed.buffer])
        else:
            self.send({"kind": "weights", "key": key, "error": "the widget has another model by now"})


def as_code(z: Any, size: int) -> list[float]:
    """Return a latent code as a list, checked."""
    code = np.asarray(z, dtype=np.float64)
    if code.shape != (size,) or not np.isfinite(code).all():
        raise ValueError(f"z: expected {size} finite numbers, got shape {code.shape}")
    return [float(x) for x in code]


def is_code(end: Any) -> bool:
    """Tell a latent code from a drawing."""
    return isinstance(end, (np.ndarray, Sequence)) and not isinstance(end, (str, Sketch))
