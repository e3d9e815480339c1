"""Every store on both kinds of database: the same calls, the same answers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from app.auth.keys import KeyStore
from app.database.engine import Database
from app.database.tables import JOBS
from app.jobs.records import Job, JobRequest
from app.jobs.store import JobStore
from app.labelling.store import LabelStore
from app.shortlists import edits
from app.shortlists.records import Item, ShortlistError, StaleError
from app.shortlists.store import ShortlistStore
from probes.labels.records import Label


def test_labels(database: Database) -> None:
    store = LabelStore(database)
    said = [
        Label("tone", "sad", "abc", at / 3, 9.0, 1.0, "ann", date(2026, 1, 31)) for at in range(5)
    ]
    assert store.all() == []
    assert store.add(said) == (5, 0)
    assert store.add(said[:2]) == (0, 2)
    assert store.all(title_id="abc") == said
    assert store.remove(start=1 / 3) == 1
    assert store.annotators() == ["ann"]


def test_keys(database: Database) -> None:
    store = KeyStore(database)
    text, key = store.make("promo", "write")
    assert store.find(text) == store.by_id(key.key_id) == key
    assert store.find(f"{text}x") is None
    assert store.revoke("promo").revoked is not None
    assert store.find(text) is None
    assert [each.key_id for each in store.all()] == [key.key_id]


def test_jobs(database: Database) -> None:
    store = JobStore(database)
    assert store.all() == []
    assert store.claim("a server", 60) is None
    first, second, third = [store.submit(waiting_job()) for _ in range(3)]
    assert first.created < second.created < third.created
    assert store.all() == [first, second, third]
    running = store.claim("a server", 60)
    assert running is not None
    assert (running.id, running.state) == (first.id, "running")
    assert store.claim("a server", 60) is None
    assert store.renew(running, "another", 60) is None
    store.end(running.model_copy(update={"state": "failed"}), "another")
    assert store.renew(running.model_copy(update={"worked": 3.0}), "a server", 60) == "running"
    found = store.find(first.id)
    assert found is not None
    assert (found.state, found.worked) == ("running", 3.0)
    assert store.cancel(first.id).state == "cancelling"
    assert store.cancel(second.id).state == "cancelled"
    assert store.renew(running, "a server", 60) == "cancelling"
    done = running.model_copy(update={"state": "done", "error": "why"})
    store.end(done, "a server")
    assert store.find(first.id) == done
    assert [each.state for each in store.all()] == ["done", "cancelled", "waiting"]
    with pytest.raises(KeyError):
        store.cancel("no such job")


def test_the_latest_jobs_are_kept_and_those_of_another_version_skipped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.store.KEPT", 3)
    store = JobStore(database)
    for _ in range(3):
        store.cancel(store.submit(waiting_job()).id)
    jobs = store.all()
    last = store.submit(waiting_job())
    assert store.all() == [*jobs[1:], last]
    with database.begin("jobs") as connection:
        connection.execute(JOBS.update().where(JOBS.c.id == last.id).values(job="{}"))
    assert store.all() == jobs[1:]
    assert store.claim("a server", 60) is None
    store.interrupt()


def waiting_job() -> Job:
    request = JobRequest(paths=(Path("/films"),))
    return Job(id=uuid4().hex, request=request, state="waiting", created=datetime.now(UTC))


def test_shortlists(database: Database) -> None:
    store = ShortlistStore(database)
    made = store.create("Teaser", 30.0, [Item("film", 0, 50, "first")], author="ann")
    with pytest.raises(ShortlistError, match="a shortlist of this name exists"):
        store.create("TEASER")
    saved = store.save(edits.add(made, [Item("film", 100, 150)]), "bob")
    with pytest.raises(StaleError, match="is at version 2 by bob"):
        store.save(made)
    assert store.undo(saved).items == made.items
    assert [each.author for each in store.revisions(made.shortlist_id)] == ["", "bob", "ann"]
    store.delete(store.find("Teaser"))
    assert store.all() == []


def test_two_writers_of_a_shortlist_lose_nothing(where: str | Path, database: Database) -> None:
    ShortlistStore(database).create("Teaser")

    def write(writer: int) -> None:
        with Database(where) as mine:
            for at in range(5):
                item = Item(f"film{writer}", at, at + 1)
                ShortlistStore(mine).change("Teaser", lambda now, item=item: edits.add(now, [item]))  # type: ignore[misc]

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, range(3)))
    found = ShortlistStore(database).find("Teaser")
    assert (found.version, len(set(found.items))) == (16, 15)
