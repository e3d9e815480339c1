"""What a saved search finds title by title, as a feed: JSON Feed 1.1.

https://www.jsonfeed.org/version/1.1/
"""

from collections.abc import Sequence

from app.records import Hit
from app.saved.matching import Ask, hits_in
from app.saved.records import Feed, FeedItem, SavedSearch
from indexer.arrivals import FIRST
from indexer.manifest import Manifest

MEDIA_TYPE = "application/feed+json"
LATEST = 50
"""Titles that a feed looks back at."""
SHOWN = 10
"""Hits of a title that an item names."""


def feed_of(
    ask: Ask, saved: SavedSearch, latest: Sequence[Manifest], home: str, address: str
) -> Feed:
    """Return the feed of a saved search.

    Args:
        ask: searches.
        saved: what is looked for.
        latest: the titles that were indexed last, newest first.
        home: where the browser application is, with a slash at its end.
        address: where the feed itself is.
    """
    by_title: dict[str, list[Hit]] = {}
    for hit in hits_in(ask, saved.runnable(), latest):
        by_title.setdefault(hit.title_id, []).append(hit)
    items = [
        _item(saved, each, hits, home)
        for each in latest
        if (hits := by_title.get(each.title.title_id))
    ]
    return Feed(title=saved.name, home_page_url=home, feed_url=address, items=items)


def _item(saved: SavedSearch, manifest: Manifest, hits: Sequence[Hit], home: str) -> FeedItem:
    title = manifest.title
    lines = [f"{hit.timecode_in} – {hit.timecode_out}  {hit.text}".strip() for hit in hits[:SHOWN]]
    if len(hits) > SHOWN:
        lines.append(f"and {len(hits) - SHOWN} more")
    return FeedItem(
        id=f"{saved.id}/{title.title_id}",
        url=f"{home}title?id={title.title_id}",
        title=title.metadata.name,
        content_text="\n".join(lines),
        date_published=manifest.indexed or FIRST,
    )
