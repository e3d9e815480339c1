"""Shortlists and labels of a title whose frames are counted anew."""

from datetime import date
from fractions import Fraction

import pytest

from app.database.engine import Database
from app.jobs.moving import MadeSpans
from app.labelling.store import LabelStore
from app.shortlists import edits
from app.shortlists.records import Item
from app.shortlists.store import ShortlistStore
from indexer.grids import Grid, GridChange
from probes.labels.records import Label

LATE = GridChange("late", Grid(Fraction(25)), Grid(Fraction(25), Fraction(56, 100)), 250)


def label(title_id: str, start: float, end: float, day: int = 1, value: float = 1.0) -> Label:
    return Label("tone", "sad", title_id, start, end, value, "ann", date(2026, 1, day))


def test_every_version_of_a_list_is_moved_and_others_stay(database: Database) -> None:
    store = ShortlistStore(database)
    made = store.create("Cut", items=[Item("late", 14, 64), Item("other", 14, 64)])
    trimmed = store.save(edits.trim(made, made.items[0].item_id, start_frame=24))
    alone = store.create("Other", items=[Item("other", 14, 64)])
    MadeSpans(database).move(LATE)
    now = store.find("Cut")
    assert [(item.start_frame, item.end_frame) for item in now.items] == [(10, 50), (14, 64)]
    assert now.version == trimmed.version
    assert [item.item_id for item in now.items] == [item.item_id for item in made.items]
    back = store.undo(now)
    assert [(item.start_frame, item.end_frame) for item in back.items] == [(0, 50), (14, 64)]
    assert store.find("Other") == alone


def test_labels_are_moved(database: Database) -> None:
    labels = LabelStore(database)
    labels.add([label("late", 14 / 25, 64 / 25), label("late", 1.01, 2.02), label("other", 1, 2)])
    MadeSpans(database).move(LATE)
    found = labels.all()
    assert [(each.title_id, each.start, each.end) for each in found] == [
        ("late", 0.0, 50 / 25),
        ("late", pytest.approx(0.45), pytest.approx(1.46)),
        ("other", 1, 2),
    ]


def test_of_labels_that_come_to_be_one_the_later_stays(database: Database) -> None:
    labels = LabelStore(database)
    labels.add([label("late", 0.0, 1.0, 2, 0.0), label("late", 14 / 25, 1.0)])
    MadeSpans(database).move(LATE)
    assert labels.all() == [label("late", 0.0, 11 / 25, 2, 0.0)]


def test_what_was_moved_is_not_moved_again(database: Database) -> None:
    store = ShortlistStore(database)
    store.create("Cut", items=[Item("late", 40, 64)])
    for _ in range(2):  # As after a kill between this and the manifest.
        MadeSpans(database).move(LATE)
    assert store.find("Cut").items[0].start_frame == 26
    back = GridChange("late", LATE.new, LATE.old, 264)
    MadeSpans(database).move(back)
    assert store.find("Cut").items[0].start_frame == 40


def test_an_item_that_may_be_off_is_marked_until_it_is_trimmed(database: Database) -> None:
    store = ShortlistStore(database)
    store.create("Cut", items=[Item("late", 40, 64)])
    unsure = GridChange("late", LATE.old, LATE.new, 250, lambda *_: 99.0)
    MadeSpans(database).move(unsure)
    now = store.find("Cut")
    assert now.items[0].needs_check
    trimmed = store.save(edits.trim(now, now.items[0].item_id, start_frame=27))
    assert not trimmed.items[0].needs_check
