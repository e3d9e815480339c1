"""Indexing in processes of their own: one that is killed, and one beside another."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.search.request import SearchRequest
from app.search.searcher import Searcher
from indexer.models import Models
from indexer.settings import load_settings
from indexer.store.open import open_store
from tests.conftest import artefacts, copy_data


def command(films: Path, data: Path) -> list[str]:
    return [sys.executable, "-m", "app.cli.main", "index", str(films), "--data", str(data)]


def answers(data: Path, models: Models) -> list[list[str]]:
    """What searches find, as JSON, without the time they take."""
    with open_store(data / "store", None, None) as store:
        search = Searcher(store, models, load_settings(data).search)
        requests = [SearchRequest(q=q) for q in ("guitar", "a taxi in the street", "")]
        return [[hit.model_dump_json() for hit in search.run(each).hits] for each in requests]


def committed(data: Path) -> int:
    """How many results of stages, and encoders, are there whole."""
    return len([*data.glob("titles/*/[!.]*"), *data.glob("encoders/[!.]*")])


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.slow)])
@pytest.mark.timeout(1800)
def test_killed_runs_end_in_the_same_index(
    kills: int, indexed_once: Path, films: Path, tmp_path: Path, models: Models
) -> None:
    data = tmp_path / "killed"
    whole = committed(indexed_once)
    for kill in range(1, kills + 1):
        process = subprocess.Popen(command(films, data), stderr=subprocess.DEVNULL)
        # Spread over the whole run, on a fast machine as on a slow one: decoding, networks,
        # encoder, store.
        while committed(data) < whole * kill / (kills + 1) and process.poll() is None:
            time.sleep(0.05)
        process.kill()
        assert process.wait() != 0
    subprocess.run(command(films, data), check=True, capture_output=True)
    assert artefacts(data) == artefacts(indexed_once)
    undisturbed = copy_data(indexed_once, tmp_path / "undisturbed")
    assert answers(data, models) == answers(undisturbed, models)


def test_a_second_process_is_told_who_works(indexed: Path, films: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from indexer.store.lock import DirectoryLock\n"
        "lock = DirectoryLock(Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(600)"
    )
    arguments = [sys.executable, "-c", code, str(indexed)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        second = subprocess.run(command(films, indexed), capture_output=True, text=True)
        holder.kill()
    assert second.returncode == 1
    assert str(holder.pid) in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
