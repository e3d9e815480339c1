"""Messages wait in the database until they arrive or are given up."""

from datetime import UTC, datetime, timedelta

import pytest

from app.database.engine import Database
from app.saved.outbox import Letter, Outbox
from app.saved.records import Match, Message, SavedSearch
from app.saved.store import SavedStore
from app.search.request import SearchRequest

NOW = datetime.now(UTC) + timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def saved(database: Database) -> SavedSearch:
    store = SavedStore(database)
    store.add("Cats", SearchRequest(q="a cat"))
    return store.add("Dogs", SearchRequest(q="a dog"), webhook="https://example.org/hook")[0]


def message(saved: SavedSearch, title_id: str, when: datetime = NOW) -> Message:
    about = Match(
        saved_id=saved.id, name=saved.name, title_id=title_id, title="A film", found=0, hits=[]
    )
    return Message(timestamp=when, data=about)


def taken(outbox: Outbox, now: datetime) -> Letter:
    letter = outbox.take(now, now + 60 * SECOND)
    assert letter is not None
    return letter


def test_only_searches_with_a_webhook_are_watched(database: Database, saved: SavedSearch) -> None:
    (watched,) = Outbox(database).watched()
    assert (watched.saved, watched.notified) == (saved, saved.created)


def test_a_message_is_written_once(database: Database, saved: SavedSearch) -> None:
    outbox = Outbox(database)
    assert outbox.put(saved, [message(saved, "abc")], NOW, NOW) == 1
    assert outbox.watched()[0].notified == NOW
    # Another process that looked at the same titles comes too late, and one that repeats itself.
    assert outbox.put(saved, [message(saved, "abc"), message(saved, "xyz")], NOW, NOW) == 0
    later = NOW + SECOND
    assert outbox.put(saved, [message(saved, "abc"), message(saved, "xyz")], later, NOW) == 1
    assert outbox.put(saved, [message(saved, "abc", later)], later + SECOND, NOW) == 1
    assert sorted(each.title_id for each in outbox.of(saved)) == ["abc", "abc", "xyz"]


def test_what_one_has_in_hand_no_other_takes(database: Database, saved: SavedSearch) -> None:
    outbox = Outbox(database)
    outbox.put(saved, [message(saved, "abc")], NOW, NOW)
    assert outbox.take(NOW - SECOND, NOW) is None
    letter = taken(outbox, NOW)
    assert (letter.url, letter.attempts) == ("https://example.org/hook", 0)
    assert letter.secret.startswith("whsec_")
    assert outbox.take(NOW + 59 * SECOND, NOW + 90 * SECOND) is None
    # Whoever had it was stopped.
    again = taken(outbox, NOW + 60 * SECOND)
    assert (again.delivery_id, again.attempts) == (letter.delivery_id, 1)


def test_how_a_message_goes_is_told(database: Database, saved: SavedSearch) -> None:
    outbox = Outbox(database)
    assert outbox.next_due() is None
    outbox.put(saved, [message(saved, "abc")], NOW, NOW)
    assert outbox.next_due() == NOW
    outbox.failed(taken(outbox, NOW), "answered 500", NOW + 5 * SECOND)
    (waiting,) = outbox.of(saved)
    assert (waiting.state, waiting.error, waiting.attempts) == ("waiting", "answered 500", 1)
    assert outbox.next_due() == waiting.due == NOW + 5 * SECOND
    outbox.arrived(taken(outbox, NOW + 5 * SECOND), NOW + 6 * SECOND)
    (arrived,) = outbox.of(saved)
    assert (arrived.state, arrived.error, arrived.attempts) == ("delivered", None, 2)
    outbox.put(saved, [message(saved, "xyz")], NOW + SECOND, NOW + SECOND)
    outbox.failed(taken(outbox, NOW + SECOND), "answered 410", None)
    assert [each.state for each in outbox.of(saved)] == ["given up", "delivered"]
    assert outbox.next_due() is None


def test_old_ends_are_forgotten(database: Database, saved: SavedSearch) -> None:
    outbox = Outbox(database)
    outbox.put(saved, [message(saved, "old"), message(saved, "waits")], NOW, NOW)
    first = taken(outbox, NOW)
    outbox.arrived(first, NOW)
    month = NOW + timedelta(days=31)
    outbox.put(saved, [message(saved, "new")], month, month)
    (waits,) = [each for each in ("old", "waits") if each not in first.body]
    assert sorted(each.title_id for each in outbox.of(saved)) == sorted(["new", waits])


def test_a_search_that_is_removed_takes_its_messages_along(
    database: Database, saved: SavedSearch
) -> None:
    outbox = Outbox(database)
    outbox.put(saved, [message(saved, "abc")], NOW, NOW)
    SavedStore(database).remove(saved)
    assert outbox.of(saved) == []
    assert outbox.next_due() is None
    assert outbox.put(saved, [message(saved, "abc")], NOW + SECOND, NOW) == 0
