# Everything runs from .venv, which `make setup` makes with pip; every target sets it up first.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PORT ?= 8501
# The films that `make demo` and `make bench` use; the demo has its own where none are given.
MEDIA ?=

# An indexed data directory, for pictures and measurements of the pages.
DATA ?=

# Where `make bench` keeps a large generated catalogue: filled once, which takes minutes.
LARGE ?=

# The tests run in so many processes: each takes about 5 GB of memory, and one core for its networks.
WORKERS ?= 2
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

.PHONY: help setup demo test test-slow bench screenshots lint format clean

help:
	@echo "make demo              index a small real catalogue and serve it in the browser"
	@echo "make demo MEDIA=DIR    the same with your own films"
	@echo "make test              the tests          make test-slow   the long ones too"
	@echo "make lint              ruff and mypy      make format      format the code"
	@echo "make bench MEDIA=DIR   the figures in docs/   make clean   delete what was made"
	@echo "make screenshots DATA=DIR   pictures of every page of an index, in build/screenshots"

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Reelfind needs Python 3.11 or newer; set PYTHON=python3.11")'
	@echo 'Setting up .venv: about a gigabyte of packages, some minutes the first time'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo,dev]'
	touch $(READY)

demo: setup
	$(BIN)/python -m app.demo --port $(PORT) $(if $(MEDIA),--media '$(MEDIA)')

test: setup
	$(PYTEST) -m 'not slow'

test-slow: setup
	$(PYTEST)

bench: setup
	@test -n '$(MEDIA)' || { echo 'make bench needs MEDIA=folder with the films of docs/measurements.md'; exit 2; }
	$(BIN)/python bench/shots.py '$(MEDIA)'
	$(BIN)/python bench/backbones.py '$(MEDIA)'
	$(BIN)/python bench/indexing.py '$(MEDIA)'
	$(BIN)/python -m bench.search '$(MEDIA)'
	$(BIN)/python -m bench.feedback '$(MEDIA)'
	$(BIN)/python -m bench.by_clip '$(MEDIA)'
	$(BIN)/python bench/scores.py '$(MEDIA)'
	$(BIN)/python bench/throughput.py
	OMP_WAIT_POLICY=PASSIVE $(BIN)/python bench/probe_training.py
	$(BIN)/python -m bench.latency $(if $(LARGE),--data '$(LARGE)')
	$(if $(DATA),$(BIN)/python -m bench.pages '$(DATA)')
	$(if $(and $(DATA),$(LARGE)),$(BIN)/python -m bench.pages '$(DATA)' --large '$(LARGE)')

screenshots: setup
	@test -n '$(DATA)' || { echo 'make screenshots needs DATA=an indexed data directory'; exit 2; }
	$(BIN)/python docs/screenshots.py '$(DATA)' build/screenshots

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
