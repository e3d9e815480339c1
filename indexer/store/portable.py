"""What every backend takes and gives alike: checked points in, plain points out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import qdrant_edge as edge
from qdrant_client import models

from indexer.store.base import ScoredPoint


def check_points(points: Sequence[models.PointStruct]) -> None:
    """Refuse points that the embedded engine and a server would not treat alike.

    Raises:
        TypeError: an id is not a UUID string, a vector has no name, or a payload holds a
            boolean.
    """
    for point in points:
        if not _is_uuid(point.id):
            raise TypeError(f"point {point.id!r}: an id must be a UUID string")
        if not isinstance(point.vector, dict):
            raise TypeError(f"point {point.id}: vectors must be named")
        check_payload(str(point.id), point.payload or {})


def check_payload(identity: str, payload: Mapping[str, Any]) -> None:
    """Refuse a payload that holds a boolean.

    Raises:
        TypeError: it does.
    """
    _check_values(identity, dict(payload))


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


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _check_values(where: object, value: Any) -> None:
    if isinstance(value, bool):
        raise TypeError(f"{where}: a payload holds no booleans; store 0 or 1")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_values(f"{where}, {key}", item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_values(where, item)
