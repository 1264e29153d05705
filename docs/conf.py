"""Configuration of the documentation. `make docs` builds it in docs/_build/html; it works from disk and offline."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]  # the package in this repository, and the extensions

import sketchkit  # noqa: E402

project = "sketchkit"
author = "The sketchkit authors"
project_copyright = author
version = release = sketchkit.__version__

extensions = [
    "sphinx.ext.autodoc",
    "numpydoc",
    "myst_nb",
    "sketchkit.sphinx",
    "executed_notebooks",
    "repository_links",
    "command_line",
    "component_sizes",
    "mathml",
]
exclude_patterns = [
    "_build",
    "_ext",
    "howto/component_sizes.md",
    "tutorials/drawings",
    "tutorials/runs",
    "**.ipynb_checkpoints",
]
nitpicky = True
default_role = "code"  # docstrings have names in single backticks

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings contain the types, with shapes and ranges
numpydoc_show_class_members = False

myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the extension executed_notebooks executes the notebooks
nb_output_stderr = "remove"
nb_ipywidgets_js = {}  # load no scripts from other sites, because the widgets of sketchkit need none
html_math_renderer = "mathml"

html_theme = "furo"
html_title = "sketchkit"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#2f4fa8", "color-brand-content": "#2f4fa8"},
    "dark_css_variables": {"color-brand-primary": "#8fb0ff", "color-brand-content": "#8fb0ff"},
}

linkcheck_anchors = False
linkcheck_timeout = 20
