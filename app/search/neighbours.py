"""The clips or shots around one in its title."""

from qdrant_client import models

from app.records import Hit, Neighbours
from app.search.present import make_hit
from app.search.request import RequestError
from app.search.similarity import is_point
from app.search.worth import WORTH, Percentiles, Worth
from indexer.store.base import Store
from indexer.store.names import pair


def neighbours_of(
    store: Store, name: str | None, point_id: str, before: int, after: int, worth: Worth
) -> Neighbours:
    """Return the shots or clips around one in its title, in order of time.

    Args:
        store: where the points are.
        name: the pair of collections; None where nothing is indexed.
        point_id: of a shot or clip.
        before: how many before it.
        after: how many after it.
        worth: the percentiles of their clip-worthiness.

    Raises:
        RequestError: there is no such shot or clip.
    """
    for collection in pair(name) if name and is_point(point_id) else ():
        for record in store.retrieve(collection, [point_id], with_vectors=False):
            payload = record.payload or {}
            place = int(payload["index"])
            around = models.Range(gte=place - before, lte=place + after)
            own = models.MatchValue(value=payload["title_id"])
            records, _ = store.scroll(
                collection,
                filter=models.Filter(
                    must=[
                        models.FieldCondition(key="title_id", match=own),
                        models.FieldCondition(key="index", range=around),
                    ]
                ),
                limit=before + after + 1,
            )
            percentiles = worth.percentiles(store, collection)
            found = {
                int((each.payload or {})["index"]): _hit(each, percentiles) for each in records
            }
            return Neighbours(
                before=[found[each] for each in sorted(found) if each < place],
                hit=found[place],
                after=[found[each] for each in sorted(found) if each > place],
            )
    raise RequestError("id", f"{point_id}: no such clip or shot; search again")


def _hit(record: models.Record, percentiles: Percentiles) -> Hit:
    payload = record.payload or {}
    return make_hit(str(record.id), payload, float(payload[WORTH]), [], percentiles)
