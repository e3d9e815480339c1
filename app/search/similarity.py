"""Resolves examples: their vectors, and the points that they are or contain."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from qdrant_client import models

from app.search.request import Level, RequestError
from indexer.store.base import Store
from indexer.store.names import CONTEXT, pair

Vector = NDArray[np.float32]


def rocchio(near: Sequence[Vector], far: Sequence[Vector], weight: float) -> Vector:
    """Return the unit vector [d] near the mean of ``near`` and far from that of ``far``.

    Rocchio's formula (1971): the mean of unit vectors of ``near`` less ``weight`` times that of
    ``far``; without ``near``, away from ``far``. A difference of nothing is a vector of zeros.
    """
    parts = [(1.0, near), (-weight if near else -1.0, far)]
    total = np.sum([w * np.mean([unit(v) for v in own], axis=0) for w, own in parts if own], axis=0)
    return unit(total.astype(np.float32))


def vectors_of(
    store: Store, collection: str, ids: Sequence[str], using: str = CONTEXT
) -> dict[str, Vector]:
    """Return the vectors [d] ``using`` of the points that have one, by id."""
    records = store.retrieve(collection, ids, with_vectors=True)
    return {str(record.id): _named(record, using) for record in records if _has(record, using)}


def example_vectors(
    store: Store, name: str, field: str, ids: Sequence[str], title_shots: int, using: str
) -> list[Vector]:
    """Return the vectors ``using`` of clips, shots or titles, by their ids.

    A title's is the mean of its first ``title_shots`` shots.

    Raises:
        RequestError: one of them is in no collection; ``field`` is named.
    """
    return [_example(store, name, field, each, title_shots, using) for each in ids]


def members(
    store: Store, name: str, ids: Sequence[str], level: Level, title_shots: int
) -> set[str]:
    """Return the points of ``level`` that the examples are, contain or lie in.

    At the level of shots, a clip stands for its shots; at the level of clips, a shot for its
    clip. A title stands for all of its points, of which the first ``title_shots`` are returned.
    """
    shots, clips = pair(name)
    collection = shots if level == "shot" else clips
    found: set[str] = set()
    for each in ids:
        if not is_point(each):
            found.update(str(r.id) for r in _of_title(store, collection, each, title_shots))
            continue
        found.add(each)
        if level == "shot":
            inside, _ = store.scroll(shots, filter=_match("clip_id", each), limit=title_shots)
            found.update(str(record.id) for record in inside)
        else:
            records = store.retrieve(shots, [each], with_vectors=False)
            found.update(str((record.payload or {})["clip_id"]) for record in records)
    return found


def is_point(identity: str) -> bool:
    """Return whether an id has the form of a clip's or a shot's."""
    try:
        return str(UUID(identity)) == identity.lower()
    except ValueError:
        return False


def _example(
    store: Store, name: str, field: str, identity: str, title_shots: int, using: str
) -> Vector:
    shots, clips = pair(name)
    if is_point(identity):
        for collection in (clips, shots):
            found = vectors_of(store, collection, [identity], using)
            if found:
                return found[identity.lower()]
    else:
        ids = [str(record.id) for record in _of_title(store, shots, identity, title_shots)]
        own = list(vectors_of(store, shots, ids, using).values()) if ids else []
        if own:
            return unit(np.mean([unit(each) for each in own], axis=0))
    raise RequestError(
        field, f"{identity}: no such clip, shot or title; take `id` or `title_id` of a hit"
    )


def _of_title(store: Store, collection: str, title_id: str, count: int) -> list[models.Record]:
    records, _ = store.scroll(collection, filter=_match("title_id", title_id), limit=count)
    return records


def _match(key: str, value: str) -> models.Filter:
    return models.Filter(
        must=[models.FieldCondition(key=key, match=models.MatchValue(value=value))]
    )


def _has(record: models.Record, using: str) -> bool:
    return isinstance(record.vector, dict) and using in record.vector


def _named(record: models.Record, using: str) -> Vector:
    vectors: Any = record.vector
    return np.asarray(vectors[using], dtype=np.float32)


def unit(vector: NDArray[Any]) -> Vector:
    """Return a vector at unit norm; zeros stay zeros."""
    norm = float(np.linalg.norm(vector))
    scaled: Vector = (vector / norm if norm > 0 else vector).astype(np.float32)
    return scaled
