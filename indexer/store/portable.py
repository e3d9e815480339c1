"""What every backend takes and gives alike: checked points in, plain points out."""

from collections.abc import Sequence

import qdrant_edge as edge
from qdrant_client import models

from indexer.store.base import Nearest, ScoredPoint
from indexer.store.values import check_number, check_page, check_payload, check_vector, is_uuid


def check_points(points: Sequence[models.PointStruct]) -> None:
    """Refuse points that the embedded engine and a server would not treat alike.

    Raises:
        TypeError: an id is not a UUID string, a vector has no name, or a payload holds something
            other than texts, numbers, None, and lists and objects of these.
        StoreError: a number in it is not finite or too large, or a text no UTF-8.
    """
    for point in points:
        if not is_uuid(point.id):
            raise TypeError(f"point {point.id!r}: an id must be a UUID string")
        if not isinstance(point.vector, dict):
            raise TypeError(f"point {point.id}: vectors must be named")
        for name, vector in point.vector.items():
            check_vector(name, vector)
        check_payload(str(point.id), point.payload or {})


def checked_query(wanted: Nearest) -> list[float] | models.SparseVector:
    """Return the vector of a query that is safe to be asked.

    Raises:
        StoreError: a number in it is not finite or out of range.
    """
    query = wanted.query
    vector = query if isinstance(query, models.SparseVector) else [float(x) for x in query]
    check_vector(wanted.using, vector)
    check_page(wanted.limit, wanted.offset)
    check_number("score_threshold", wanted.score_threshold or 0)
    return vector


def plain_scored_point(point: models.ScoredPoint | edge.ScoredPoint) -> ScoredPoint:
    """Return what a query found with its id as text and a payload at least empty."""
    return ScoredPoint(str(point.id), point.score, point.payload or {})


def plain_record(point: models.Record) -> models.Record:
    """Return what a server holds with its id as text and a payload at least empty."""
    return models.Record(
        id=str(point.id),
        payload=point.payload or {},
        vector=point.vector,
        order_value=point.order_value,
    )
