"""Every store on both kinds of database: the same calls, the same answers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.auth.keys import KeyStore
from app.database.engine import Database
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
    request = JobRequest(paths=(Path("/films"),))
    jobs = [
        Job(
            id=f"{day:032}",
            request=request,
            state="done",
            created=datetime(2026, 1, day, 12, tzinfo=UTC),
        )
        for day in (1, 2, 3)
    ]
    store.write(reversed(jobs))
    assert store.all() == jobs
    changed = jobs[0].model_copy(update={"state": "failed", "error": "why"})
    store.write([changed])
    store.remove([jobs[1].id])
    assert store.all() == [changed, jobs[2]]


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
