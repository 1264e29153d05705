"""The bundler: every form of import and export, and errors for unsupported forms."""

import json
import re
import shutil
import subprocess

import pytest

from sketchkit.widgets.export.bundle import (
    STATIC,
    bundle,
    component_script,
    loader_source,
    page_module,
    page_script,
    site_script,
    version,
    worker_source,
)

#: Exports one value in each form.
LIBRARY = """
const hidden = 1;
export const constant = hidden + 1;
export function plain() { return 3; }
export async function later() { return 4; }
export function* several() { yield 5; }
export class Thing { value() { return 6; } }
const seven = 7, eight = 8;
export { seven, eight as renamed };
export default { nine: 9 };
"""


@pytest.fixture
def evaluate(tmp_path):
    """Return a function that writes modules, bundles `main.js` and returns its default export as evaluated in Node."""
    if shutil.which("node") is None:
        pytest.skip("needs Node, which evaluates the bundle")

    def run(**sources):
        for name, text in sources.items():
            (tmp_path / f"{name}.js").write_text(text)
        program = f"console.log(JSON.stringify({bundle('main.js', root=tmp_path)}.default))"
        done = subprocess.run(["node", "-e", program], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize(
    ("statement", "value", "expected"),
    [
        ('import { constant } from "./library.js";', "constant", 2),
        ('import { plain as other, constant } from "./library.js"', "[other(), constant]", [3, 2]),
        ("import {\n  later, // a comment\n  several,\n} from './library.js';", "[typeof later, ...several()]",
         ["function", 5]),
        ('import { Thing } from "./library.js";', "new Thing().value()", 6),
        ('import { seven, renamed } from "./library.js";', "[seven, renamed]", [7, 8]),
        ('import library from "./library.js";', "library.nine", 9),
        ('import { default as library } from "./library.js";', "library.nine", 9),
        ('import library, { seven } from "./library.js";', "[library.nine, seven]", [9, 7]),
        ('import * as all from "./library.js";', "[all.seven, all.default.nine]", [7, 9]),
        ('import library, * as all from "./library.js";', "[library.nine, all.seven]", [9, 7]),
        ('import "./library.js";', "0", 0),
    ],
)  # fmt: skip
def test_bundle_supports_every_form_of_import(evaluate, statement, value, expected):
    assert evaluate(library=LIBRARY, main=f"{statement}\nexport default {value};\n") == expected


@pytest.mark.parametrize(
    ("statement", "value", "expected"),
    [
        ('export { seven } from "./library.js";', "between.seven", 7),
        ('export { seven as one, default as two } from "./library.js";', "[between.one, between.two.nine]", [7, 9]),
        ('export { default } from "./library.js";', "between.default.nine", 9),
        ('export * from "./library.js";', "[between.constant, between.default]", [2, None]),
        ('export const constant = 0;\nexport * from "./library.js";', "[between.constant, between.seven]", [0, 7]),
        ('export * as inner from "./library.js";', "between.inner.seven", 7),
        ("export default function () { return 1; }", "between.default()", 1),
        ("export default function named() { return named.name; }", "between.default()", "named"),
        ("export default async function named() {}", "typeof between.default", "function"),
        ("export default class extends Array {}", "new between.default(1, 2).length", 2),
        ("export default class Named { static one = 1 }", "between.default.one", 1),
        ("const one = 1;\nexport default one + 1;", "between.default", 2),
        ("export { one };\nconst one = 1;", "between.one", 1),
    ],
)
def test_bundle_supports_every_form_of_export(evaluate, statement, value, expected):
    main = f'import * as between from "./between.js";\nexport default {value};\n'
    assert evaluate(library=LIBRARY, between=statement + "\n", main=main) == expected


def test_bundle_gives_each_module_its_own_scope_and_evaluates_it_once(evaluate):
    one = "globalThis.count = (globalThis.count ?? 0) + 1;\nconst name = 'one';\nexport const first = name;\n"
    two = 'import { first } from "./one.js";\nconst name = "two";\nexport const both = first + name;\n'
    main = 'import { both } from "./two.js";\nimport { first } from "./one.js";\nconst name = globalThis.count;\n'
    assert evaluate(one=one, two=two, main=main + "export default [first, both, name];\n") == ["one", "onetwo", 1]


def test_bundle_imports_before_the_module_runs(evaluate):
    main = 'const early = constant;\nimport { constant } from "./library.js";\nexport default early;\n'
    assert evaluate(library=LIBRARY, main=main) == 2


def test_bundle_drops_documentation_and_keeps_code_between_comments(evaluate, tmp_path):
    main = "/** One. */\nconst a = 1;\n/** @type {any} */ (globalThis).b = 2;\n/**\n * Three.\n */\n"
    main += "export default a + b;\n"
    assert evaluate(main=main) == 3
    assert "One" not in bundle("main.js", root=tmp_path)
    assert "Three" not in bundle("main.js", root=tmp_path)


def test_bundle_takes_generated_text_instead_of_a_file(evaluate, tmp_path):
    (tmp_path / "main.js").write_text('export { text as default } from "./sub/text.js";\n')
    made = bundle("main.js", root=tmp_path, generated={"sub/text.js": "export const text = 5;"})
    assert "text = 5" in made


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"main": 'import "./main.js";'}, "without a cycle, got main.js -> main.js"),
        ({"main": 'import "./a.js";', "a": 'export { x } from "./b.js";', "b": 'import "./a.js";'},
         "without a cycle, got a.js -> b.js -> a.js"),
        ({"main": 'import { a } from "./nowhere.js";'}, "main.js imports nowhere.js: no such file in "),
        ({"main": 'import { a } from "../outside.js";'}, "main.js imports ../outside.js: no such file in "),
        ({"main": 'import { a } from "library";'},
         "main.js imports 'library': expected a path that begins with ./ or ../"),
        ({"main": 'import { a, b } from "./a.js";', "a": "export const a = 1;"},
         "main.js imports 'b' from a.js, which does not export it"),
        ({"main": 'export { b } from "./a.js";', "a": "export const a = 1;"},
         "main.js imports 'b' from a.js, which does not export it"),
        ({"main": 'import b from "./a.js";', "a": "export const a = 1;"},
         "main.js imports 'default' from a.js, which does not export it"),
        ({"main": "\n\nexport let a = 1;"}, "main.js, line 3: unsupported statement 'export let a = 1'"),
        ({"main": "export const { a } = {};"}, "main.js, line 1: unsupported statement"),
        ({"main": "const a = 1; export { a };"}, "main.js, line 1: unsupported statement 'export { a }'"),
        ({"main": 'import { a } from "./a.js"; import { b } from "./a.js";', "a": "export const a = 1, b = 2;"},
         "main.js, line 1: unsupported statement"),
    ],
)  # fmt: skip
def test_bundle_error_names_the_file_and_the_reason(tmp_path, sources, message):
    for name, text in sources.items():
        (tmp_path / f"{name}.js").write_text(text)
    with pytest.raises(ValueError, match=re.escape(message)):
        bundle("main.js", root=tmp_path)


def test_bundles_contain_every_module_of_the_front_end():
    whole = (page_script(), component_script(), site_script())
    scripts = "".join(whole) + loader_source() + worker_source() + bundle("runtime/page_around.js")
    bundled = set(re.findall(r"^// (\S+\.js)$", scripts, re.MULTILINE))
    assert bundled == {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js")}


def test_worker_bundle_has_no_view_and_no_import():
    assert "views/" not in worker_source()
    assert not re.search(r"^\s*(import|export)\b(?! default)", page_module() + worker_source(), re.MULTILINE)


def test_bundles_are_safe_in_a_script_element():
    assert "</script" not in page_module() + page_script()


def test_loader_requests_the_front_end_of_its_own_version():
    assert f'"{version()}"' in loader_source()
    assert len(loader_source()) < 6000  # every saved widget contains the loader
