"""Files in answers: how they are described, and the media type they go by.

Some programs, among them clients that are generated from the description, know bytes only as
``application/octet-stream``. Whoever accepts that and not the file's own type gets it so.
"""

from typing import Any

from fastapi import Request

OCTETS = "application/octet-stream"


def bytes_of(description: str, *media_types: str) -> dict[str, Any]:
    """Return the description of an answer that is a file of one of these types.

    The first content is the one that generated clients take, hence the order.
    """
    return {
        "description": description,
        "content": {each: {"schema": _schema(each)} for each in (OCTETS, *media_types)},
        "headers": {
            "Vary": {"description": "The type depends on `Accept`.", "schema": {"type": "string"}}
        },
    }


def _schema(media_type: str) -> dict[str, Any]:
    if media_type == "application/json":
        # Clients read JSON as such, whatever the schema says.
        return {"type": "object", "additionalProperties": True}
    return {"type": "string", "format": "binary"}


def accepted(request: Request, own: str) -> str:
    """Return the media type to send a file with: ``own``, unless the request accepts only bytes."""
    ranges = [
        each.partition(";")[0].strip().lower()
        for each in request.headers.get("accept", "").split(",")
    ]
    fitting = {own, f"{own.partition('/')[0]}/*", "*/*"}
    return OCTETS if OCTETS in ranges and fitting.isdisjoint(ranges) else own
