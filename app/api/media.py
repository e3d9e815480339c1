"""Stills and films, in byte ranges: what pages and players ask for as they go."""

import hashlib
import re
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from app.api.binary import OCTETS, accepted, bytes_of
from app.api.deps import PointId, RuntimeDep, TitleId
from app.api.gates import gated
from app.titles.files import film_link, frame_of_point, media_file, still_at, still_link
from app.titles.frames import frame_still
from app.titles.strips import hover_strip
from indexer.remote_path import RemotePath

router = APIRouter(tags=["media"], route_class=gated("media"))

CACHE = "private, max-age=600"
"""Ten minutes without asking: a title that is indexed anew may show another frame."""
LINK_CACHE = "private, max-age=60"
"""A minute: what signed the address of a still may soon be valid no more."""


def _redirect(what: str) -> dict[str, Any]:
    return {
        "description": f"The {what} lies in an object store, which answers at `Location` for "
        "`server.film_link_hours`.",
        "headers": {
            "Location": {
                "description": f"Where the {what} can be read.",
                "schema": {"type": "string", "format": "uri"},
            }
        },
    }


@router.get(
    "/stills/{id}",
    response_class=FileResponse,
    responses={
        200: bytes_of("The still.", "image/jpeg"),
        206: bytes_of("The bytes of the `Range` that was asked for.", "image/jpeg"),
        304: {"description": "The still whose ETag was sent is still the one."},
        307: _redirect("still"),
        416: {"description": "The range lies outside the file."},
    },
)
def get_still(id: PointId, request: Request, runtime: RuntimeDep) -> Response:
    """Return the still that stands for a clip or shot, or a redirect to the store that has it."""
    title_id, still = frame_of_point(runtime, str(id))
    if (address := still_link(runtime, title_id, still)) is not None:
        return RedirectResponse(address, headers={"Cache-Control": LINK_CACHE})
    path = still_at(runtime, title_id, still)
    headers = {"ETag": _etag(path), "Cache-Control": CACHE}
    if _matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return ranged(path, request, headers, "image/jpeg")


@router.get(
    "/stills/{id}/strip",
    response_class=Response,
    responses={200: bytes_of("The frames.", "image/jpeg")},
)
def get_still_strip(id: PointId, request: Request, runtime: RuntimeDep) -> Response:
    """Return eight frames of a clip or shot side by side, 320 × 180 pixels each."""
    headers = {"Cache-Control": CACHE, "Vary": "Accept"}
    kind = accepted(request, "image/jpeg")
    return Response(hover_strip(runtime, str(id)), media_type=kind, headers=headers)


@router.get(
    "/media/{title_id}/frames/{frame}",
    response_class=Response,
    responses={200: bytes_of("The still.", "image/jpeg"), 307: _redirect("still")},
)
def get_frame(
    title_id: TitleId,
    frame: Annotated[int, Path(ge=0, le=2**40, description="Counted from 0.")],
    request: Request,
    runtime: RuntimeDep,
) -> Response:
    """Return the still of any frame of a title, decoded if none is kept.

    If the object store with the artefacts has it, the answer is a redirect to the store.
    """
    if (address := still_link(runtime, title_id, frame)) is not None:
        return RedirectResponse(address, headers={"Cache-Control": LINK_CACHE})
    headers = {"Cache-Control": CACHE, "Vary": "Accept"}
    kind = accepted(request, "image/jpeg")
    return Response(frame_still(runtime, title_id, frame), media_type=kind, headers=headers)


@router.get(
    "/media/{title_id}",
    response_class=FileResponse,
    responses={
        200: bytes_of("The whole file.", "video/*"),
        206: bytes_of("The bytes of the `Range` that was asked for.", "video/*"),
        307: _redirect("film"),
        416: {"description": "The range lies outside the file."},
    },
)
def get_media(title_id: TitleId, request: Request, runtime: RuntimeDep) -> Response:
    """Stream a title's media file from where it lies; nothing is held in memory.

    A film in an object store is read from there: the answer is a redirect to a signed address.
    """
    path = media_file(runtime, title_id)
    kind = guess_type(path.name)[0] or OCTETS
    if isinstance(path, RemotePath):
        address = film_link(runtime, path, accepted(request, kind))
        return RedirectResponse(address, headers={"Cache-Control": "no-store", "Vary": "Accept"})
    return ranged(path, request, {"Cache-Control": "private, no-cache"}, kind)


def _etag(path: FilePath) -> str:
    """A strong tag of the bytes: a still is some tens of kilobytes."""
    return f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}"'


def _matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison, as RFC 9110 §13.1.2 asks of ``If-None-Match``."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


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


def ranged(
    path: FilePath,
    request: Request,
    headers: dict[str, str],
    media_type: str,
    filename: str | None = None,
) -> FileResponse:
    """Return a file, or the ranges of it that a request asks for.

    Raises:
        HTTPException: it asks for what the file has not, or in words that cannot be read.
    """
    check_range(request.headers.get("range", ""), path.stat().st_size)
    return RangedFile(
        path,
        headers=headers | {"Vary": "Accept"},
        media_type=accepted(request, media_type),
        filename=filename,
    )


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
