"""Files that are sent whole or in byte ranges (RFC 9110, section 14)."""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

MOST_RANGES = 16
"""Parts of one answer: a player asks for one, and hundreds of small ones only cost."""

_SPAN = re.compile(r"(\d{0,18})-(\d{0,18})")


class RangedFile(FileResponse):
    """A file in byte ranges; a range in units other than bytes is ignored (RFC 9110 §14.2)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file or the ranges of it that are asked for."""
        headers = [
            (name, value)
            for name, value in scope["headers"]
            if name != b"range" or value.lower().startswith(b"bytes=")
        ]
        await super().__call__({**scope, "headers": headers}, receive, send)


def ranged(path: Path, request: Request, headers: dict[str, str], **more: Any) -> FileResponse:
    """Return a file, or the ranges of it that a request asks for.

    Raises:
        HTTPException: it asks for what the file has not, or in words that cannot be read.
    """
    check_range(request.headers.get("range", ""), path.stat().st_size)
    return RangedFile(path, headers=headers, **more)


def check_range(header: str, size: int) -> None:
    """Refuse a ``Range`` that makes no sense for a file of ``size`` bytes.

    Raises:
        HTTPException: 400 when it cannot be read or has too many parts, 416 when one of them
            lies outside the file.
    """
    unit, _, ranges = header.partition("=")
    if unit.strip().casefold() != "bytes":
        return
    spans = [span.strip() for span in ranges.split(",", MOST_RANGES)]
    if len(spans) > MOST_RANGES:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"Range: at most {MOST_RANGES} parts")
    for span in spans:
        found = _SPAN.fullmatch(span)
        if found is None or span == "-":
            raise HTTPException(HTTPStatus.BAD_REQUEST, f"Range: {span[:50]!r} is no span of bytes")
        first, last = found.groups()
        if first and last and int(last) < int(first):
            raise HTTPException(HTTPStatus.BAD_REQUEST, f"Range: {span} ends before it starts")
        if (first and int(first) >= size) or (not first and int(last) == 0):
            raise HTTPException(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                f"Range: {span} lies outside the file, which has {size:,} bytes",
                {"Content-Range": f"bytes */{size}"},
            )
