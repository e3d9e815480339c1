"""Changes of a shortlist: each returns a new one, to be saved with the old one's version.

Positions count from 1, as people see them.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.shortlists.records import Item, Shortlist, ShortlistError


def add(shortlist: Shortlist, items: Sequence[Item], position: int | None = None) -> Shortlist:
    """Insert items at a position; without one, at the end."""
    at = len(shortlist.items) if position is None else _place(position, len(shortlist.items) + 1)
    own = shortlist.items
    return replace(shortlist, items=(*own[:at], *items, *own[at:]))


def remove(shortlist: Shortlist, item_id: str) -> Shortlist:
    """Remove an item."""
    index = _index(shortlist, item_id)
    own = shortlist.items
    return replace(shortlist, items=(*own[:index], *own[index + 1 :]))


def move(shortlist: Shortlist, item_id: str, position: int) -> Shortlist:
    """Give an item another position; the others close up."""
    item = shortlist.items[_index(shortlist, item_id)]
    _place(position, len(shortlist.items))
    return add(remove(shortlist, item_id), [item], position)


def trim(
    shortlist: Shortlist,
    item_id: str,
    start_frame: int | None = None,
    end_frame: int | None = None,
) -> Shortlist:
    """Give an item another first frame, another exclusive end, or both.

    Raises:
        ShortlistError: no frame would be left.
    """
    item = shortlist.items[_index(shortlist, item_id)]
    start = item.start_frame if start_frame is None else start_frame
    end = item.end_frame if end_frame is None else end_frame
    return _with(shortlist, replace(item, start_frame=start, end_frame=end, needs_check=False))


def annotate(shortlist: Shortlist, item_id: str, note: str) -> Shortlist:
    """Give an item another note."""
    item = shortlist.items[_index(shortlist, item_id)]
    return _with(shortlist, replace(item, note=note.strip()))


def item_named(shortlist: Shortlist, name: str) -> Item:
    """Return the item at a position, or with an id.

    Raises:
        ShortlistError: there is none.
    """
    for place, item in enumerate(shortlist.items, start=1):
        if name in (item.item_id, str(place)):
            return item
    raise ShortlistError(
        f"{shortlist.name}: has no item {name}; it has {len(shortlist.items)}, and "
        f"`reelfind shortlist show` lists them"
    )


def _with(shortlist: Shortlist, changed: Item) -> Shortlist:
    items = (changed if item.item_id == changed.item_id else item for item in shortlist.items)
    return replace(shortlist, items=tuple(items))


def _index(shortlist: Shortlist, item_id: str) -> int:
    ids = [item.item_id for item in shortlist.items]
    if item_id not in ids:
        raise ShortlistError(f"{shortlist.name}: item {item_id} is no longer in it; read it again")
    return ids.index(item_id)


def _place(position: int, last: int) -> int:
    if not 1 <= position <= last:
        raise ShortlistError(f"position {position}: choose one from 1 to {last}")
    return position - 1


def describe_changes(before: Shortlist, after: Shortlist) -> list[str]:
    """Return a phrase for each change; positions are those of ``after``, else of ``before``."""
    old = {item.item_id: item for item in before.items}
    new = {item.item_id: item for item in after.items}
    phrases = []
    if before.name != after.name:
        phrases.append(f"renamed from {before.name}")
    if before.target_seconds != after.target_seconds:
        phrases.append("target duration changed")
    for place, item in enumerate(before.items, start=1):
        if item.item_id not in new:
            phrases.append(f"item {place} removed")
    for place, item in enumerate(after.items, start=1):
        earlier = old.get(item.item_id)
        if earlier is None:
            phrases.append(f"item {place} added")
            continue
        if (earlier.start_frame, earlier.end_frame) != (item.start_frame, item.end_frame):
            phrases.append(f"item {place} trimmed")
        if earlier.note != item.note:
            phrases.append(f"note of item {place} changed")
    kept = [item for item in old if item in new]
    if kept != [item for item in new if item in old]:
        phrases.append("order changed")
    return phrases
