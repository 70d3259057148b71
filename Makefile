# make demo and make test set up whatever is missing by themselves.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared
DEMO := demo
export OMP_THREAD_LIMIT := 1
export OMP_NUM_THREADS := 1

.PHONY: help setup demo test lint exam bench bench-search soak models catalogue samples clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Install what is missing: Tesseract, .venv with the locked packages, the command declass

$(VENV)/.ready: requirements.lock pyproject.toml bench/setup.sh
	@bash bench/setup.sh $(VENV)
	@touch $@

demo: setup ## Ingest the sample scans and show what the archive knows
	@bash bench/demo.sh $(BIN) $(DEMO)

test: setup lint ## Everything a fresh machine can check: types, style, tests with real Tesseract
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup ## Style and types
	$(BIN)/ruff check pipeline corpus bench tests
	$(BIN)/mypy

exam: setup ## Score the dev exam in $(SHARED) and show gains and losses against bench/exam.json
	$(BIN)/python -m bench.exam $(SHARED) $(ARGS)

bench: setup ## Ratios against bare engines, in one run
	$(BIN)/python -m bench.reading $(ARGS)

bench-search: setup ## How quick search is at a million pages, beside bare FTS5 and Datasette (PostgreSQL: ARGS="--database postgresql")
	$(BIN)/python -m pip install --quiet "pip>=25.1" && $(BIN)/python -m pip install --quiet "datasette>=0.65"
	$(BIN)/python -m bench.million --words $(SHARED) --peers $(ARGS)

soak: setup ## Twenty kill -9 at random moments of an ingest; the export must equal that of an undisturbed run
	$(BIN)/python -m bench.soak $(ARGS)

models: setup ## Train again what is trained, from its recipes
	$(BIN)/python -m pip install --quiet "pip>=25.1" && $(BIN)/python -m pip install --quiet --group models
	$(BIN)/python models/entities/train.py $(SHARED)
	$(BIN)/python models/recommendations/train.py $(SHARED)
	$(BIN)/python models/redactions/train.py $(SHARED)

catalogue: setup ## Write docs/stamps.md and its drawings from the templates
	$(BIN)/python -m corpus.catalogue

samples: setup ## Draw the sample scans of corpus/ again, from their seed
	$(BIN)/python -m corpus.generate

clean: ## Remove the demo archive and caches
	rm -rf $(DEMO) .mypy_cache .ruff_cache .pytest_cache
