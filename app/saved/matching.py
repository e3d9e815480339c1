"""Which hits of a saved search lie in titles that were indexed since a moment."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from app.records import Hit, SearchResponse
from app.saved.records import Match, Message, NewHits, SavedSearch
from app.search.request import SearchRequest
from indexer.catalogue import Catalogue, Manifest

Ask = Callable[[SearchRequest], SearchResponse]

FIRST = datetime.min.replace(tzinfo=UTC)
"""Before everything."""
MOST = 200
"""Hits that are looked through, the most that one search gives."""
TOLD = 10
"""Hits of a title in a message: the specification asks for small ones."""


class Indexed(NamedTuple):
    """A title, and when it could first be searched."""

    when: datetime
    title: Manifest


def indexed_since(
    manifests: Sequence[Manifest], moment: datetime = FIRST, number: int | None = None
) -> list[Indexed]:
    """Return the titles that were first indexed after others, oldest first.

    Titles without a known time are left out.

    Args:
        manifests: the titles.
        moment: counts for titles without a number, and without ``number`` for all.
        number: of the last title before; clocks may be set back.
    """

    def is_new(each: Indexed) -> bool:
        if number is None or each.title.number is None:
            return each.when > moment
        return each.title.number > number

    dated = [Indexed(each.indexed, each) for each in manifests if each.indexed is not None]
    return sorted(filter(is_new, dated), key=lambda each: each.when)


def last_number(manifests: Iterable[Manifest], until: datetime | None = None) -> int:
    """Return the highest number of titles, of those that were indexed until a moment by the clock.

    0 where none has one.
    """
    return max(
        (
            each.number
            for each in manifests
            if each.number is not None
            and (until is None or (each.indexed is not None and each.indexed <= until))
        ),
        default=0,
    )


def hits_in(ask: Ask, request: SearchRequest, titles: Sequence[Indexed]) -> list[Hit]:
    """Return the hits of a search that lie in some titles, best first; at most ``MOST``.

    A search for something runs over the whole catalogue: within one title alone, the least
    unlike of its clips would always be hits. What only filters is asked of the titles alone.
    """
    about = [each.title.title for each in titles]
    names = {each.title_id: each.metadata.name for each in about}
    changes: dict[str, object] = {"limit": MOST, "cursor": None, "group": "none"}
    if not request.seeks:
        chosen = request.title
        inside = [key for key, name in names.items() if not chosen or {key, name} & {*chosen}]
        names = {key: names[key] for key in inside}
        changes["title"] = inside
    if not names:
        return []
    found = ask(request.model_copy(update=changes)).hits
    return [hit for hit in found if hit.title_id in names]


def new_since(ask: Ask, catalogue: Catalogue, saved: SavedSearch) -> NewHits:
    """Return what a saved search finds in titles indexed since somebody last looked."""
    until = datetime.now(UTC)
    manifests = catalogue.manifests()
    titles = indexed_since(manifests, saved.seen, saved.seen_number)
    hits = hits_in(ask, saved.runnable(), titles)
    return NewHits(
        since=saved.seen,
        until=until,
        number=last_number(manifests),
        titles=len(titles),
        hits=hits,
    )


def messages(ask: Ask, saved: SavedSearch, titles: Sequence[Indexed]) -> list[Message]:
    """Return the messages for the webhook of a saved search, one for each title that matches."""
    found = sorted(hits_in(ask, saved.runnable(), titles), key=lambda hit: hit.title_id)
    by_title = {key: list(hits) for key, hits in groupby(found, key=lambda hit: hit.title_id)}
    return [
        Message(
            timestamp=each.when,
            data=Match(
                saved_id=saved.id,
                name=saved.name,
                title_id=each.title.title.title_id,
                title=each.title.title.metadata.name,
                found=len(hits),
                hits=hits[:TOLD],
            ),
        )
        for each in titles
        if (hits := by_title.get(each.title.title.title_id))
    ]
