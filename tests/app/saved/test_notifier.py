"""Webhooks are told of newly indexed titles, whatever stops in between."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from app.database.engine import Database
from app.database.tables import SAVED
from app.jobs.records import JobRequest
from app.records import SearchResponse
from app.runtime import Runtime
from app.saved.notifier import LOOK, SOON, Notifier, write_messages
from app.saved.outbox import Outbox
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from indexer.sections import WebhookSettings
from indexer.settings import Settings, load_settings
from indexer.title_points import fill_titles
from indexer.titles import Titles
from tests.app.saved.conftest import Receiver
from tests.app.saved.test_outbox import message


@pytest.fixture
def settings(indexed: Path) -> Settings:
    (indexed / "reelfind.toml").write_text("[webhooks]\nprivate = true\ntimeout = 5.0\n")
    return load_settings(indexed)


@pytest.fixture
def runtime(indexed: Path, settings: Settings) -> Iterator[Runtime]:
    runtime = Runtime(indexed, settings)
    yield runtime
    runtime.close()


def index(runtime: Runtime, name: str, killed: bool = False) -> None:
    """What indexing a title notes last; the point of a title may be missing after a kill."""
    catalogue = runtime.catalogue
    catalogue.write_manifest(replace(catalogue.find(name), indexed=datetime.now(UTC)))
    if not killed:
        fill_titles(catalogue, runtime.store)


def test_a_new_title_is_told_at_once(runtime: Runtime, receiver: Receiver) -> None:
    saved, secret = SavedStore(runtime.database).add("All", SearchRequest(), webhook=receiver.url)
    runtime.notifier.wake()
    index(runtime, "Bikes")
    runtime.notifier.wake()
    receiver.wait_for(1)
    told = Webhook(secret or "").verify(receiver.bodies[0], receiver.headers[0])
    assert (told["type"], told["data"]["saved_id"]) == ("saved_search.matched", saved.id)
    assert told["data"]["title"] == "Bikes"
    assert told["data"]["found"] == runtime.catalogue.find("Bikes").clips
    runtime.notifier.wake()
    runtime.notifier.close()
    assert len(receiver.bodies) == 1


def test_a_restart_loses_nothing(indexed: Path, settings: Settings, receiver: Receiver) -> None:
    runtime = Runtime(indexed, settings)
    saved, _ = SavedStore(runtime.database).add("All", SearchRequest(), webhook=receiver.url)
    # Stopped after a title was indexed, and before anything was written.
    index(runtime, "Bikes", killed=True)
    runtime.close()
    runtime = Runtime(indexed, settings)
    outbox = Outbox(runtime.database)
    assert write_messages(runtime.search, lambda: runtime.listing, outbox, pytest.fail) == 1
    assert write_messages(runtime.search, lambda: runtime.listing, outbox, pytest.fail) == 0
    # Stopped after it was written, and before it was sent.
    runtime.close()
    runtime = Runtime(indexed, settings)
    runtime.notifier.wake()
    receiver.wait_for(1)
    runtime.notifier.close()
    assert [each.state for each in Outbox(runtime.database).of(saved)] == ["delivered"]
    runtime.close()


def test_a_job_of_the_server_tells(runtime: Runtime, films: Path, receiver: Receiver) -> None:
    bikes = runtime.catalogue.find("Bikes").title
    SavedStore(runtime.database).add("All", SearchRequest(), webhook=receiver.url)
    remove = JobRequest(kind="remove", titles=(bikes.title_id,))
    index_again = JobRequest(paths=(films / bikes.media.path.name,))
    for request in (remove, index_again):
        runtime.jobs.submit(request, anywhere=True)
    receiver.wait_for(1)
    assert json.loads(receiver.bodies[0])["data"]["title_id"] == bikes.title_id
    assert [job.state for job in runtime.jobs.jobs()] == ["done", "done"]


def test_one_search_that_cannot_be_run_does_not_stop_the_others(runtime: Runtime) -> None:
    store = SavedStore(runtime.database)
    gone = "00000000-0000-4000-8000-000000000000"
    broken, _ = store.add("A", SearchRequest(like=[gone]), webhook="https://example.org")
    store.add("B", SearchRequest(), webhook="https://example.org")
    index(runtime, "Bikes")
    warnings: list[str] = []
    outbox = Outbox(runtime.database)
    assert write_messages(runtime.search, lambda: runtime.listing, outbox, warnings.append) == 1
    (warning,) = warnings
    assert warning.startswith("saved search A: ")
    assert gone in warning
    assert outbox.watched()[0].notified == broken.created, "it is tried again next time"


def test_a_search_that_breaks_in_an_unexpected_way_does_not_stop_the_others(
    runtime: Runtime, receiver: Receiver
) -> None:
    store = SavedStore(runtime.database)
    store.add("A", SearchRequest(q="broken"), webhook=receiver.url)
    old, _ = store.add("B", SearchRequest(), webhook=receiver.url)
    store.add("C", SearchRequest(), webhook=receiver.url)
    with runtime.database.begin("saved searches") as connection:
        held = {"where": ["clip-worthiness>=nan"]}
        connection.execute(SAVED.update().where(SAVED.c.saved_id == old.id).values(request=held))

    def ask(request: SearchRequest) -> SearchResponse:
        if request.q:
            raise ZeroDivisionError
        return runtime.search(request)

    index(runtime, "Bikes")
    warnings: list[str] = []
    outbox = Outbox(runtime.database)
    assert write_messages(ask, lambda: runtime.listing, outbox, warnings.append) == 1
    unexpected, refused = warnings
    assert unexpected == "saved search A: something unexpected (ZeroDivisionError)"
    assert refused.startswith("saved search B: B: cannot be run (where")


def test_a_notifier_over_nothing_waits(tmp_path: Path) -> None:
    """A server may run before anything is indexed; nothing is written by it."""

    def ask(request: SearchRequest) -> SearchResponse:
        raise AssertionError(json.dumps(request.model_dump()))

    runtime = Runtime(tmp_path / "data", Settings())
    notifier = Notifier(ask, lambda: runtime.listing, runtime.database, runtime.settings.webhooks)
    notifier.wake()
    notifier.close()
    notifier.wake()
    assert not (tmp_path / "data").exists()
    runtime.close()


def test_one_server_at_a_time_notifies(postgres: str) -> None:
    """Both would ask the index the same, and wait for each other's messages."""
    reading, go_on = threading.Event(), threading.Event()

    def ask(request: SearchRequest) -> SearchResponse:
        raise AssertionError(json.dumps(request.model_dump()))

    def slow() -> Titles:
        reading.set()
        assert go_on.wait(60)
        return Titles(None, None)

    with Database(postgres) as first, Database(postgres) as second:
        SavedStore(first).add("All", SearchRequest(), webhook="https://example.org")
        at_it = Notifier(ask, slow, first, Settings().webhooks)
        waiting = Notifier(ask, lambda: Titles(None, None), second, Settings().webhooks)
        at_it.wake()
        assert reading.wait(60)
        assert waiting._notify() == SOON
        go_on.set()
        at_it.close()
        assert waiting._notify() == LOOK


def test_what_a_killed_server_had_in_hand_is_sent_by_another(
    postgres: str, receiver: Receiver
) -> None:
    def ask(request: SearchRequest) -> SearchResponse:
        raise AssertionError(json.dumps(request.model_dump()))

    settings = WebhookSettings(private=True)
    with Database(postgres) as first, Database(postgres) as second:
        saved, _ = SavedStore(first).add("All", SearchRequest(), webhook=receiver.url)
        outbox, now = Outbox(first), datetime.now(UTC)
        outbox.put(saved, [message(saved, "abc", now)], now, now)
        assert outbox.take(now, now) is not None
        notifier = Notifier(ask, lambda: Titles(None, None), second, settings)
        notifier.wake()
        receiver.wait_for(1)
        notifier.close()
        assert [each.state for each in Outbox(second).of(saved)] == ["delivered"]
