# Everything runs from .venv, which `make setup` makes with pip; every target sets it up first.
# On Windows it needs the shell and the tools of Git for Windows on the PATH.
PYTHON ?= $(if $(filter Windows_NT,$(OS)),python,python3)
VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/ready
PORT ?= 8501

# The Pythons that Reelfind runs on; tests/test_requirements.py keeps every other mention equal.
PYTHONS := 3.11 3.12 3.13

# The packages that setup installs: LOCKED= takes the newest releases that pyproject.toml allows.
LOCKED ?= --require-hashes --requirement requirements-dev.lock
# The package index of torch: auto takes the build that fits this machine, an empty one pip's own.
TORCH_INDEX ?= auto

# The films that `make demo` and `make bench` use; the demo has its own where none are given.
MEDIA ?=

# An indexed data directory, for pictures and measurements of the pages.
DATA ?=

# Where `make bench` keeps a large generated catalogue: filled once, which takes minutes.
LARGE ?=

# The tests run in so many processes; see tests/workers.py.
WORKERS ?= $(shell $(PYTHON) tests/workers.py)
# Python keeps the bytecode, whatever the environment says: tests start some sixty processes.
PYTEST = PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 10

.PHONY: help setup demo test test-slow test-pythons test-newest short-path short-path-elsewhere lock audit bench attack screenshots docs lint format clean

help:
	@echo "make demo              index a small real catalogue and serve it in the browser"
	@echo "make demo MEDIA=DIR    the same with your own films"
	@echo "make test              the tests          make test-slow   the long ones too"
	@echo "make test-pythons      the tests on every Python of README that is found here"
	@echo "make test-newest       the tests with the newest releases instead of the locked ones"
	@echo "make lock              renew the locked releases, run the tests, say what changed"
	@echo "make audit             known vulnerabilities of the locked packages"
	@echo "make lint              ruff and mypy      make format      format the code"
	@echo "make docs              the documents as a site, in build/site"
	@echo "make bench MEDIA=DIR   the figures in docs/results   make clean   delete what was made"
	@echo "make attack            hostile films, files, requests and kills"
	@echo "make screenshots DATA=DIR   pictures of every page of an index, in build/screenshots"

setup: $(READY)

$(READY): pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; here = "%d.%d" % sys.version_info[:2]; sys.exit(None if here in "$(PYTHONS)".split() else "Reelfind runs on Python $(PYTHONS), and $(PYTHON) is " + here + ". Set PYTHON, for example: make setup PYTHON=python3.13. (Python 3.14 waits for wheels of opentimelineio.)")'
	@echo 'Setting up $(VENV): about 1 GB of packages come down, then torch; some minutes the first time, and'
	@echo 'what has come down whole is not fetched again by another attempt.'
	$(PYTHON) -m venv $(VENV)
	$(if $(LOCKED),$(BIN)/python -m pip install --disable-pip-version-check --no-deps $(LOCKED))
	$(PYTHON) tests/torch_build.py $(BIN)/python '$(TORCH_INDEX)'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(LOCKED),--no-build-isolation) --editable '.[demo,dev]'
	touch $(READY)

demo: setup
	$(BIN)/reelfind demo --port $(PORT) $(if $(MEDIA),--media '$(MEDIA)')

test: setup
	$(PYTEST) -m 'not slow'

test-slow: setup
	$(PYTEST)

# Each Python in a folder of its own, under .venvs.
test-pythons:
	$(PYTHON) tests/pythons.py test $(PYTHONS)

test-newest:
	rm -rf .venvs/newest
	$(MAKE) test VENV=.venvs/newest LOCKED=
	.venvs/newest/bin/python -m tests.releases requirements-dev.lock

# From a film to an export on another Python than the usual one: minutes, for every commit.
short-path: setup
	$(PYTEST) --numprocesses 0 tests/test_short_path.py

short-path-elsewhere:
	$(PYTHON) tests/pythons.py --newest-other short-path $(PYTHONS)

lock: setup
	mkdir -p build
	cp requirements-dev.lock build/before.lock
	$(BIN)/uv pip compile --quiet --upgrade --extra build --extra mcp --extra postgres --extra s3 pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --all-extras --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --upgrade --extra build --extra mcp --extra postgres --extra s3 --extra cluster --constraint requirements-dev.lock pyproject.toml --output-file requirements-cluster.lock
	$(MAKE) test
	$(BIN)/python -m tests.releases build/before.lock

bench: setup
	@test -n '$(MEDIA)' || { echo 'make bench needs MEDIA=folder with the films of docs/results/measurements.md'; exit 2; }
	$(BIN)/python bench/shots.py '$(MEDIA)'
	$(BIN)/python -m bench.flashes '$(MEDIA)'
	$(BIN)/python -m bench.encodings
	$(BIN)/python bench/backbones.py '$(MEDIA)'
	$(BIN)/python -m bench.transcription '$(MEDIA)'
	$(BIN)/python -m bench.indexing '$(MEDIA)'
	$(BIN)/python -m bench.second_run 50 5000
	$(BIN)/python -m bench.many_titles 50 5000
	$(BIN)/python -m bench.cluster '$(MEDIA)'
	$(BIN)/python -m bench.search '$(MEDIA)'
	$(BIN)/python -m bench.feedback '$(MEDIA)'
	$(BIN)/python -m bench.by_clip '$(MEDIA)'
	$(BIN)/python -m bench.scores '$(MEDIA)'
	$(BIN)/python bench/throughput.py
	OMP_WAIT_POLICY=PASSIVE $(BIN)/python bench/probe_training.py
	OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m bench.heads --sampled 1
	$(BIN)/python -m bench.latency $(if $(LARGE),--data '$(LARGE)')
	$(if $(DATA),$(BIN)/python -m bench.start '$(DATA)')
	$(if $(DATA),$(BIN)/python -m bench.pages '$(DATA)')
	$(if $(and $(DATA),$(LARGE)),$(BIN)/python -m bench.pages '$(DATA)' --large '$(LARGE)')

# Hostile films, sidecars, requests and kills: an hour or more on two cores.
attack: setup
	$(BIN)/python -m bench.foreign_sidecars
	$(BIN)/python -m bench.mutated_films
	$(BIN)/python -m bench.attack
	$(BIN)/python -m bench.kills

screenshots: setup
	@test -n '$(DATA)' || { echo 'make screenshots needs DATA=an indexed data directory'; exit 2; }
	$(BIN)/python -m bench.screenshots '$(DATA)' build/screenshots

# Nothing is loaded from elsewhere, neither now nor by the pages; a broken link is an error.
docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo 'Open build/site/index.html; its search needs a server: python -m http.server --directory build/site'

audit: setup
	$(BIN)/python -m tests.audit requirements-cluster.lock

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@# Calls that Windows or macOS lack. Its Python's library is read as it is there.
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 $(addprefix --package ,app indexer probes encoder)
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin $(addprefix --package ,app indexer probes encoder)

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .venvs demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
