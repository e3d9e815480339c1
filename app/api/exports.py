"""Shortlists as files: lists for editing systems at once, reels when they are rendered."""

import shutil
import tempfile
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Path, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from app.api.binary import accepted, bytes_of
from app.api.deps import RuntimeDep, Writer
from app.api.gates import gated
from app.api.media import ranged
from app.api.shortlists import ShortlistDep
from app.exports.cut import Cut, make_cut
from app.exports.delivering import deliver
from app.exports.formats import BY_NAME, FORMATS, FormatName, export
from app.exports.rates import parse_rate
from app.exports.records import ExportError, MapPath, NewReel, Rate, Reasons, ReelBody
from app.exports.reel import ReelOptions
from app.exports.reels import file_name
from app.problems import FieldProblem, FieldsError
from app.runtime import NotFoundError, Runtime
from app.shortlists.records import Shortlist
from indexer.errors import ReelfindError
from indexer.path_mapping import PathMapping

router = APIRouter(tags=["shortlists"], route_class=gated("database"))
films = APIRouter(tags=["media"], route_class=gated("media"))
"""Rendered reels: as stills and films, they count for no limit of requests."""

REEL: dict[str, Any] = {
    "to cut with": {"summary": "The picture alone", "value": {}},
    "to review": {"summary": "With timecode and slate", "value": {"timecode": True, "slate": True}},
}
ReelId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="`reel_id` of a reel.")]


@router.get(
    "/shortlists/{shortlist_id}/export",
    response_class=FileResponse,
    responses={200: bytes_of("The file.", *(each.media_type for each in FORMATS))},
)
def export_shortlist(
    now: ShortlistDep,
    runtime: RuntimeDep,
    request: Request,
    form: Annotated[FormatName, Query(alias="format", description="`fcp7` is Premiere's route.")],
    rate: Annotated[Rate, Query()] = None,
    map_path: Annotated[MapPath, Query()] = None,
    reasons: Annotated[Reasons, Query()] = False,
) -> FileResponse:
    """Download a shortlist for an editing system, as subtitles or for sign-off.

    A reel is rendered by `reels`.
    """
    chosen = BY_NAME[form]
    delivery = deliver(runtime, _cut(runtime, now, rate), _mapping(runtime, map_path), reasons)
    folder = FilePath(tempfile.mkdtemp(prefix="reelfind-"))
    path = folder / f"list.{chosen.suffix}"
    try:
        export(delivery, path)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, ExportError):
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
        raise
    return FileResponse(
        path,
        media_type=accepted(request, chosen.media_type),
        filename=f"{file_name(now.name)}.{chosen.suffix}",
        headers={"Vary": "Accept"},
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


@router.post("/shortlists/{shortlist_id}/reels", status_code=HTTPStatus.ACCEPTED)
def render_reel(
    asked: Annotated[NewReel, Body(openapi_examples=REEL)],
    now: ShortlistDep,
    runtime: RuntimeDep,
    response: Response,
    _caller: Writer,
) -> ReelBody:
    """Begin to render a shortlist as it is now; one that is there or on its way is not begun anew.

    Reels are rendered one after the other. `Location` says how far it is.
    """
    cut = _cut(runtime, now, asked.rate)
    reel = runtime.reels.start(cut, ReelOptions(asked.timecode, asked.slate))
    own = f"{runtime.settings.server.api_path}/shortlists/{now.shortlist_id}"
    response.headers["Location"] = f"{own}/reels/{reel.reel_id}"
    return reel


@router.get("/shortlists/{shortlist_id}/reels/{reel_id}")
def get_reel(now: ShortlistDep, reel_id: ReelId, runtime: RuntimeDep) -> ReelBody:
    """Say how far a reel is; when it is done, `file` is where it is to be had."""
    found = runtime.reels.find(reel_id)
    if found is None:
        raise NotFoundError(f"{reel_id}: no such reel of {now.name}; render it again")
    return found


def _mapping(runtime: Runtime, map_path: list[str] | None) -> PathMapping:
    """Return the path mapping of a request, or that of the settings.

    Raises:
        FieldsError: it is none.
    """
    usual = runtime.settings.exports.map_path
    try:
        return PathMapping.parse(usual if map_path is None else map_path)
    except ReelfindError as error:
        raise FieldsError([FieldProblem(field="map_path", detail=str(error))]) from error


def _cut(runtime: Runtime, shortlist: Shortlist, rate: str | None) -> Cut:
    """Return a shortlist as a cut.

    Raises:
        FieldsError: the rate is none.
        HTTPException: 409 where it is empty, or an item's title is gone.
    """
    try:
        fps = parse_rate(rate) if rate is not None else None
    except ExportError as error:
        reason = str(error).removeprefix(f"rate {rate}: ")
        raise FieldsError([FieldProblem(field="rate", detail=reason)]) from error
    try:
        return make_cut(runtime.catalogue, shortlist, fps)
    except ExportError as error:
        raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error


RenderedId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="As the page gives it.")]


@films.get(
    "/reels/{id}",
    response_class=FileResponse,
    responses={
        200: bytes_of("The rendered reel.", "video/mp4"),
        206: bytes_of("The bytes of the `Range` that was asked for.", "video/mp4"),
        416: {"description": "The range lies outside the file."},
    },
)
def download_reel(id: RenderedId, request: Request, runtime: RuntimeDep) -> FileResponse:
    """Return a rendered reel as a file to save."""
    try:
        path = runtime.reels.file(id)
    except ReelfindError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from error
    return ranged(path, request, {}, "video/mp4", filename=path.name)
