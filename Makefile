# The suite's front door. `make help` lists what can be asked for.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SERVICES := contacts cases notifications audit gateway
TEST_BASE_PORT ?= 28000
TEST_INSTANCE := TELLUS_RUN_DIR=.run/test TELLUS_BASE_PORT=$(TEST_BASE_PORT)

# --- for people -----------------------------------------------------------------------------------------------------

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  \033[1mmake %-13s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/.local ## Start the whole suite here and tell one citizen's story (under 5 minutes, then under 30 s)
	@$(BIN)/tellus up
	@$(BIN)/python -m deploy.local.demo

.PHONY: up
up: $(VENV)/.local ## Start the whole suite, without the story
	@$(BIN)/tellus up

.PHONY: down
down: ## Stop everything that up, demo or test started; data stays
	@if [ -x $(BIN)/tellus ]; then $(BIN)/tellus down; $(TEST_INSTANCE) $(BIN)/tellus down; else echo "Nothing was set up here."; fi

.PHONY: clean
clean: ## Stop, then forget all data, secrets, logs and the virtual environment
	@if [ -x $(BIN)/tellus ]; then $(TEST_INSTANCE) $(BIN)/tellus down --forget; $(BIN)/tellus down --forget; fi
	@rm -rf $(VENV) .run tests/oidc/issuer/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tellus.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: migrate
migrate: $(VENV)/.local ## Bring every service's database to its newest revision
	@$(BIN)/tellus migrate

# --- for developers -------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.dev ## Set up what is missing, then run the static checks and every test
	@$(TEST_INSTANCE) $(BIN)/tellus up --servers-only
	@$(MAKE) --no-print-directory static
	@$(TEST_INSTANCE) $(BIN)/pytest

.PHONY: test-oidc
test-oidc: $(VENV)/.dev ## Try the gateway against an issuer that is not ours (needs Node 20), and against the local one
	@if command -v npm >/dev/null; then \
	  npm ci --prefix tests/oidc/issuer --no-audit --no-fund --ignore-scripts --loglevel=error; \
	else echo "npm is missing: without Node 20 only the local issuer is tried."; fi
	@$(TEST_INSTANCE) $(BIN)/pytest tests/oidc

.PHONY: check
check: $(VENV)/.dev static ## Static checks and unit tests: seconds, no servers
	@$(BIN)/pytest -m "unit or contract or architecture"

.PHONY: static
static: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/tellus policy test

.PHONY: bench
bench: $(VENV)/.dev ## Measure throughput and latency here; results go to docs/benchmarks.md
	@$(TEST_INSTANCE) $(BIN)/tellus up --servers-only
	@$(TEST_INSTANCE) $(BIN)/python -m tests.performance

.PHONY: bench-gateway
bench-gateway: $(VENV)/.dev ## Measure what the gateway costs and withstands; results go to docs/benchmarks-gateway.md
	@$(BIN)/python -m tests.performance.gateway

.PHONY: chaos
chaos: $(VENV)/.dev ## Kill and restart everything while a real log is replayed; prints lost and doubled
	@$(TEST_INSTANCE) $(BIN)/tellus up --servers-only
	@$(TEST_INSTANCE) TELLUS_CHAOS=full $(BIN)/pytest tests/chaos -s

UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
      --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: $(VENV)/.dev ## Renew the hashed locks from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" \
	  | $(UV) - -o requirements/build.txt
	@$(UV) pyproject.toml --all-extras --group dev -o requirements/dev.txt
	@$(UV) pyproject.toml --all-extras -c requirements/dev.txt -o requirements/local.txt
	@for service in $(SERVICES); do \
	  $(UV) pyproject.toml --extra $$service -c requirements/dev.txt -o requirements/$$service.txt; \
	done
	@if grep -n '://' requirements/*.txt; then echo "A lock names an address: remove it." >&2; exit 1; fi

# --- the virtual environment: one folder, made from the locks, renewed when a lock changes ---------------------------

$(VENV)/bin/python:
	@command -v git >/dev/null || { echo "git is missing: install it, for instance with 'apt-get install git'." >&2; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer, for instance with 'apt-get install python3 python3-venv'." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "python3-venv is missing: install it, for instance with 'apt-get install python3-venv'." >&2; exit 1; }
	@echo "Making the virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

$(VENV)/.local: requirements/build.txt requirements/local.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the suite runs on, from requirements/local.txt"
	@$(INSTALL) -r requirements/build.txt -r requirements/local.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.local
	@echo "Installing the tools for development, from requirements/dev.txt"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
