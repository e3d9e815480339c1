"""Saved searches on disk."""

from datetime import UTC, datetime, timedelta

import pytest

from app.database.engine import Database
from app.database.tables import SAVED
from app.saved.records import SavedError, UnknownSavedError, summary
from app.saved.store import LARGEST, SavedStore
from app.search.request import SearchRequest

REQUEST = SearchRequest(q="a dog", tone=["playful"], min_worthiness=0.2, cursor="of a page")


def test_what_is_saved_is_found_by_name_and_id(database: Database) -> None:
    store = SavedStore(database)
    assert store.all() == []
    before = datetime.now(UTC)
    made, secret = store.add("Dogs,  playful", REQUEST, "ann")
    assert secret is None
    assert store.find("dogs, PLAYFUL") == store.find(made.id) == made
    assert made.request == REQUEST.model_copy(update={"cursor": None})
    assert (made.name, made.author, made.webhook) == ("Dogs, playful", "ann", None)
    assert before <= made.created == made.seen <= datetime.now(UTC)
    other, _ = store.add("Cats", SearchRequest(q="a cat"))
    assert store.all() == [other, made]
    store.remove(made)
    with pytest.raises(UnknownSavedError, match="no such saved search"):
        store.find(made.id)
    store.add("Dogs, playful", REQUEST)


def test_a_look_never_goes_back(database: Database) -> None:
    store = SavedStore(database)
    made, _ = store.add("Dogs", REQUEST)
    later = made.seen + timedelta(hours=1)
    assert store.look(made, later).seen == later
    assert store.look(made, made.seen).seen == later


def test_a_secret_is_told_once(database: Database) -> None:
    store = SavedStore(database)
    made, secret = store.add("Dogs", REQUEST, webhook="https://example.org/hook")
    _, other = store.add("Cats", REQUEST, webhook="https://example.org/hook")
    assert secret is not None
    assert other != secret
    assert secret.startswith("whsec_")
    assert secret not in store.find("Dogs").model_dump_json()
    assert made.webhook == "https://example.org/hook"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b", "a\x1b[31m"])
def test_a_name_can_be_read(database: Database, name: str) -> None:
    with pytest.raises(SavedError, match="1 to 200 letters") as refused:
        SavedStore(database).add(name, REQUEST)
    assert refused.value.field == "name"


def test_what_cannot_be_kept_is_told(database: Database) -> None:
    store = SavedStore(database)
    store.add("Dogs", REQUEST)
    with pytest.raises(SavedError, match="DOGS: a saved search of this name exists"):
        store.add("DOGS", REQUEST)
    with pytest.raises(SavedError, match="use a smaller still") as refused:
        store.add("Large", SearchRequest(still="x" * LARGEST))
    assert refused.value.field == "request"


@pytest.mark.parametrize(
    "held",
    [
        {"where": ["clip-worthiness>=nan"]},
        {"tone": ["x" * 10_000]},
        {"min_start": 1e300},
        {"of_a_later_version": True},
    ],
)
def test_what_an_earlier_version_saved_and_this_one_refuses_is_told(
    database: Database, held: dict[str, object]
) -> None:
    """Neither the list nor the other saved searches go with it."""
    store = SavedStore(database)
    made, _ = store.add("Old", REQUEST, webhook="https://example.org/hook")
    other, _ = store.add("Sound", REQUEST)
    with database.begin("saved searches") as connection:
        connection.execute(SAVED.update().where(SAVED.c.saved_id == made.id).values(request=held))
    old, sound = store.all()
    assert sound == other
    assert old.request is None
    assert old.problem.startswith(next(iter(held)))
    assert len(old.problem) < 300
    assert summary(old).startswith("cannot be run: ")
    with pytest.raises(SavedError, match=r"Old: cannot be run .* save it again") as refused:
        old.runnable()
    assert refused.value.field == "request"
    store.remove(old)
    assert store.all() == [other]
