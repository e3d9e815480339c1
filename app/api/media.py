"""The films themselves, in byte ranges: what a player asks for as it goes."""

import re
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from app.api.deps import ServiceDep, TitleId
from app.api.gates import gated

router = APIRouter(tags=["media"], route_class=gated("media"))

MOST_RANGES = 16
"""Parts of one answer: a player asks for one, and hundreds of small ones only cost."""

_SPAN = re.compile(r"(\d{0,18})-(\d{0,18})")


class Film(FileResponse):
    """A file in byte ranges; a range in units other than bytes is ignored (RFC 9110 §14.2)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file or the ranges of it that are asked for."""
        headers = [
            (name, value)
            for name, value in scope["headers"]
            if name != b"range" or value.lower().startswith(b"bytes=")
        ]
        await super().__call__({**scope, "headers": headers}, receive, send)


@router.head("/media/{title_id}", include_in_schema=False)
@router.get(
    "/media/{title_id}",
    response_class=FileResponse,
    responses={
        200: {"content": {"video/*": {}}, "description": "The whole file."},
        206: {"description": "The bytes of the `Range` that was asked for."},
        416: {"description": "The range lies outside the file."},
    },
)
def media(title_id: TitleId, request: Request, service: ServiceDep) -> FileResponse:
    """Stream a title's media file from where it lies; nothing is held in memory."""
    path = service.media(title_id)
    check_range(request.headers.get("range", ""), path.stat().st_size)
    return Film(path, headers={"Cache-Control": "private, no-cache"})


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
