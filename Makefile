# Bare `make` lists the targets. Each makes what it needs: the virtual environment in .venv and
# the packages pinned with hashes in requirements/. Nothing but make and Python is asked for.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
# One more than the cores of a small machine: tests that kill and start processes wait a lot.
WORKERS ?= 3
PYTEST_ARGS ?=

# Three environments in one folder, each a superset of the one before; a stamp says which is in.
RUNTIME := $(VENV)/.runtime-installed
TEST := $(VENV)/.test-installed
DEV := $(VENV)/.dev-installed

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest

.PHONY: help demo test test-slow kill-loop check check-lint check-format check-types check-imports \
	check-sql check-schemas check-docs format schemas bench soak requirements clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## Import the sample of real complaints and show what the ledger answers
	@$(BIN)/python -m complaints_ledger.demo

test: $(TEST) ## Run the fast tests
	$(PYTEST) -n $(WORKERS) -m "not slow and not kafka" $(PYTEST_ARGS)

test-slow: $(TEST) ## Run the slow tests: races, kills, long histories, the built wheel
	EXAMPLES=$${EXAMPLES:-5} $(PYTEST) -n $(WORKERS) -m "(slow or property) and not kafka" $(PYTEST_ARGS)

kill-loop: $(TEST) ## Kill it 200 times at seeded places and account for every acknowledgement
	KILLS=$${KILLS:-200} $(PYTEST) -s -m slow tests/faults/test_kill_loop.py -k many_kills $(PYTEST_ARGS)

check: check-lint check-format check-types check-imports check-sql check-schemas check-docs ## Run every check but the tests

check-lint: $(DEV) ## Lint the Python
	$(BIN)/ruff check

check-format: $(DEV) ## Check that the Python is formatted
	$(BIN)/ruff format --check

check-types: $(DEV) ## Check the types
	$(BIN)/mypy

check-imports: $(DEV) ## Check who may import whom
	$(BIN)/lint-imports --no-cache

check-sql: $(DEV) ## Lint the SQL of the read models
	$(BIN)/sqlfluff lint --disable-progress-bar projections adapters

check-schemas: $(DEV) ## Check that the published schemas are those of the event classes
	$(BIN)/complaints schemas check

check-docs: $(DEV) ## Check that what the documentation says is so
	$(PYTEST) -m "not slow" tests/test_documentation.py tests/test_architecture.py tests/test_packaging.py

format: $(DEV) ## Format the Python and the SQL, and mend what the linter can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/sqlfluff fix --disable-progress-bar projections adapters

schemas: $(RUNTIME) ## Write the schemas and samples from the event classes
	$(BIN)/complaints schemas write

bench: $(RUNTIME) ## Measure each step beside its bare equivalent
	$(BIN)/python benchmarks/run.py

soak: $(RUNTIME) ## Keep a ledger busy for half an hour and draw what grows (MINUTES=30)
	$(BIN)/python -m benchmarks.soak --minutes $${MINUTES:-30}

# Add UV_FLAGS=--upgrade for newer versions. No line names the place of a download.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" $(UV_FLAGS)

requirements: $(DEV) ## Pin the dependencies of pyproject.toml anew
	$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --group test --constraints requirements/dev.txt --output-file requirements/test.txt
	$(COMPILE) pyproject.toml --constraints requirements/dev.txt --output-file requirements/runtime.txt
	$(COMPILE) --group build --constraints requirements/dev.txt --output-file requirements/build.txt

clean: ## Remove the environment and everything that was made; ledgers stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the environment --------------------------------------------------------------------------

# The first Python of these that starts and is new enough; `make PYTHON=/path/to/python` decides.
PYTHON ?=
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)

$(BIN)/python:
	@for python in $(CANDIDATES); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "'$$python' cannot make virtual environments; install its venv module (on Debian and Ubuntu: apt install python3-venv)" >&2; \
			exit 1; }; \
		echo "making $(VENV) with $$("$$python" --version)" >&2; \
		"$$python" -m venv --clear "$(VENV)" && exit 0 || exit 1; \
	done; \
	echo "no Python 3.11 or newer among '$(CANDIDATES)'; install one, or name it with 'make PYTHON=/path/to/python'" >&2; \
	exit 1

$(RUNTIME): requirements/runtime.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "installing the pinned packages that the ledger runs on" >&2
	@$(PIP_INSTALL) --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST): requirements/test.txt $(RUNTIME)
	@echo "installing the pinned packages that the tests need" >&2
	@$(PIP_INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

$(DEV): requirements/dev.txt $(TEST)
	@echo "installing the pinned packages that the checks need" >&2
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
