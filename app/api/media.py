"""The films themselves, in byte ranges: what a player asks for as it goes."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from app.api.deps import RuntimeDep, TitleId
from app.api.gates import gated
from app.api.ranges import ranged

router = APIRouter(tags=["media"], route_class=gated("media"))


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
def media(title_id: TitleId, request: Request, runtime: RuntimeDep) -> FileResponse:
    """Stream a title's media file from where it lies; nothing is held in memory."""
    return ranged(runtime.media(title_id), request, {"Cache-Control": "private, no-cache"})
