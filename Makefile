# Set-up and checks. `make` alone lists the targets.
#
# Needs GNU make and Python 3.11 or newer, nothing else. The environment is .venv; it
# is made when there is none and brought up to date when pyproject.toml has changed.
# PYTHON=/path/to/python picks the interpreter it is made with.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
SCRIPTS := benchmarks scripts
JOBS ?= 2
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# pyright comes whole from the package index; it need not ask for newer ones.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

# Prints the first interpreter that is new enough and can make environments.
define find_python
for python in $(or $(PYTHON),$(PYTHONS)); do \
	if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' \
		>/dev/null 2>&1; then \
		command -v "$$python"; break; \
	fi; \
done
endef

##@ Use

.PHONY: demo
demo: $(RUN) ## Run the example program over the example events.
	$(BIN)/fql run examples/shop.fql examples/events.ndjson

.PHONY: install
install: $(DEV) ## Make the environment with everything for development.

##@ Check

.PHONY: test
test: lint types layers check package ## Everything that has to pass.

.PHONY: lint
lint: $(DEV) ## Style: ruff's rules and its formatting.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(DEV) ## Types: mypy and pyright, both strict.
	$(BIN)/mypy
	$(BIN)/mypy $(SCRIPTS)
	$(BIN)/pyright

.PHONY: layers
layers: $(DEV) ## Layers: imports only go down.
	$(BIN)/lint-imports

.PHONY: check
check: $(DEV) ## Tests: unit, property, conformance, doctest.
	$(BIN)/pytest --numprocesses=$(JOBS)

# Following every branch about doubles what the tests take.
.PHONY: coverage
coverage: $(DEV) ## The same tests, and the branches that none of them takes.
	$(BIN)/pytest --numprocesses=$(JOBS) --cov --cov-report=term

# Debian's server, where that is to be had; what needs one is skipped without it.
.PHONY: postgres
postgres: ## PostgreSQL for the tests of the outbox, where apt-get can install it.
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
		echo 'PostgreSQL is there'; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
		{ apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes \
			--no-install-recommends postgresql; } >/dev/null 2>&1; then \
		echo 'PostgreSQL is installed'; \
	else \
		echo 'PostgreSQL cannot be installed here; its tests will be skipped'; \
	fi

.PHONY: package
package: $(DEV) ## Package: sdist, the wheel from it, and that wheel on its own.
	rm -rf build dist && mkdir build
	$(BIN)/python -m build --outdir dist . >build/log 2>&1 || { cat build/log; exit 1; }
	$(BIN)/python scripts/check_wheel.py dist

##@ Work

.PHONY: format
format: $(DEV) ## Apply ruff's formatting and its safe fixes.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(DEV) ## Write the pages of codes and functions from their registries.
	$(BIN)/python -m fql.grammar.codes docs/codes
	$(BIN)/python -m fql.compiler.function_pages docs/functions.md

.PHONY: bench
bench: $(DEV) ## Measure everything, beside the other engines that are installed.
	$(BIN)/python -m benchmarks.report

.PHONY: bench-quick
bench-quick: $(DEV) ## Rougher, without what takes long: less than a minute.
	$(BIN)/python -m benchmarks.report --quick

.PHONY: peers
peers: $(DEV) ## Install the engines that bench compares with (pip; npm if there).
	$(BIN)/python -m pip install -qq --group bench
	@if command -v npm >/dev/null; then $(BIN)/python -m benchmarks.original; \
	else echo 'npm is not installed: the original is left out'; fi

.PHONY: clean
clean: ## Remove what the other targets made, the environment too.
	rm -rf $(VENV) .peers build dist htmlcov .coverage .coverage.* *.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## List the targets.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- the environment ---------------------------------------------------------------

# An environment whose interpreter does not run is made anew.
$(RUN): pyproject.toml
	@if ! $(BIN)/python -c 'import pip' >/dev/null 2>&1; then \
		python=$$($(find_python)); \
		if [ -z "$$python" ]; then \
			echo 'make: needs Python 3.11 or newer with its venv module, and found none.' >&2; \
			echo 'make: install one (Debian and Ubuntu: python3 and python3-venv), or name' >&2; \
			echo 'make: one: make PYTHON=/path/to/python3' >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $$python"; \
		"$$python" -m venv --clear $(VENV); \
	fi
	@echo 'Installing fql in $(VENV)'
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'
	@# setuptools tells every editable install that it is one.
	@PYTHONWARNINGS='ignore:Editable installation' \
		$(BIN)/python -m pip install -qq --editable '.[all]'
	@touch $@

$(DEV): $(RUN)
	@echo 'Installing the development tools in $(VENV)'
	@$(BIN)/python -m pip install -qq --group dev
	@touch $@
