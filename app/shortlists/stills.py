"""The picture that stands for an item: that of the shot it shows the most of."""

from app.shortlists.records import Item
from indexer.library import IndexedTitle
from indexer.records import Shot


def stills_of(title: IndexedTitle, items: list[Item]) -> dict[str, str]:
    """Return the id of a shot for each item of one title, by ``item_id``.

    ``/api/v1/stills/…`` has its picture. Items beyond the title's end have none.
    """
    found = {}
    for item in items:
        shared, best = max((_shared(shot, item), -shot.index) for shot in title.shots)
        if shared > 0:
            found[item.item_id] = title.point("shot", -best)
    return found


def _shared(shot: Shot, item: Item) -> int:
    """Return the frames that a shot and an item share; 0 or less where there are none."""
    return min(shot.end_frame, item.end_frame) - max(shot.start_frame, item.start_frame)
