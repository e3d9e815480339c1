"""Checks the values for a store, with the same rules on every backend.

The embedded engine panics at some values that a server refuses, and stores some that it cannot
read again: all of these are refused here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from qdrant_client import models

from indexer.errors import StoreError

LARGEST = 2**63 - 1
"""Integers are of 64 bits with a sign."""
LARGEST_INDEX = 2**32 - 1
"""Of a sparse vector."""
DEEPEST = 32
"""Levels of a payload. From 128 on the engine writes what it does not read again."""


def is_uuid(value: object) -> bool:
    """Return whether a value is the id of a point."""
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def check_ids(ids: Iterable[object]) -> None:
    """Refuse ids that are no UUIDs."""
    for each in ids:
        if not is_uuid(each):
            raise StoreError(f"{_short(each)} is no id of a clip or shot; use one that a hit has")


def check_page(limit: int, offset: int = 0) -> None:
    """Refuse limits and offsets that are no 64-bit integers from 0 on."""
    for name, value in (("limit", limit), ("offset", offset)):
        if not 0 <= value <= LARGEST:
            raise StoreError(f"{name} {_short(value)} is out of range; use 0 to {LARGEST}")


def check_number(where: str, value: float) -> None:
    """Refuse what is no finite 64-bit number.

    Args:
        where: what it is the value of.
        value: an integer or a float.
    """
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise StoreError(f"{where}: {_short(value)} is out of range; use a smaller number")
    elif not math.isfinite(value):
        raise StoreError(f"{where}: {value} is no number that can be compared; use a finite one")


def check_text(where: str, value: str) -> None:
    """Refuse text that cannot be written as UTF-8 (half a surrogate pair)."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise StoreError(f"{where}: {_short(value)} is no text that can be written") from error


def check_scalar(where: str, value: object) -> None:
    """Refuse a number or a text that no backend takes; pass over what is neither."""
    if isinstance(value, str):
        check_text(where, value)
    elif isinstance(value, int | float):
        check_number(where, value)


def check_vector(name: str, vector: object) -> None:
    """Refuse a vector with a component that is no finite number, or a sparse one out of shape."""
    if isinstance(vector, models.SparseVector):
        indices, values = vector.indices, vector.values
        if len(indices) != len(values) or len({*indices}) != len(indices):
            raise StoreError(f"vector {name}: each index needs one value, and to be there once")
        if any(not 0 <= index <= LARGEST_INDEX for index in indices):
            raise StoreError(f"vector {name}: an index is out of range; use 0 to {LARGEST_INDEX}")
        _check_finite(name, values)
    elif isinstance(vector, list) and not (vector and isinstance(vector[0], list)):
        _check_finite(name, vector)


def check_payload(identity: str, payload: Mapping[str, Any]) -> None:
    """Refuse a payload with values that not every backend takes.

    Raises:
        TypeError: it holds a boolean, or something other than JSON does.
        StoreError: a number is not finite or too large, a text no UTF-8, or it is too deep.
    """
    _check_payload(f"point {identity}", dict(payload), 0)


def _check_payload(where: str, value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise StoreError(f"{where}: a payload has at most {DEEPEST} levels")
    match value:
        case bool():
            raise TypeError(f"{where}: a payload holds no booleans; store 0 or 1")
        case dict():
            for key, item in value.items():
                check_text(where, key)
                _check_payload(f"{where}, {key}", item, depth + 1)
        case list() | tuple():
            for item in value:
                _check_payload(where, item, depth + 1)
        case str() | int() | float():
            check_scalar(where, value)
        case None:
            pass
        case _:
            raise TypeError(f"{where}: a payload holds no {type(value).__name__}")


def _check_finite(name: str, values: Sequence[float]) -> None:
    # A sum is finite if and only if all of it is: components are far from the largest float.
    try:
        finite = math.isfinite(math.fsum(values))
    except (OverflowError, ValueError):  # Infinities of both signs, or components that large.
        finite = False
    if not finite:
        raise StoreError(f"vector {name}: a component is no finite number")


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # More digits than Python writes.
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}…"
