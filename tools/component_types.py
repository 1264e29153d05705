"""Write the table of the component's attributes and its TypeScript declarations: `python -m tools.component_types`.

The attributes and properties of the elements are the traits of the widgets in Python, so `static/component/traits.js`
is made from the classes. TypeScript, which needs Node.js, makes the declarations in `static/component/types` from the
JSDoc comments. Both are in the repository, so that users do not need Node.js.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import traitlets

from sketchkit import widgets
from sketchkit.widgets.base import ModelWidget, SketchWidget
from sketchkit.widgets.elements import RENAMED, tag_of
from sketchkit.widgets.traits import InkTrait, Result, SketchListTrait, SketchTrait

ROOT = Path(__file__).parents[1]
COMPONENT = ROOT / "sketchkit/widgets/static/component"
#: Arguments in Python by widget and name, each with the traits that it can set: first the trait for a drawing or
#: drawings, then, if the argument accepts codes, the trait for a code.
ARGUMENTS = {
    "Morph": {end: [f"sketch_{end}", f"z_{end}"] for end in "abcd"},
    "LatentSlider": {"z": ["given", "z"]},
    "LatentSliders": {"start": ["given", "z"]},
    "Gallery": {"papers": ["drawings"]},
}
#: Types of the properties in JavaScript, by kind of trait.
TYPES = {
    "number": "number",
    "boolean": "boolean",
    "text": "string",
    "texts": "string[]",
    "numbers": "number[]",
    "booleans": "boolean[]",
    "drawing": "Drawing",
    "drawings": "Drawing[]",
    "ink": "number[][][]",
    "codes": "number[][]",
    "marks": "boolean[][]",
    "named": "Record<string, number | number[]>",
}
HEAD = """/**
 * The elements of the component and their attributes. This file is made from the classes in `sketchkit/widgets` by
 * `make types`; do not edit it.
 * @module
 */

/**
 * A drawing: its first point, and three numbers for each further point: the offset from the previous point, and 1 if a
 * stroke ends there.
 * @typedef {{start: [number, number], rows: number[]}} Drawing
 */

/**
 * A trait of a widget.
 * @typedef {object} Trait
 * @property {string} kind
 * @property {any} value its default
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step] 1 for whole numbers
 * @property {string[]} [values] allowed values
 * @property {boolean} [input] whether it is a drawing by the user
 * @property {boolean} [result] whether the model computes it
 * @property {boolean} [reset] whether the reset button changes it
 */

/**
 * A widget.
 * @typedef {object} Widget
 * @property {string} view name of its view
 * @property {string} name name of its class in Python
 * @property {boolean} needsModel
 * @property {boolean} needsCode whether it needs a model with a latent code
 * @property {boolean} needsCategories whether it needs a model with two or more categories
 * @property {number | null} temperature default temperature; null: that of the model
 * @property {Record<string, Trait>} traits by the names of the properties
 * @property {Record<string, string[]>} arguments arguments in Python by name, each with the traits that it can set:
 *   first the trait for a drawing or drawings, then, if the argument accepts codes, the trait for a code
 */
"""


def elements() -> dict[str, type[SketchWidget]]:
    """Return the widgets that have an element, by the name of the element."""
    classes = [getattr(widgets, name) for name in widgets.__all__]
    return {tag_of(cls): cls for cls in classes if tag_of(cls)}


def described(trait: traitlets.TraitType) -> dict[str, Any]:
    """Return the kind of a trait, its default value and its limits."""
    if isinstance(trait, InkTrait):
        return {"kind": "ink", "value": []}
    if isinstance(trait, SketchListTrait):
        return {"kind": "drawings", "value": []}
    if isinstance(trait, SketchTrait):
        return {"kind": "drawing", "value": {"start": [0, 0], "rows": []}}
    if isinstance(trait, traitlets.Bool):
        return {"kind": "boolean", "value": trait.default_value}
    if isinstance(trait, (traitlets.Int, traitlets.Float)):
        bounds = {name: getattr(trait, name) for name in ("min", "max")}
        limits = {name: bound for name, bound in bounds.items() if bound is not None and abs(bound) != float("inf")}
        integer = {"step": 1} if isinstance(trait, traitlets.Int) else {}
        return {"kind": "number", "value": trait.default_value, **limits, **integer}
    if isinstance(trait, traitlets.Enum):
        return {"kind": "text", "value": trait.default_value, "values": list(trait.values)}
    if isinstance(trait, traitlets.Unicode):
        return {"kind": "text", "value": trait.default_value}
    if isinstance(trait, traitlets.Dict):
        return {"kind": "named", "value": {}}
    item = getattr(trait, "_trait", None)
    if isinstance(getattr(item, "_trait", None), traitlets.Bool):
        return {"kind": "marks", "value": []}
    kinds = (
        (traitlets.Unicode, "texts"),
        (traitlets.List, "codes"),
        (traitlets.Float, "numbers"),
        (traitlets.Bool, "booleans"),
    )
    for kind, name in kinds:
        if isinstance(trait, traitlets.List) and isinstance(item, kind):
            return {"kind": name, "value": []}
    raise TypeError(f"{trait.name}: no attribute for a trait of type {type(trait).__name__}")


def widget_table(cls: type[SketchWidget]) -> dict[str, Any]:
    """Return the definition of an element."""
    inherited = {"layout", "tabbable", "tooltip", "comm", "keys", "log"}
    traits = {}
    given = {name: trait for name, trait in cls.class_traits(sync=True).items() if name not in inherited}
    for name, trait in given.items():
        if name.startswith("_"):
            continue
        entry = described(trait)
        is_result = isinstance(trait, Result)
        if is_result:
            entry["result"] = True
        elif entry["kind"] == "drawing":
            entry["input"] = True
        if trait.metadata.get("echo_update") is False and name not in cls.kept:
            entry["reset"] = True
        traits[RENAMED.get(name, name)] = entry
    needs_model = issubclass(cls, ModelWidget)
    return {
        "view": cls._view.default_value,
        "name": cls.__name__,
        "needsModel": needs_model,
        "needsCode": needs_model and cls.needs_code,
        "needsCategories": needs_model and cls.needs_categories,
        "temperature": cls.own_temperature if needs_model else None,
        "traits": traits,
        "arguments": ARGUMENTS.get(cls.__name__, {}),
    }


def documentation(tag: str, cls: type[SketchWidget], table: dict[str, Any]) -> str:
    """Return the JSDoc type of the properties of an element."""
    first = (cls.__doc__ or "").strip().splitlines()[0]
    lines = ["/**", f" * The properties of `<{tag}>`. {first}", f" * @typedef {{object}} {cls.__name__}Properties"]
    helps = {RENAMED.get(name, name): trait.help for name, trait in cls.class_traits(sync=True).items()}
    for name, entry in table["traits"].items():
        kind = " | ".join(f'"{value}"' for value in entry["values"]) if "values" in entry else TYPES[entry["kind"]]
        lines.append(f" * @property {{{kind}}} {name} {helps[name]}".rstrip())
    for name, given in table["arguments"].items():
        if name not in table["traits"]:
            kinds = " | ".join(TYPES[table["traits"][trait]["kind"]] for trait in given)
            lines.append(f" * @property {{{kinds}}} {name} Sets {' or '.join(f'`{trait}`' for trait in given)}.")
    return "\n".join([*lines, " */"])


def table_source() -> str:
    """Return the source of `traits.js`."""
    tables = {tag: widget_table(cls) for tag, cls in elements().items()}
    types = [documentation(tag, cls, tables[tag]) for tag, cls in elements().items()]
    rows = []
    for tag, table in tables.items():
        traits = ",\n".join(f"      {name}: {json.dumps(entry)}" for name, entry in table["traits"].items())
        head = {name: value for name, value in table.items() if name != "traits"}
        own = ", ".join(f"{name}: {json.dumps(value)}" for name, value in head.items())
        rows.append(f'  "{tag}": {{\n    {own},\n    traits: {{\n{traits},\n    }},\n  }},')
    body = "\n".join(rows)
    note = "/** The widgets by the names of their elements. @type {Record<string, Widget>} */"
    return "\n\n".join([HEAD.rstrip(), *types, f"{note}\nexport const WIDGETS = {{\n{body}\n}};\n"])


def declarations() -> dict[str, str]:
    """Return the TypeScript declarations of the component by file name. This needs Node.js."""
    compiler = shutil.which("npx")
    if compiler is None:
        raise FileNotFoundError("TypeScript declarations need Node.js, which is not installed")
    with tempfile.TemporaryDirectory() as folder:
        options = ("--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", folder)
        command = [compiler, "tsc", "--project", "jsconfig.json", *options]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - the compiler of this repository
        folders = [path.parent for path in Path(folder).rglob("element.d.ts")]
        files = {name: (folders[0] / name).read_text(encoding="utf-8") for name in ("element.d.ts", "traits.d.ts")}
    own = {tag: f"SketchElement & {cls.__name__}Properties" for tag, cls in elements().items()}
    names = ", ".join(["Drawing", *(f"{cls.__name__}Properties" for cls in elements().values())])
    entries = "\n".join(f'    "{tag}": {kind};' for tag, kind in own.items())
    files["index.d.ts"] = (
        f'import type {{ SketchElement }} from "./element.js";\nimport type {{ {names} }} from "./traits.js";\n\n'
        f'export type {{ SketchElement }} from "./element.js";\nexport type {{ {names} }} from "./traits.js";\n\n'
        f"declare global {{\n  interface HTMLElementTagNameMap {{\n{entries}\n  }}\n}}\n"
    )
    return files


def main() -> None:
    """Write `traits.js` and the declarations."""
    (COMPONENT / "traits.js").write_text(table_source(), encoding="utf-8")
    try:
        files = declarations()
    except FileNotFoundError as error:
        sys.exit(str(error))
    (COMPONENT / "types").mkdir(exist_ok=True)
    for name, text in files.items():
        (COMPONENT / "types" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
