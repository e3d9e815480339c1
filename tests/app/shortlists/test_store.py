"""Shortlists on disk: what is kept, what is undone, and what two writers at once may do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.database.engine import DATABASE, Database
from app.labelling.store import LabelStore
from app.shortlists import edits
from app.shortlists.records import Item, Shortlist, ShortlistError, StaleError
from app.shortlists.store import ShortlistStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ShortlistStore]:
    with Database(tmp_path / DATABASE) as database:
        yield ShortlistStore(database)


ONE, TWO, THREE = (Item("film", at, at + 50, f"note {at}") for at in (0, 100, 200))


def test_what_is_saved_is_read_by_others(store: ShortlistStore, tmp_path: Path) -> None:
    made = store.create("Teaser  one", 30.0, [ONE])
    saved = store.save(edits.add(made, [TWO]), "ann")
    assert (saved.version, saved.items) == (2, (ONE, TWO))
    with Database(tmp_path / DATABASE) as database:
        other = ShortlistStore(database)
        assert other.find("teaser ONE") == other.find(made.shortlist_id) == saved
        assert other.all() == [saved]
        latest, first = other.revisions(made.shortlist_id)
    assert (latest.shortlist, latest.author) == (saved, "ann")
    assert first.shortlist == made
    assert first.made <= latest.made


def test_suggestions_of_a_version_without_reasons_have_them(store: ShortlistStore) -> None:
    old = Item("film", 0, 9, "playful, kids, intensity 0.52")
    made = store.create("Suggested", items=[old, replace(old, note="intensity 0.52 is too much")])
    read = store.find(made.shortlist_id).items
    assert [(item.note, item.reason) for item in read] == [
        ("", "playful, kids, intensity 0.52"),
        ("intensity 0.52 is too much", ""),
    ]


def test_labels_lie_in_the_same_database(store: ShortlistStore, tmp_path: Path) -> None:
    made = store.create("Teaser")
    with Database(tmp_path / DATABASE) as database:
        labels = LabelStore(database)
        assert labels.all() == []
    assert store.find("Teaser") == made


def test_a_stale_write_is_refused_and_told_what_changed(store: ShortlistStore) -> None:
    read = store.create("Teaser", items=[ONE, TWO, THREE])
    theirs = edits.move(edits.remove(read, TWO.item_id), THREE.item_id, 1)
    theirs = edits.trim(edits.add(theirs, [Item("film", 7, 8)]), ONE.item_id, end_frame=40)
    store.save(edits.annotate(theirs, THREE.item_id, "again"), "ann")
    with pytest.raises(StaleError) as refused:
        store.save(edits.remove(read, ONE.item_id), "bob")
    told = str(refused.value)
    assert "is at version 2 by ann, yours was made from 1; nothing was written" in told
    for change in (
        *("item 2 removed", "item 3 added", "item 2 trimmed", "note of item 1 changed"),
        "order changed",
    ):
        assert change in told
    assert refused.value.current == store.find("Teaser")
    assert [item.item_id for item in refused.value.current.items][:2] == [
        THREE.item_id,
        ONE.item_id,
    ]


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each with a store of its own, as two processes have."""
    with Database(tmp_path / DATABASE) as database:
        store = ShortlistStore(database)
        store.create("Teaser")

    def write(writer: int) -> None:
        with Database(tmp_path / DATABASE) as database:
            mine = ShortlistStore(database)
            for at in range(10):
                item = Item(f"film{writer}", at, at + 1)
                mine.change("Teaser", lambda now, item=item: edits.add(now, [item]))  # type: ignore[misc]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with Database(tmp_path / DATABASE) as database:
        store = ShortlistStore(database)
        now = store.find("Teaser")
        assert now.version == 41
        for writer in range(4):
            own = [item for item in now.items if item.title_id == f"film{writer}"]
            assert [item.start_frame for item in own] == list(range(10))
        revisions = store.revisions(now.shortlist_id)
    assert [len(each.shortlist.items) for each in revisions] == list(range(40, -1, -1))


def test_of_two_who_save_the_same_version_one_is_refused(tmp_path: Path) -> None:
    with Database(tmp_path / DATABASE) as database:
        store = ShortlistStore(database)
        read = store.create("Teaser")

    def save(writer: int) -> Shortlist | None:
        with Database(tmp_path / DATABASE) as database:
            mine = ShortlistStore(database)
            try:
                return mine.save(edits.add(read, [Item("film", writer, writer + 1)]))
            except StaleError:
                return None

    with ThreadPoolExecutor(6) as pool:
        saved = [each for each in pool.map(save, range(6)) if each]
    with Database(tmp_path / DATABASE) as database:
        store = ShortlistStore(database)
        assert saved == [store.find("Teaser")]


def test_undo_leads_back_step_by_step(store: ShortlistStore) -> None:
    first = store.create("Teaser", items=[ONE])
    second = store.save(edits.add(first, [TWO]))
    third = store.save(edits.trim(second, ONE.item_id, 10))
    back = store.undo(third)
    assert (back.items, back.version) == (second.items, 4)
    with pytest.raises(StaleError, match="version 4, yours was made from 3"):
        store.undo(third)
    back = store.undo(back)
    assert back.items == first.items
    with pytest.raises(ShortlistError, match="Teaser: nothing is left to undo"):
        store.undo(back)
    assert store.find("Teaser") == back
    again = store.save(edits.add(back, [THREE]))
    assert store.undo(again).items == first.items


def test_names_are_ones_own(store: ShortlistStore) -> None:
    made = store.create("Teaser")
    with pytest.raises(ShortlistError, match="TEASER: a shortlist of this name exists"):
        store.create("TEASER")
    with pytest.raises(ShortlistError, match="has 1 to 200 letters"):
        store.create("  ")
    other = store.create("Other")
    with pytest.raises(ShortlistError, match="a shortlist of this name exists"):
        store.save(Shortlist(other.shortlist_id, "teaser", other.version))
    assert store.find("Other") == other
    store.delete(made)
    with pytest.raises(ShortlistError, match="Teaser: no such shortlist"):
        store.find("Teaser")
    with pytest.raises(ShortlistError, match="Teaser: was deleted meanwhile"):
        store.save(made)
    store.create("Teaser")
