"""The picture that stands for an item: that of the shot it shows the most of."""

from app.shortlists.records import Item
from indexer.artefacts import read_shots
from indexer.catalogue import Catalogue, Manifest
from indexer.records import Shot
from indexer.stages import shots
from indexer.versions import point_of


def stills_of(catalogue: Catalogue, manifest: Manifest, items: list[Item]) -> dict[str, str]:
    """Return the id of a shot for each item of one title, by ``item_id``.

    ``/api/v1/stills/…`` has its picture. Items beyond the title's end have none.
    """
    title, key = manifest.title, manifest.keys[shots.NAME]
    own = read_shots(catalogue.folder(title.title_id).stage(shots.NAME, key) / shots.TABLE)
    found = {}
    for item in items:
        shared, best = max((_shared(shot, item), -shot.index) for shot in own)
        if shared > 0:
            found[item.item_id] = point_of(manifest, "shot", -best)
    return found


def _shared(shot: Shot, item: Item) -> int:
    """Return the frames that a shot and an item share; 0 or less where there are none."""
    return min(shot.end_frame, item.end_frame) - max(shot.start_frame, item.start_frame)
