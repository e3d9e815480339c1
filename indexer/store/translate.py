"""Between ``qdrant_client.models`` and the embedded engine's own classes."""

from collections.abc import Mapping
from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from indexer.errors import StoreError
from indexer.store.schema import CollectionSchema
from indexer.store.values import check_ids, check_number, check_scalar

_INDEX_TYPES = {
    models.PayloadSchemaType.KEYWORD: edge.PayloadSchemaType.Keyword,
    models.PayloadSchemaType.INTEGER: edge.PayloadSchemaType.Integer,
    models.PayloadSchemaType.FLOAT: edge.PayloadSchemaType.Float,
}
_DIRECTIONS = {models.Direction.ASC: edge.Direction.Asc, models.Direction.DESC: edge.Direction.Desc}


def edge_config(schema: CollectionSchema) -> edge.EdgeConfig:
    """Return the engine's configuration of a collection: Dot, float16, IDF where sparse."""
    return edge.EdgeConfig(
        vectors={
            name: edge.EdgeVectorParams(
                size, edge.Distance.Dot, datatype=edge.VectorStorageDatatype.Float16
            )
            for name, size in schema.dense.items()
        },
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) for name in schema.sparse
        },
        # Else a route waits for the disk as often as it finds points that none found before.
        payload_memory=edge.Memory.Cached,
    )


def edge_index(kind: models.PayloadSchemaType) -> edge.PayloadSchemaType:
    """Return the type of a payload index.

    Raises:
        TypeError: not keyword, integer or float.
    """
    if kind not in _INDEX_TYPES:
        raise TypeError(f"a payload index of type {kind} is not supported")
    return _INDEX_TYPES[kind]


def payload_indexes(shard: edge.EdgeShard) -> dict[str, models.PayloadSchemaType]:
    """Return the types of a shard's payload indexes by field."""
    return {
        field: next(ours for ours, theirs in _INDEX_TYPES.items() if theirs == index.data_type)
        for field, index in shard.info().payload_schema.items()
    }


def edge_point(point: models.PointStruct) -> edge.Point:
    """Return a point that ``check_points`` let pass."""
    assert isinstance(point.vector, dict)
    vector: dict[str, Any] = {name: edge_vector(value) for name, value in point.vector.items()}
    return edge.Point(str(point.id), vector, point.payload or {})


def edge_vector(vector: object) -> list[float] | edge.SparseVector:
    """Return a dense or a sparse vector.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(vector, models.SparseVector):
        return edge.SparseVector(vector.indices, vector.values)
    if isinstance(vector, list) and not (vector and isinstance(vector[0], list)):
        return vector
    raise TypeError(f"a vector of type {type(vector).__name__} is not supported")


def edge_order(order: models.OrderBy) -> edge.OrderBy:
    """Return an order by a payload field.

    Raises:
        TypeError: it starts from something other than a number.
        StoreError: the number is not finite, or too large.
    """
    direction = _DIRECTIONS[order.direction or models.Direction.ASC]
    start = order.start_from
    if start is not None and not isinstance(start, int | float):
        raise TypeError(f"an order that starts from {start!r} is not supported; use a number")
    check_number(f"order by {order.key}", start or 0)
    return edge.OrderBy(order.key, direction, start)


def edge_filter(filter: models.Filter) -> edge.Filter:
    """Return a filter.

    Raises:
        TypeError: it has something other than nested filters with must, should and must_not,
            ids, and match (value, any, except) or number range conditions on fields.
        StoreError: a number in it is not finite or too large, a text no UTF-8, an id no UUID, or
            a field has no name.
    """
    if filter.min_should is not None:
        raise TypeError("a filter with min_should is not supported")
    return edge.Filter(
        must=_conditions(filter.must),
        should=_conditions(filter.should),
        must_not=_conditions(filter.must_not),
    )


def _conditions(conditions: Any) -> list[Any] | None:
    if conditions is None:
        return None
    return [_condition(each) for each in _as_list(conditions)]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _condition(condition: object) -> Any:
    match condition:
        case models.Filter():
            return edge_filter(condition)
        case models.HasIdCondition():
            check_ids(condition.has_id)
            return edge.HasIdCondition({str(each) for each in condition.has_id})
        case models.FieldCondition():
            return _field(condition)
    raise TypeError(f"a filter with {type(condition).__name__} is not supported")


def _field(condition: models.FieldCondition) -> edge.FieldCondition:
    given = condition.model_dump(exclude_none=True, exclude={"key"}).keys()
    key = condition.key
    if given not in ({"match"}, {"range"}):
        raise TypeError(
            f"a condition on {key} with {' and '.join(sorted(given)) or 'nothing'} is not"
            " supported; give it one match or one range"
        )
    match = _match(key, condition.match) if "match" in given else None
    range_ = _range(key, condition.range) if "range" in given else None
    try:
        return edge.FieldCondition(key, match=match, range=range_)
    except ValueError as error:
        raise StoreError(f"a condition on {key!r}: {error}; use the name of a field") from error


def _match(key: str, match_: object) -> Any:
    match match_:
        case models.MatchValue(value=bool()):
            raise TypeError("a filter matches no booleans; store and match 0 or 1")
        case models.MatchValue():
            check_scalar(key, match_.value)
            return edge.MatchValue(match_.value)
        case models.MatchAny(any=[single]):
            # The engine is quicker to match a value than any of a list of one.
            check_scalar(key, single)
            return edge.MatchValue(single)
        case models.MatchAny():
            for each in match_.any:
                check_scalar(key, each)
            return edge.MatchAny(match_.any)
        case models.MatchExcept():
            for each in match_.except_:
                check_scalar(key, each)
            return edge.MatchExcept(match_.except_)
    raise TypeError(f"a filter with {type(match_).__name__} is not supported")


def _range(key: str, range_: object) -> edge.RangeFloat:
    if not isinstance(range_, models.Range):
        raise TypeError(f"a filter with {type(range_).__name__} is not supported")
    for bound in (range_.gte, range_.gt, range_.lte, range_.lt):
        check_number(key, bound or 0)
    return edge.RangeFloat(gte=range_.gte, gt=range_.gt, lte=range_.lte, lt=range_.lt)


def record(point: edge.Record) -> models.Record:
    """Return a stored point, with what vectors it came with."""
    return models.Record(
        id=str(point.id),
        payload=point.payload or {},
        vector=None if point.vector is None else _named_vectors(point.vector),
        order_value=point.order_value,
    )


def _named_vectors(vectors: Any) -> dict[str, Any]:
    assert isinstance(vectors, Mapping)
    return {
        name: models.SparseVector(indices=vector.indices, values=vector.values)
        if isinstance(vector, edge.SparseVector)
        else vector
        for name, vector in vectors.items()
    }
