"""Base classes of the widgets: checked arguments, and models whose weights are sent to the page once."""

from __future__ import annotations

import base64
import html
import inspect
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import traitlets
from ipywidgets import Layout

from sketchkit.argument_errors import short_errors
from sketchkit.loading import bundled_models, cached_models, load, sample_picture
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.suggest import did_you_mean
from sketchkit.widgets.control_names import check_control_names
from sketchkit.widgets.export.bundle import loader_source, page_module, version, widget_stylesheet
from sketchkit.widgets.export.fallback_image import fallback_image
from sketchkit.widgets.export.packing import Packed, describe, pack
from sketchkit.widgets.export.page import embed
from sketchkit.widgets.results import WidgetWithResults
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, Result

__all__ = ["ModelWidget", "SketchWidget"]

#: Traits of every Jupyter widget: those that cannot be passed as arguments, and those that can.
_INTERNAL_TRAITS = ("comm", "keys", "log")
_LAYOUT_TRAITS = ("layout", "tabbable", "tooltip")


class SketchWidget(WidgetWithResults):
    """Base class of all widgets. Unknown keyword arguments raise TypeError.

    Parameters
    ----------
    task : str
        Text above the widget, for example a task for pupils. It is shown as text, not as HTML.
    ask_name : bool
        Whether the widget asks for the name of the user. Names of files that the user saves in the page begin with it,
        for example `Ada.svg` instead of `drawing.svg`.
    hidden : list of str
        Names of the controls to hide, as written in the page or in a tooltip, for example
        `["Temperature", "Full screen"]`. `Toolbar` stands for all buttons of the pad's toolbar. Case is ignored.
    locked : list of str
        Names of controls that are shown, but cannot be used. Shortcuts of hidden and locked controls have no effect.

    Raises
    ------
    ValueError
        If a name in `hidden` or `locked` does not belong to a control.

    Notes
    -----
    Python receives new trait values when a gesture ends. If a trait is observed, Python also receives its values
    during the gesture, at most 20 times a second.
    """

    _esm = loader_source()
    _css = widget_stylesheet()
    _view = traitlets.Unicode().tag(sync=True)
    _observed = traitlets.Bool(False).tag(sync=True)
    task = traitlets.Unicode("", help="Text above the widget.").tag(sync=True)
    ask_name = traitlets.Bool(
        False, help="Whether the widget asks for a name, with which the names of saved files begin."
    ).tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode(), help="Names of hidden controls.").tag(sync=True)
    locked = traitlets.List(traitlets.Unicode(), help="Names of controls that cannot be used.").tag(sync=True)
    #: State to which the page resets the widget: traits that are changed by gestures.
    _start = traitlets.Dict().tag(sync=True)
    #: Traits that a reset does not change.
    kept: tuple[str, ...] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            type.__setattr__(cls, "__init__", short_errors(vars(cls)["__init__"]))

    @short_errors
    def __init__(self, **arguments: Any) -> None:
        for name in arguments:
            if name in _INTERNAL_TRAITS or not self.has_trait(name):
                own = self._option_names()
                suggestion = did_you_mean(name, [*own, *_LAYOUT_TRAITS], f"expected one of {', '.join(own)}")
                raise TypeError(f"{type(self).__name__}() has no argument {name!r}; {suggestion}")
        super().__init__(**arguments)
        self._observed = False  # the observers added so far belong to the widget itself
        changed_in_page = self.trait_names(sync=True, echo_update=False)
        self._start = self.get_state([name for name in changed_in_page if name not in self.kept])
        self.on_msg(self._send_module)

    @classmethod
    def _option_names(cls) -> list[str]:
        """Return the names of the options of this widget, without those of every Jupyter widget."""
        parameters = [p.name for p in inspect.signature(cls).parameters.values() if p.kind != p.VAR_KEYWORD]
        inputs = [name for name, trait in cls.class_traits().items() if not isinstance(trait, Result)]
        other = (*_INTERNAL_TRAITS, *_LAYOUT_TRAITS)
        return [*parameters, *sorted(n for n in inputs if n[0] != "_" and n not in (*other, *parameters))]

    @short_errors
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)

    @traitlets.default("layout")
    def _default_layout(self) -> Layout:
        # Without a height, Shiny for Python clips the widget at 400 px.
        return Layout(height="max-content")

    @traitlets.validate("hidden", "locked")
    def _check_names(self, proposal: Any) -> list[str]:
        check_control_names(proposal["trait"].name, proposal["value"], self._own_names())
        return list(proposal["value"])

    def _own_names(self) -> Iterable[str]:
        """Return the names of controls that are not in the table of labels, such as names of models."""
        return ()

    def observe(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Call a function when traits change; see `traitlets.HasTraits.observe`."""
        super().observe(handler, names, type)
        self._observed = True

    @traitlets.observe("comm")
    def _answer_while_a_cell_runs(self, change: Any) -> None:
        """Handle requests of the page, such as that for the module, in the thread that the page has chosen.

        JupyterLab chooses a thread ("subshell") that is free while a cell runs. Since version 7.4, ipykernel ignores
        this choice for a comm that the main thread has used, and the requests of a widget would wait for running cells.
        """
        route = getattr(change["new"], "_reply_subshell_for", None)
        if route is not None:
            change["new"]._reply_subshell_for = lambda data, chosen: (
                chosen if isinstance(data, dict) and data.get("method") == "custom" else route(data, chosen)
            )

    def _send_module(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, dict) and content.get("kind") == "module" and content.get("version") == version():
            self.send({"kind": "module", "version": version(), "source": page_module()})

    @short_errors
    def to_html(self, path: str | Path, *, title: str = "", dtype: str = "float16", language: str = "en") -> Path:
        """Write the widget into an interactive HTML page that needs no kernel; see `sketchkit.embed`."""
        return embed(self, path, title=title or self._caption(), dtype=dtype, language=language)

    def still(self) -> str:
        """Return an image of the widget as HTML, for environments without widget support."""
        source = base64.b64encode(self._png()).decode()
        return f'<img alt="{html.escape(self._caption())}" src="data:image/png;base64,{source}">'

    def offered(self) -> dict[str, SketchRNN]:
        """Return the models that the widget can draw with, by name; empty for a widget without a model."""
        return {}

    def attachments(self) -> dict[str, bytes]:
        """Return the buffers that the page requests, by their keys; empty for most widgets."""
        return {}

    def _caption(self) -> str:
        return type(self).__name__

    def _png(self) -> bytes:
        return fallback_image(self._caption(), [sketch for sketch in self._shown() if len(sketch)])

    def _shown(self) -> Sequence[Sketch]:
        """Return the drawings of the static image."""
        return []

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            # All viewers show a PNG, even in notebooks that are not trusted; some remove HTML.
            data["image/png"] = base64.b64encode(self._png()).decode()
        return bundle


class ModelWidget(SketchWidget):
    """Base class of widgets with a model, which runs in the page.

    Parameters
    ----------
    model : str, Path or SketchRNN
        Name or path of a model, or a loaded model.
    models : list of str
        Names or paths of the models that the user can choose in the page, in addition to the bundled and the downloaded
        models. An exported page contains only `model` and the models in this list.
    choice : str
        If `model` is a loaded model, the name or path that it was loaded from.
    **arguments
        Values of traits.
    """

    _card = traitlets.Dict().tag(sync=True)
    models = traitlets.List(traitlets.Unicode(), help="Names or paths of the models to choose from.").tag(sync=True)
    #: Name or path of the model at the start, to which a reset returns.
    _start_choice = traitlets.Unicode().tag(sync=True)
    #: Names of the bundled models, which the user can choose too while a kernel runs.
    _bundled = traitlets.List(traitlets.Unicode()).tag(sync=True)
    #: Categories given as arguments, by the names of the traits that contain their drawings or codes.
    _categories = traitlets.Dict().tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**53 - 1, help="Seed of the random numbers.").tag(**SYNC_WITHOUT_ECHO)
    temperature = traitlets.Float(
        0.3, min=0, max=10, help="Temperature; 0 is greedy. Default: the model's recommended temperature."
    ).tag(**SYNC_WITHOUT_ECHO)
    needs_code = False
    #: Whether the model must have two or more categories.
    needs_categories = False
    #: Default temperature, if it is not the recommended temperature of the model.
    own_temperature: float | None = None
    #: Traits with latent codes. They are cleared when the model changes.
    codes: tuple[str, ...] = ()

    def __init__(self, model: str | Path | SketchRNN = "kanji", *, choice: str = "", **arguments: Any) -> None:
        self._lock = threading.Lock()  # messages may arrive on another thread while a cell runs
        self._packed: Packed | None = None
        self._model = self._checked(model)
        self._chosen = choice or self._choice_of(model)
        self._initial_models = {self._chosen: self._model}
        arguments = {n: v for n, v in arguments.items() if v is not None or n not in ("seed", "temperature")}
        if arguments.get("models") and self._chosen not in arguments["models"]:
            arguments["models"] = [self._chosen, *arguments["models"]]
        recommended = self._model.sampling.temperature
        arguments.setdefault("temperature", recommended if self.own_temperature is None else self.own_temperature)
        bundled = list(bundled_models(conditional=True if self.needs_code else None))
        super().__init__(_card=self._describe(), _bundled=bundled, _start_choice=self._chosen, **arguments)
        self.on_msg(self._on_message)

    @property
    def model(self) -> SketchRNN:
        """The model. Assign a name, a path or a loaded model to change it in the page too."""
        return self._model

    @model.setter
    def model(self, model: str | Path | SketchRNN) -> None:
        checked = self._checked(model)
        with self._lock:
            before, self._model, self._packed = self._model, checked, None
            self._chosen = self._choice_of(model)
        with self.hold_sync():
            if self.has_trait("category") and getattr(self, "category") not in checked.categories:  # noqa: B009
                self.set_trait("category", "")
            if self.temperature == before.sampling.temperature:  # the user has not changed the temperature
                self.temperature = checked.sampling.temperature
            for name in self.codes:
                setattr(self, name, [])
            self._card = self._describe()

    @staticmethod
    def _choice_of(model: str | Path | SketchRNN) -> str:
        """Return the name or path by which the model can be loaded again, for example from a saved notebook."""
        return model.name if isinstance(model, SketchRNN) else str(model)

    def _checked(self, model: str | Path | SketchRNN) -> SketchRNN:
        if not isinstance(model, SketchRNN):
            model = load(model)
        if self.needs_code and not model.conditional:
            raise ValueError(
                f"{type(self).__name__} needs a model with a latent code; {model.name} is an unconditional model"
            )
        return model

    @property
    def choice(self) -> str:
        """Name or path that the model was loaded from."""
        return self._chosen

    def _describe(self) -> dict[str, Any]:
        return {**describe(self._model), "key": self.packed.key, "choice": self._chosen}

    def offered(self) -> dict[str, SketchRNN]:
        """Return the models that the widget can draw with, by name or path: its current one and those of `models`."""
        others = {name: self._initial_models.get(name) or self._checked(name) for name in self.models}
        return {**others, self._chosen: self._model}

    def _own_names(self) -> Iterable[str]:
        return (*self.models, *self._bundled, self._chosen)

    def _caption(self) -> str:
        return f"{type(self).__name__} · {self._model.name}"

    def _example(self, count: int = 4, category: str = "") -> Sketch:
        """Return an example for an empty pad: the drawing of median length among `count` drawings by the model."""
        drawings = self._model.generate(count, category=category or None, seed=self.seed, temperature=self.temperature)
        return sorted(drawings, key=len)[count // 2]

    @property
    def packed(self) -> Packed:
        """The weights as they are sent to the page: in half precision if the conversion is exact."""
        with self._lock:
            if self._packed is None:
                self._packed = pack(self._model)
            return self._packed

    def _on_message(self, _: Any, content: Any, __: Any) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "weights":
            self._send_weights(content.get("key"))
        elif kind == "models":
            self.send({"kind": "models", "models": {name: sample_picture(name) for name in self._available()}})
        elif kind == "choose" and content.get("name") in self._available():
            try:
                self.model = self._initial_models.get(content["name"], content["name"])
            except Exception as error:  # the page shows the message
                self.send({"kind": "refused", "error": str(error)})

    def _available(self) -> list[str]:
        """Return the names of the models that the user can choose."""
        return [
            *self.models,
            self._start_choice,
            *self._bundled,
            *cached_models(conditional=True if self.needs_code else None),
        ]

    def _send_weights(self, key: Any) -> None:
        packed = self.packed
        if key == packed.key:
            self.send({"kind": "weights", **packed.message}, [packed.buffer])
        else:
            self.send({"kind": "weights", "key": key, "error": "the widget has since switched to another model"})
