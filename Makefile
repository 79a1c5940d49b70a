# charplay's targets; `make` alone lists them.

VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
PLAYABLE := $(VENV)/.playable
READY := $(VENV)/.ready
PIP_FLAGS := --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
MINUTES ?= 30

.PHONY: help play test torture check bench gpu-check classics pictures reference docs format clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(PLAYABLE): pyproject.toml constraints.txt
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(PIP_FLAGS) -e .
	touch $@

$(READY): $(PLAYABLE)
	$(BIN)/python -m pip install $(PIP_FLAGS) -e '.[dev]'
	touch $@

play: $(PLAYABLE)  ## Install what is needed and start the playground
	$(BIN)/charplay

# Where Python is told to keep no bytecode, each of the hundreds of programs that tests start would compile it all.
test: $(READY)  ## Install what is needed and run the tests
	$(BIN)/python -m compileall -q charplay tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

torture: $(READY)  ## The same laws for MINUTES=30: kills, stalls, fuzz, escapes, a soak; 1 where one is broken
	$(BIN)/python tests/torture/torment.py --minutes $(MINUTES) $(TORTURE)

check: $(READY)  ## Lint, types and the rooms' import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

bench: $(READY)  ## Measure: one table, one JSON file
	$(BIN)/python benchmarks/run.py

gpu-check: $(READY)  ## Check training on a graphics card in five minutes, and print a page to paste into an issue
	$(BIN)/python benchmarks/gpu_check.py

classics: $(READY)  ## Check the classic presets, to the parameter, on the texts in the folder CORPORA
	$(BIN)/python benchmarks/classics.py

pictures: $(READY)  ## Draw the README's pictures from the real program
	$(BIN)/python docs/pictures.py

reference: $(READY)  ## Write the pages made from declarations: keys, hyperparameters, the man page
	$(BIN)/python docs/reference.py

docs: reference  ## Build the documentation as a site in build/site, strictly: every link is checked
	$(BIN)/python -m pip install $(PIP_FLAGS) -e '.[docs]'
	$(BIN)/mkdocs build --quiet --strict

clean:  ## Remove what the targets made
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
