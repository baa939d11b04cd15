# SPDX-License-Identifier: Apache-2.0
# A bare machine needs Python 3.11 (or later) and make; everything else is fetched into .venv.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
JOBS ?= auto
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
BROWSER_PACKAGES := chromium fonts-noto-cjk

.DEFAULT_GOAL := help
.PHONY: help venv run format lint types imports browser javascript java strace test test-full bench accuracy lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

venv: $(STAMP) ## Create or refresh .venv from constraints.txt

$(STAMP): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or later is needed; say where: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) \
	    || { echo "This Python cannot create environments; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: $(STAMP) ## Simulate a province, verify and audit it, then serve the portal on 127.0.0.1:8000
	$(BIN)/fundtrace demo

format: $(STAMP) ## Format the source and apply safe fixes
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lint: $(STAMP) ## Check format and lint rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP) ## Check types
	$(BIN)/mypy

imports: $(STAMP) ## Check the import contracts
	$(BIN)/lint-imports --no-logo

browser: ## Install Chromium and Chinese fonts when they are missing (as root on Debian)
	@if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -qq --yes --no-install-recommends $(BROWSER_PACKAGES) fontconfig >/dev/null; \
	else \
	    echo "The browser tests need Chromium and a Chinese font: install $(BROWSER_PACKAGES)"; exit 1; \
	fi

javascript: ## Install Node when it is missing (as root on Debian), for the tests of the verifier in JavaScript
	@if command -v node >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -qq --yes --no-install-recommends nodejs >/dev/null; \
	else \
	    echo "The tests of the JavaScript verifier need Node 18 or later: install nodejs"; exit 1; \
	fi

java: ## Install Java when it is missing (as root on Debian), for the tests of judging on Spark
	@if command -v java >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -qq --yes --no-install-recommends default-jre-headless >/dev/null; \
	else \
	    echo "The tests of judging on Spark need Java 17 or later: install default-jre-headless"; exit 1; \
	fi

strace: ## Install strace, which makes system calls fail, when it is missing (as root on Debian)
	@if command -v strace >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -qq --yes --no-install-recommends strace >/dev/null; \
	else \
	    echo "The tests of failing system calls need strace: install it"; exit 1; \
	fi

test: $(STAMP) browser javascript java strace lint types imports ## Do all set-up, then check and test everything
	$(BIN)/pytest -n $(JOBS) --dist loadgroup

test-full: $(STAMP) browser javascript java strace lint types imports ## As test, with every position of the long tests
	FUNDTRACE_FULL=1 $(BIN)/pytest -n $(JOBS) --dist loadgroup --timeout 0

bench: $(STAMP) ## Measure, one benchmark at a time
	$(BIN)/fundtrace bench --entries 100000 --entries 1000000

accuracy: $(STAMP) ## Measure how right the rules are, beside plain methods; files in build/accuracy
	rm -rf build/accuracy
	$(BIN)/fundtrace bench --accuracy build/accuracy --monthly

lock: ## Refresh constraints.txt (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv"; exit 1; }
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-annotate --no-header --no-emit-index-url --extra server --extra s3 --extra spark --extra bench --extra test \
	    --output-file constraints.new pyproject.toml
	@{ head -n 2 constraints.txt; cat constraints.new; } >constraints.tmp && mv constraints.tmp constraints.txt
	@rm constraints.new

clean: ## Remove caches and builds; environments and ledgers stay
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info
	find api ledger tests verifier -name __pycache__ -type d -prune -exec rm -rf {} +
