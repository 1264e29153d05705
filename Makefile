# In a new clone: `make lab` opens the first notebook, `make test` runs the tests, `make demo` writes pages to look at.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Hide the messages that TensorFlow prints when it starts, except errors.
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: install lab demo docs linkcheck test test-long test-hosts check types bench format clean

install: $(READY)

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else f"sketchkit needs Python 3.11 to 3.13, this is {sys.version.split()[0]}: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	@# JupyterLab runs CommonJS scripts in this folder; the package.json of the repository would declare them to be ES modules.
	echo '{}' > $(VENV)/package.json
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(READY)

lab: $(READY)
	$(BIN)/jupyter lab notebooks/quickstart.ipynb

demo: $(READY)
	mkdir -p demo
	rm -f demo/*.svg
	$(BIN)/papermill --cwd . -p out demo notebooks/quickstart.ipynb demo/quickstart.ipynb
	$(BIN)/jupyter nbconvert --to html --embed-images \
		--HTMLExporter.mathjax_url= --HTMLExporter.require_js_url= demo/quickstart.ipynb
	@echo; echo "Open these in a browser:"; ls $(CURDIR)/demo/*.html $(CURDIR)/demo/*.svg

# Build the documentation from the notebooks and docstrings. A notebook is executed again only if it has changed.
docs: $(READY)
	$(BIN)/python -m sphinx -n -W --keep-going docs docs/_build/html
	$(BIN)/python docs/check_links.py docs/_build/html
	@echo; echo "Open docs/_build/html/index.html in a browser."

# Check the links to other sites. This needs an internet connection.
linkcheck: $(READY)
	$(BIN)/python -m sphinx -b linkcheck docs docs/_build/linkcheck

test: check
	$(BIN)/python -m pytest -n auto -m "not long and not hosts"

test-long: $(READY)
	$(BIN)/mypy --python-version 3.13
	$(BIN)/python -m pytest -n auto -m long

# The programs that show widgets have many dependencies, so they have a virtual environment of their own.
test-hosts:
	$(PYTHON) -m venv $(VENV)-hosts
	$(VENV)-hosts/bin/pip install --quiet -e '.[dev]' -r tests/hosts/requirements.txt
	$(VENV)-hosts/bin/python -m pytest -m hosts

# Only the tests and benchmarks of the front-end use these packages. Without Node.js, they are skipped.
node_modules: package.json
	if command -v npm >/dev/null; then npm install --no-package-lock --no-audit --no-fund --silent && touch $@; fi

check: $(READY) node_modules
	if [ -d node_modules/typescript ]; then npx tsc --project jsconfig.json; fi
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Run this after you change the traits of a widget or the comments of the component.
types: $(READY) node_modules
	$(BIN)/python -m tools.component_types

bench: $(READY)
	$(BIN)/python -m benchmarks

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf docs/_build docs/reference/command-line.md $(filter-out docs/tutorials/index.md,$(wildcard docs/tutorials/*))
	rm -rf $(VENV) node_modules demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
