"""Stills: one JPEG for each clip or shot."""

import hashlib
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from app.api.deps import PointId, RuntimeDep
from app.api.gates import gated
from app.api.ranges import ranged
from app.titles.strips import hover_strip

router = APIRouter(tags=["media"], route_class=gated("media"))

CACHE = "private, max-age=600"
"""Ten minutes without asking: a title that is indexed anew may show another frame."""


@router.head("/stills/{id}", include_in_schema=False)
@router.get(
    "/stills/{id}",
    response_class=FileResponse,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The still."},
        206: {"description": "The bytes of the `Range` that was asked for."},
        304: {"description": "The still whose ETag was sent is still the one."},
        416: {"description": "The range lies outside the file."},
    },
)
def still(id: PointId, request: Request, runtime: RuntimeDep) -> Response:
    """Return the still that stands for a clip or shot."""
    path = runtime.still(str(id))
    headers = {"ETag": _etag(path), "Cache-Control": CACHE}
    if _matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return ranged(path, request, headers, media_type="image/jpeg")


@router.get(
    "/stills/{id}/strip",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The frames."}},
)
def strip(id: PointId, runtime: RuntimeDep) -> Response:
    """Return eight frames of a clip or shot side by side, 320 × 180 pixels each."""
    headers = {"Cache-Control": CACHE}
    return Response(hover_strip(runtime, str(id)), media_type="image/jpeg", headers=headers)


def _etag(path: Path) -> str:
    """A strong tag of the bytes: a still is some tens of kilobytes."""
    return f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}"'


def _matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison, as RFC 9110 §13.1.2 asks of ``If-None-Match``."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]
