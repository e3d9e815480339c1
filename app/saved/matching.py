"""Finds a saved search's hits in titles that were indexed after a moment."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby

from app.records import Hit, SearchResponse
from app.saved.arrivals import Arrivals
from app.saved.records import Match, Message, NewHits, SavedSearch
from app.search.request import SearchRequest
from indexer.arrivals import FIRST
from indexer.manifest import Manifest

Ask = Callable[[SearchRequest], SearchResponse]

MOST = 200
"""Hits that are looked through, the most that one search gives."""
TOLD = 10
"""Hits of a title in a message: the specification asks for small ones."""


def hits_in(ask: Ask, request: SearchRequest, titles: Sequence[Manifest]) -> list[Hit]:
    """Return the hits of a search that lie in some titles, best first; at most ``MOST``.

    A search with words or examples runs over the whole catalogue: within one title alone, its
    least dissimilar clips would always be hits. A search of filters runs over the titles alone.
    """
    names = {each.title.title_id: each.title.metadata.name for each in titles}
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


def new_since(ask: Ask, arrivals: Arrivals, saved: SavedSearch) -> NewHits:
    """Return a saved search's hits in titles that were indexed since it was last seen."""
    until = datetime.now(UTC)
    number = arrivals.last_number()
    titles = arrivals.since(saved.seen, saved.seen_number)
    hits = hits_in(ask, saved.runnable(), titles)
    return NewHits(
        since=saved.seen,
        until=until,
        number=number,
        titles=len(titles),
        hits=hits,
    )


def messages(ask: Ask, saved: SavedSearch, titles: Sequence[Manifest]) -> list[Message]:
    """Return the messages for the webhook of a saved search, one for each title that matches.

    Of each title the time of indexing is known.
    """
    found = sorted(hits_in(ask, saved.runnable(), titles), key=lambda hit: hit.title_id)
    by_title = {key: list(hits) for key, hits in groupby(found, key=lambda hit: hit.title_id)}
    return [
        Message(
            timestamp=each.indexed or FIRST,
            data=Match(
                saved_id=saved.id,
                name=saved.name,
                title_id=each.title.title_id,
                title=each.title.metadata.name,
                found=len(hits),
                hits=hits[:TOLD],
            ),
        )
        for each in titles
        if (hits := by_title.get(each.title.title_id))
    ]
