"""Deletes all that the recognition of people has left in an index."""

from contextlib import nullcontext

from qdrant_client import models

from indexer.catalogue import Catalogue
from indexer.opening import open_index
from indexer.settings import Settings
from indexer.stages import points, who
from indexer.stages.base import TitleFolder
from indexer.store.base import Store
from indexer.store.names import LEVELS
from indexer.traits import FIELD, PERSON, stored, stored_of_clip
from indexer.who.grouping import MOST
from indexer.who.table import read_known

_BATCH = 256
_VALUES = frozenset(
    each
    for number in range(MOST)
    for each in (stored(PERSON, str(number)), stored_of_clip(stored(PERSON, str(number))))
)
"""All values of points that name groups of faces."""


def delete_faces(catalogue: Catalogue, settings: Settings, store: Store | None = None) -> int:
    """Delete the embeddings and groups of all titles, and their values in points.

    Args:
        catalogue: the data directory.
        settings: its settings.
        store: an open store, which stays open; by default, the one that the settings name.

    Returns:
        The number of titles that had some.

    Raises:
        ReelfindError: another process uses the index.
    """
    lock = catalogue.writer.take()
    try:
        with nullcontext(store) if store is not None else open_index(catalogue, settings) as opened:
            for collection in opened.collections():
                if collection.endswith(tuple(f"-{level}" for level in LEVELS)):
                    _clear(opened, collection)
        return sum(map(_delete_from, map(catalogue.folder, sorted(catalogue.title_ids()))))
    finally:
        lock.release()


def _clear(store: Store, collection: str) -> None:
    """Take the groups of faces out of the points of a collection, durably."""
    named = models.FieldCondition(key=FIELD, match=models.MatchAny(any=sorted(_VALUES)))
    if FIELD not in store.schema(collection).indexes:
        return  # An index of a version without them.
    while True:
        records, _ = store.scroll(collection, filter=models.Filter(must=[named]), limit=_BATCH)
        if not records:
            break
        payloads = {str(each.id): dict(each.payload or {}) for each in records}
        for payload in payloads.values():
            payload[FIELD] = [value for value in payload[FIELD] if value not in _VALUES]
        store.overwrite_payloads(collection, payloads)
    store.flush(collection)


def _delete_from(folder: TitleFolder) -> bool:
    """Delete a title's embeddings; return whether it had any.

    With them goes the mark that its points are written, so that these are written again if the
    next run recognises people again.
    """
    tables = [each / who.TABLE for each in folder.results(who.NAME)]
    if tables and not any(read_known(each) for each in tables):
        return False  # Recognising people was off.
    if not folder.delete(who.NAME):
        return False
    folder.delete(points.NAME)
    return True
