"""A shortlist's items as rows of the page: texts, stills and problems."""

from typing import Any

from app.reviews.bodies import ReviewFeedback
from app.shortlists.bodies import ItemOverlap, ShortlistItem
from app.shortlists.overview import overview, stills_of
from app.shortlists.records import Item, Shortlist
from app.ui.addresses import still_address
from app.ui.parts.shortlist.reviewing import summary_of
from indexer.catalogue import Catalogue
from indexer.characters import one_line
from indexer.errors import ReelfindError
from indexer.library import IndexedTitle, Library
from indexer.named_roots import check_root
from indexer.object_store import snapshot
from indexer.unchanged import check_unchanged


@snapshot()
def lines(
    catalogue: Catalogue, shortlist: Shortlist, chosen: str | None, feedback: ReviewFeedback
) -> list[dict[str, Any]]:
    """Return the data of the rows; ``chosen`` is the id of the selected item."""
    seen = overview(catalogue, shortlist)
    library = Library(catalogue)
    titles = {item.title_id: library.title(item.title_id) for item in shortlist.items}
    stills: dict[str, str] = {}
    for title_id, title in titles.items():
        if title is not None:
            own = [item for item in shortlist.items if item.title_id == title_id]
            stills |= stills_of(title, own)
    twice: dict[int, list[str]] = {}
    for pair in seen.overlaps:
        twice.setdefault(pair.first, []).append(_shared(pair, pair.second))
        twice.setdefault(pair.second, []).append(_shared(pair, pair.first))
    return [
        {
            "id": row.item_id,
            "position": row.position,
            "title": row.title or f"Title {row.title_id}",
            "times": _times(row),
            "note": row.note or row.reason,
            "still": still_address(stills[row.item_id]) if row.item_id in stills else "",
            "wrong": ". ".join(
                [
                    *_problems(row, titles[row.title_id]),
                    *twice.get(row.position, []),
                ]
            ),
            "said": summary_of(feedback, row.item_id),
            "chosen": row.item_id == chosen,
        }
        for row in seen.items
    ]


def chosen_item(shortlist: Shortlist, item_id: str | None) -> Item | None:
    """Return the selected item: the one with that id, else the first; None in an empty list."""
    items = shortlist.items
    return next((item for item in items if item.item_id == item_id), items[0] if items else None)


def _times(row: ShortlistItem) -> str:
    if row.title is None:
        return f"frames {row.start_frame} – {row.end_frame}"
    return f"{row.timecode_in} – {row.timecode_out} · {row.seconds:.2f} s"


def _shared(pair: ItemOverlap, other: int) -> str:
    if pair.duplicate:
        return f"Same as item {other}"
    return f"Overlaps item {other} by {pair.frames} frame{'' if pair.frames == 1 else 's'}"


def _problems(row: ShortlistItem, title: IndexedTitle | None) -> list[str]:
    """Return problems with an item's title. A missing film stops playback and reels only."""
    if row.problem:
        text = row.problem
        return [text[0].upper() + text[1:]]
    if title is None:
        return []
    media = title.manifest.title.media
    try:
        check_root(media.path)
        if not media.path.is_file():
            return [
                f"{one_line(media.path.name)} is no longer where it was indexed; run reelfind "
                "index on its new place"
            ]
        check_unchanged(media)
    except ReelfindError as error:
        return [str(error)]
    return []
