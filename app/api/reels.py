"""Reels that the page of shortlists had rendered, as downloads."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from app.api.deps import RuntimeDep
from app.api.gates import gated
from app.api.ranges import ranged
from indexer.errors import ReelfindError

router = APIRouter(tags=["media"], route_class=gated("media"))

ReelId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="As the page gives it.")]


@router.head("/reels/{id}", include_in_schema=False)
@router.get(
    "/reels/{id}",
    response_class=FileResponse,
    responses={
        200: {"content": {"video/mp4": {}}, "description": "The rendered reel."},
        206: {"description": "The bytes of the `Range` that was asked for."},
        416: {"description": "The range lies outside the file."},
    },
)
def reel(id: ReelId, request: Request, runtime: RuntimeDep) -> FileResponse:
    """Return a rendered reel as a file to save."""
    try:
        path = runtime.reels.file(id)
    except ReelfindError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from error
    return ranged(path, request, {}, media_type="video/mp4", filename=path.name)
