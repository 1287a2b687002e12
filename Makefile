# Hornbook's chores. `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test test-slow check format bench clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: $(VENV)/.installed ## Make .venv and install Hornbook into it
run: setup ## The whole pipeline on this machine: a trained model, its scores, a report
	$(BIN)/hornbook run laptop

test: $(VENV)/.installed-for-development ## Run the test suite
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not slow" --numprocesses 2 --dist loadfile

test-slow: $(VENV)/.installed-for-development ## Run the tests that take minutes
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.installed-for-development ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(VENV)/.installed-for-development ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-for-development ## Measure the promises about speed, one JSON line each
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@for script in bench/*.py; do $(BIN)/python $$script || exit 1; done

clean: ## Remove .venv and caches; the store of artifacts stays
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Hornbook needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-for-development: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[test,check]'
	@touch $@ $(VENV)/.installed
