# Two commands are enough: `make demo` and `make test`. Each sets up what it
# needs in .venv first; a second run repeats nothing of that.
# Written for GNU make 3.81 (macOS) and newer.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DOCS := $(VENV)/.docs
LOWEST := .venv-lowest
OLDEST := $(shell command -v python3.11)
RUNS := runs
DEMO := $(RUNS)/demo
TESTS ?= tests
# The notebooks take minutes each, so they begin first.
SLOW_TESTS ?= $(wildcard notebooks) tests
WORKERS ?= auto
# Of `make torture`.
MINUTES ?= 25

# One thread a test process: two of them share the machine without a fight.
TEST_ENV := TF_CPP_MIN_LOG_LEVEL=3 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
# Neighboring tests share fixtures; who is done early helps the others.
PYTEST = $(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 \
	--dist worksteal

# The first Python that TensorFlow has wheels for; `make PYTHON=... demo` wins.
PYTHON ?= $(shell for name in python3.12 python3.13 python3.11 python3 python; \
	do $$name -c 'import sys, venv, ensurepip; \
	sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { command -v $$name; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help setup demo bench saved-model test test-lowest test-slow torture lint \
	format typecheck notebooks docs clean

help: ## list these commands
	@echo "make demo       set up and run the main job on drawn animals"
	@echo "make saved-model  a ready SavedModel of drawn animals, from the demo"
	@echo "make bench      measure how fast all of it is, into benchmarks/results"
	@echo "make test       set up and run all checks and the quick tests"
	@echo "make test-slow  the others: whole runs, exports, notebooks"
	@echo "make torture    kills, full disks, damaged files; writes docs/trust.md"
	@echo "make test-lowest  some of them with the oldest packages allowed"
	@echo "make setup      only the virtual environment, in $(VENV);"
	@echo "                LOCKED=1 for known versions, checked by their hashes"
	@echo "make lint       ruff: style and format, nothing is changed"
	@echo "make format     ruff: mend what can be mended"
	@echo "make typecheck  mypy"
	@echo "make notebooks  run the notebooks, a failing cell fails"
	@echo "make docs       build the documentation in build/docs"
	@echo "make clean      remove $(VENV), $(DEMO) and the caches"

setup: $(STAMP)
	@echo "$(VENV) is ready."

$(STAMP): setup.cfg pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "error: no Python 3.11, 3.12 or 3.13 with venv was found." >&2; \
		echo "Install one (Debian/Ubuntu: apt install python3 python3-venv;" >&2; \
		echo "macOS: brew install python@3.12) or name it:" >&2; \
		echo "make PYTHON=/path/to/python3.12 demo" >&2; \
		exit 2; \
	fi
	@echo "Setting up $(VENV) with $(PYTHON); this happens once."
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
ifdef LOCKED
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement .ci/locked.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --editable .
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--editable '.[test,dev]'
endif
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/tf-explainer run --epochs 18 --out $(DEMO) --overwrite

bench: $(STAMP)
	$(BIN)/python benchmarks/speed.py benchmarks/results/speed.md

saved-model: $(STAMP)
	@test -f $(DEMO)/explainer.keras || $(MAKE) demo
	@$(BIN)/tf-explainer export $(DEMO) --out saved_models/drawn_animals

test: lint typecheck
	$(PYTEST) -m "not slow" $(TESTS)

# The oldest packages that setup.cfg allows: they warn of what has changed since.
test-lowest:
	@if [ -z "$(OLDEST)" ]; then \
		echo "error: the oldest packages want Python 3.11, which is not here." >&2; \
		exit 2; \
	fi
	@test -x $(LOWEST)/bin/python || "$(OLDEST)" -m venv $(LOWEST)
	@$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check \
		--requirement .ci/lowest.txt
	$(TEST_ENV) PYTHONPATH=. $(LOWEST)/bin/python -m pytest -n $(WORKERS) \
		--maxprocesses 4 -o filterwarnings=ignore -m "not slow" \
		tests/layers tests/losses tests/config

test-slow: $(STAMP)
	$(PYTEST) -m slow --nbmake --nbmake-timeout 600 $(SLOW_TESTS)

torture: $(STAMP)
	$(TEST_ENV) $(BIN)/python -m tests.torture --minutes $(MINUTES)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive tf_explainer

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

typecheck: $(STAMP)
	$(BIN)/mypy

notebooks: $(STAMP)
	$(TEST_ENV) $(BIN)/python -m pytest --nbmake --nbmake-timeout 600 notebooks

# Strictly: a warning is an error. Nothing is loaded from a network but what
# this target installs.
docs: $(DOCS)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict \
		-f docs/mkdocs.yml

$(DOCS): $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--editable '.[docs]'
	@touch $(DOCS)

clean:
	rm -rf $(VENV) $(LOWEST) $(DEMO) build dist *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
