"""Reels that the page of shortlists had rendered, as downloads."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from app.api.deps import ServiceDep
from app.api.gates import gated
from indexer.errors import ReelfindError

router = APIRouter(tags=["media"], route_class=gated("media"))

ReelId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="As the page gives it.")]


@router.head("/reels/{id}", include_in_schema=False)
@router.get(
    "/reels/{id}",
    response_class=FileResponse,
    responses={200: {"content": {"video/mp4": {}}, "description": "The rendered reel."}},
)
def reel(id: ReelId, service: ServiceDep) -> FileResponse:
    """Return a rendered reel as a file to save."""
    try:
        path = service.reels.file(id)
    except ReelfindError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from error
    return FileResponse(path, media_type="video/mp4", filename=path.name)
