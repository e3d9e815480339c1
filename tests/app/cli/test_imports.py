"""What each command brings in: heavy libraries where they are used, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import sys
from app.cli.main import main
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
print("modules:", *sys.modules, file=sys.stderr)
"""

NETWORKS = {"sentence_transformers", "sympy", "torch", "transformers"}
SCIENCE = {"pandas", "scipy", "sklearn"}
ELSEWHERE = {"alembic", "fastapi", "guessit", "mcp", "opentimelineio", "streamlit"}
STORES = {"av", "numpy", "polars", "qdrant_client", "qdrant_edge", "sqlalchemy"}


def modules(code: str, *arguments: str | Path) -> set[str]:
    """Return the modules that a process has brought in when it has run ``code``."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split("modules:")[1].split())


def test_help_and_titles_bring_in_no_library_for_films_or_stores(indexed_once: Path) -> None:
    heavy = NETWORKS | SCIENCE | ELSEWHERE | STORES | {"onnxruntime", "faster_whisper"}
    assert not modules(RUN, "--help") & heavy
    assert not modules(RUN, "titles", "--data", indexed_once) & heavy


def test_a_run_with_nothing_to_do_brings_in_no_network(indexed: Path, films: Path) -> None:
    found = modules(RUN, "index", films, "--data", indexed)
    assert not found & (NETWORKS | SCIENCE | (ELSEWHERE - {"guessit"}) | {"onnxruntime"})


def test_a_search_brings_in_the_networks_of_its_profile_alone(indexed_once: Path) -> None:
    found = modules(RUN, "search", "a dog", "--data", indexed_once)
    assert not found & ((NETWORKS - {"torch"}) | SCIENCE | ELSEWHERE)


@pytest.mark.parametrize("module", ["app.server", "app.runtime"])
def test_the_server_imports_no_network_before_it_loads_one(module: str) -> None:
    code = f"import sys, {module}; print('modules:', *sys.modules, file=sys.stderr)"
    assert not modules(code) & (NETWORKS | SCIENCE | {"alembic", "guessit", "mcp", "onnxruntime"})


def test_the_client_brings_in_no_server_and_no_library_for_films() -> None:
    code = "import sys, app.remote; print('modules:', *sys.modules, file=sys.stderr)"
    assert not modules(code) & (NETWORKS | SCIENCE | ELSEWHERE | STORES)
