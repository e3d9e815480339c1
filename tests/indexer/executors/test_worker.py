"""What a node of a cluster does with an order, without a cluster."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.executors.decoder import decode
from indexer.executors.orders import Order, Setup
from indexer.executors.rows import Call, Outcome, Rows, rows_of
from indexer.executors.worker import Workplace
from indexer.listener import Listener, StoppedError
from indexer.records import Metadata, Title
from indexer.settings import Settings
from tests.indexer.test_pipeline import MEDIA


def setup_of(data: Path, **changes: str) -> Setup:
    catalogue = Catalogue(data)
    catalogue.prepare("lite")
    usual = {"identity": catalogue.identity(), "release": version("reelfind")} | changes
    return Setup(data, usual["identity"], Settings().model_dump(), usual["release"])


def test_a_node_opens_what_the_run_opened(tmp_path: Path) -> None:
    catalogue, settings = setup_of(tmp_path).open()
    assert (catalogue.path, settings) == (tmp_path, Settings())


def test_a_node_with_another_folder_or_release_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match=r"node .* does not see this data directory"):
        setup_of(tmp_path, identity="0" * 32).open()
    with pytest.raises(ReelfindError, match=r"started by 0\.0; install the same release"):
        setup_of(tmp_path, release="0.0").open()


def test_an_error_is_a_row(tmp_path: Path) -> None:
    catalogue, settings = setup_of(tmp_path).open()
    title = Title("t", MEDIA, Metadata("A"))
    order = Order(title, None, ("decode",), {}, False, None)
    for rows in (Workplace(catalogue, settings).rows(order), decode(setup_of(tmp_path), order)):
        *calls, outcome = rows
        assert Call("doing", ("A", "decode")) in calls
        assert isinstance(outcome, Outcome)
        assert "a.mp4" in str(outcome.error)
        assert (outcome.keys, outcome.took) == ({}, {})


def test_what_decodes_imports_neither_networks_nor_the_store() -> None:
    heavy = ("torch", "onnxruntime", "transformers", "qdrant_client", "qdrant_edge", "polars")
    code = f"import sys, indexer.executors.decoder; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_progress_is_told_now_and_then_and_none_of_it_is_lost() -> None:
    def work(listener: Listener) -> Outcome:
        for _ in range(100):
            listener.worked(0.5)
        listener.message("a message")
        return Outcome({"decode": "k"}, {"decode": 2.0})

    *calls, outcome = rows_of(work)
    told = [each for each in calls if isinstance(each, Call)]
    worked = [each.arguments[0] for each in told if each.method == "worked"]
    assert sum(worked) == pytest.approx(50.0)
    assert len(worked) < 10
    assert Call("message", ("a message",)) in calls
    assert outcome == Outcome({"decode": "k"}, {"decode": 2.0})


def test_who_stops_listening_stops_the_stages() -> None:
    ended = []

    def work(listener: Listener) -> Outcome:
        listener.doing("A", "decode")
        try:
            while True:
                listener.worked(0.1)
        except StoppedError:
            ended.append("stopped")
        return Outcome({}, {})

    rows = rows_of(work)
    assert next(rows) == Call("doing", ("A", "decode"))
    rows.close()  # type: ignore[attr-defined]
    assert ended == ["stopped"]
    with pytest.raises(StoppedError):
        stopped().doing("A", "shots")


def stopped() -> Rows:
    rows = Rows()
    rows.stop()
    return rows
