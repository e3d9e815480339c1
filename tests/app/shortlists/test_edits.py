"""Changes of a shortlist, and what is said of its items."""

from fractions import Fraction

import pytest

from app.shortlists import edits
from app.shortlists.bodies import ItemOverlap
from app.shortlists.overview import overlaps, seconds
from app.shortlists.records import Item, Shortlist, ShortlistError

A, B, C = (Item(name, 0, 24) for name in "abc")
LIST = Shortlist("s1", "Teaser", 1, (A, B, C))


def titles(shortlist: Shortlist) -> str:
    return "".join(item.title_id for item in shortlist.items)


def test_items_are_added_moved_and_removed() -> None:
    assert titles(edits.add(LIST, [Item("x", 0, 1), Item("y", 0, 1)])) == "abcxy"
    assert titles(edits.add(LIST, [Item("x", 0, 1)], 1)) == "xabc"
    assert titles(edits.move(LIST, A.item_id, 3)) == "bca"
    assert titles(edits.move(LIST, C.item_id, 2)) == "acb"
    assert titles(edits.remove(LIST, B.item_id)) == "ac"
    assert titles(LIST) == "abc"
    with pytest.raises(ShortlistError, match="position 4: choose one from 1 to 3"):
        edits.move(LIST, A.item_id, 4)
    with pytest.raises(ShortlistError, match="item gone is no longer in it"):
        edits.remove(LIST, "gone")


def test_a_trimmed_item_stays_itself() -> None:
    trimmed = edits.annotate(edits.trim(LIST, B.item_id, 5, 6), B.item_id, " here ")
    assert trimmed.items[1] == Item("b", 5, 6, "here", B.item_id)
    assert trimmed.items[::2] == (A, C)
    with pytest.raises(ShortlistError, match="frames 24 to 24: not a span"):
        edits.trim(LIST, B.item_id, 24)


def test_an_item_is_named_by_position_or_id() -> None:
    assert edits.item_named(LIST, "2") == edits.item_named(LIST, B.item_id) == B
    with pytest.raises(ShortlistError, match="Teaser: has no item 4; it has 3"):
        edits.item_named(LIST, "4")


def test_what_is_in_it_twice_is_found() -> None:
    items = [Item("a", 0, 50), Item("b", 0, 50), Item("a", 49, 60), Item("a", 0, 50)]
    # The out frame is exclusive: what begins where another ends does not overlap it.
    items.append(Item("a", 60, 70))
    assert overlaps(items) == [
        ItemOverlap(first=1, second=3, frames=1, duplicate=False),
        ItemOverlap(first=1, second=4, frames=50, duplicate=True),
        ItemOverlap(first=3, second=4, frames=1, duplicate=False),
    ]


def test_lengths_add_up_exactly() -> None:
    rates = {"a": Fraction(24000, 1001), "b": Fraction(25)}
    items = [Item("a", 0, 24)] * 1000 + [Item("b", 10, 35), Item("removed", 0, 99)]
    assert seconds(items, rates) == 1001 + 1
