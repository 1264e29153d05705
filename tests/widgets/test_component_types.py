"""The files of the component that `make types` writes are up to date."""

from pathlib import Path

import pytest

from tools.component_types import COMPONENT, declarations, elements, table_source

ROOT = Path(__file__).parents[2]


def test_traits_js_is_up_to_date_with_the_widget_classes():
    assert (COMPONENT / "traits.js").read_text(encoding="utf-8") == table_source(), "run `make types`"


def test_every_widget_that_needs_no_kernel_has_an_element():
    assert {"sketch-complete", "sketch-pad", "sketch-next-point", "sketch-gallery"} <= set(elements())


def test_declarations_are_up_to_date_with_the_comments():
    if not (ROOT / "node_modules/typescript").exists():
        pytest.skip("needs TypeScript, which is not installed")
    for name, text in declarations().items():
        assert (COMPONENT / "types" / name).read_text(encoding="utf-8") == text, "run `make types`"
