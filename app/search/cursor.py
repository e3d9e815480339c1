"""Cursors: where the next page of an answer begins, as an opaque word.

A caller may have written one by hand, so its content is checked like a request.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from app.search.request import RequestError, SearchRequest


def _as_written_in_ids(text: str) -> str:
    if str(UUID(text)) != text:
        raise ValueError("not the id of a point")
    return text


Seen = Annotated[int, Field(ge=0, le=10**9)]
"""How many hits (or titles) were on the pages before."""
Score = Annotated[float, Field(allow_inf_nan=False)]
PointId = Annotated[str, AfterValidator(_as_written_in_ids)]
Frame = Annotated[int, Field(ge=0, le=10**12)]

Position = Sequence[Any]
"""What a way of listing needs to go on: JSON scalars."""
BY_RANK: TypeAdapter[tuple[str, tuple[int]]] = TypeAdapter(tuple[str, tuple[Seen]])
BY_SCORE: TypeAdapter[tuple[str, tuple[int, float, str]]] = TypeAdapter(
    tuple[str, tuple[Seen, Score, PointId]]
)
"""The score and id of the hit before."""
IN_TIME: TypeAdapter[tuple[str, tuple[int, str, str, int]]] = TypeAdapter(
    tuple[str, tuple[Seen, str, str, Frame]]
)
"""The title's name, its id, and the frame of the hit before."""

_Position = TypeVar("_Position", bound=Position)


def fingerprint(request: SearchRequest, pair_name: str) -> str:
    """Return what two searches share that have the same hits in the same order."""
    asked = request.model_dump_json(exclude={"cursor", "limit"})
    return hashlib.sha256(f"{pair_name}\n{asked}".encode()).hexdigest()[:12]


def write_cursor(search: str, position: Position) -> str:
    """Return the cursor that goes on at ``position`` of the search with that fingerprint."""
    content = json.dumps([search, position], ensure_ascii=False)
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(
    cursor: str | None, search: str, shape: TypeAdapter[tuple[str, _Position]]
) -> _Position | None:
    """Return the position in a cursor; None where there is no cursor.

    Args:
        cursor: as a request has it.
        search: the fingerprint of that request.
        shape: ``BY_RANK``, ``BY_SCORE`` or ``IN_TIME``, as the answer is listed.

    Raises:
        RequestError: it is no cursor, or one of another search or index.
    """
    if cursor is None:
        return None
    try:
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        own, position = shape.validate_json(content, strict=True)
    except (binascii.Error, ValidationError, ValueError) as error:
        raise RequestError("cursor", "invalid cursor; take `next_cursor` of an answer") from error
    if own != search:
        raise RequestError(
            "cursor", "is of another search, or the index is a new one; search again without it"
        )
    return position
