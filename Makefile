# TeamHub's commands. `make help` lists them; CONTRIBUTING.md tells more.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

ifndef PY
PY := $(shell for each in python3 python3.13 python3.12 python3.11; do \
	"$$each" scripts/check_python.py >/dev/null 2>&1 && echo "$$each" && exit; done; echo python3)
endif
V := .venv
PYTHON := $(V)/bin/python
VERSION := $(shell "$(PY)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none)
LOCKED := $(shell cksum requirements.lock 2>/dev/null | tr ' \t' '--' | cut -d- -f1,2)
# One stamp for one lock and one Python: another of either makes the environment anew.
STAMP := $(V)/.ready-$(LOCKED)-py$(VERSION)
COMPILE = $(PYTHON) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock'

.PHONY: help setup run demo test lint unit integration postgres processes e2e format soak bench lock clean

help:  ## show this list
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name words; do
		printf '  make %-12s %s\n' "$$name" "$$words"; done
	echo
	echo '  PY=/path/to/python3.12   another Python       UV=1          install with uv'
	echo '  PORT=8001 BIND=0.0.0.0   for make run         NO_INSTALL=1  no system packages'

setup: $(STAMP)  ## make the environment (.venv) from requirements.lock

$(STAMP): | requirements.lock
	@if [ "$(VERSION)" = none ]; then
		echo 'No Python was found. Install Python 3.11 to 3.13, or name it: make PY=/path/to/python3.12 ...' >&2
		exit 1
	fi
	"$(PY)" scripts/check_python.py
	rm -f $(V)/.ready-*   # an installation that breaks off must not look finished
	echo "Making $(V) for Python $(VERSION) from requirements.lock (about a minute, 3 GB) ..."
	"$(PY)" -m venv --clear $(V)
	if [ -n "$${UV:-}" ]; then
		if ! command -v uv >/dev/null; then
			$(PYTHON) -m pip install -q --no-input --disable-pip-version-check \
				"uv==$$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)"
			uv() { $(V)/bin/uv "$$@"; }
		fi
		uv pip sync -q --python $(PYTHON) --require-hashes requirements.lock
	else
		$(PYTHON) -m pip install -q --no-input --disable-pip-version-check --require-hashes -r requirements.lock
	fi
	# Some set-ups install sources only; then every process would compile them again. Samples that some
	# packages bring for other Pythons do not compile, and need not.
	$(PYTHON) -m compileall -q -j 0 -x '/(tests?|testing)/' $(V)/lib || true
	touch $@

run: $(STAMP)  ## start TeamHub here: web, workers, clock; Ctrl-C stops all
	@exec $(PYTHON) manage.py up $${PORT:+--port "$$PORT"} $${BIND:+--bind "$$BIND"}

demo: $(STAMP)  ## throw the data under var/ away and build the demo company anew
	@exec $(PYTHON) manage.py demo --reset

test: $(STAMP)  ## everything: lint, unit, integration (SQLite, PostgreSQL, Redis, workers), browser
	@exec $(PYTHON) scripts/run_tests.py

lint: $(STAMP)  ## ruff, mypy, import-linter, templates, migrations, API schema, translations
	@exec $(PYTHON) scripts/run_tests.py lint

unit: $(STAMP)  ## unit tests
	@exec $(PYTHON) scripts/run_tests.py unit

integration: $(STAMP)  ## integration tests on SQLite
	@exec $(PYTHON) scripts/run_tests.py integration

postgres: $(STAMP)  ## the tests marked both_databases on a private PostgreSQL
	@exec $(PYTHON) scripts/run_tests.py postgres

processes: $(STAMP)  ## the tests with real workers, brokers and products
	@exec $(PYTHON) scripts/run_tests.py processes

e2e: $(STAMP)  ## browser tests
	@exec $(PYTHON) scripts/run_tests.py e2e

format: $(STAMP)  ## let ruff and djade mend what they can
	@$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	find templates -name '*.html' -print0 | xargs -0 --no-run-if-empty $(V)/bin/djade

soak: $(STAMP)  ## kill workers for ROUNDS=20 rounds, both set-ups
	@exec $(PYTHON) -m benchmarks.soak --rounds "$${ROUNDS:-20}"

bench: $(STAMP)  ## the benchmark programs; NAME=staffing ARGS="..." runs one
	@if [ -n "$${NAME:-}" ]; then exec $(PYTHON) -m "benchmarks.$$NAME" $${ARGS:-}; fi
	echo 'Programs (run one by NAME=... ARGS="..."; --help says what it takes):'
	for each in benchmarks/[a-z]*.py; do basename "$$each" .py; done

lock: $(STAMP)  ## compile the three lock files from pyproject.toml
	@$(COMPILE) --extra ml --extra dev --extra bench pyproject.toml -o requirements-bench.lock
	$(COMPILE) --extra ml --extra dev -c requirements-bench.lock pyproject.toml -o requirements.lock
	$(COMPILE) --extra ml --extra gpu -c requirements.lock pyproject.toml -o requirements-gpu.lock

clean:  ## remove the environment and caches; var/ stays
	@rm -rf $(V) .mypy_cache .ruff_cache .import_linter_cache .hypothesis tests/.artifacts
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
