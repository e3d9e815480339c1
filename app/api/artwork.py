"""The best stills of titles and shortlists, to look at and to download."""

import shutil
import tempfile
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from app.api.binary import accepted, bytes_of
from app.api.deps import RuntimeDep, TitleId
from app.api.gates import gated
from app.api.shortlists import ShortlistDep
from app.artwork.files import read_on_server, write_zip
from app.artwork.finding import artwork_of_shortlist, artwork_of_title
from app.artwork.records import MOST, MOST_FILES, Artwork, PictureFormat, Shape, none_worth_showing
from app.exports.reels import file_name
from app.runtime import Runtime
from indexer.library import Library

router = APIRouter(route_class=gated("database"))
films = APIRouter(route_class=gated("media"))
"""Downloads, for which films are read."""

ZIP = "application/zip"
Count = Annotated[int, Query(ge=1, le=MOST, description="Stills, at most.")]
Files = Annotated[int, Query(ge=1, le=MOST_FILES, description="Stills, at most.")]
Shapes = Annotated[
    list[Shape],
    Query(max_length=5, description="Crops of each still; `whole` is the frame without bars."),
]
Kind = Annotated[PictureFormat, Query(alias="picture", description="PNG is without loss.")]


@router.get("/titles/{title_id}/artwork", tags=["catalogue"])
def get_title_artwork(title_id: TitleId, runtime: RuntimeDep, count: Count = 10) -> Artwork:
    """Return the best stills of a title, with a crop of each for posters, tiles and stories."""
    return artwork_of_title(runtime.title(title_id), runtime.settings, count)


@films.get(
    "/titles/{title_id}/artwork/files",
    tags=["catalogue"],
    response_class=FileResponse,
    responses={200: bytes_of("The pictures.", ZIP)},
)
def download_title_artwork(
    title_id: TitleId,
    runtime: RuntimeDep,
    request: Request,
    count: Files = 10,
    shape: Shapes = ["whole"],  # noqa: B006
    kind: Kind = "webp",
) -> FileResponse:
    """Download the best stills of a title in one zip, as large as the film."""
    title = runtime.title(title_id)
    found = artwork_of_title(title, runtime.settings, count)
    return _zip(runtime, request, found, shape, kind, title.manifest.title.metadata.name)


@router.get("/shortlists/{shortlist_id}/artwork", tags=["shortlists"])
def get_shortlist_artwork(now: ShortlistDep, runtime: RuntimeDep, count: Count = 10) -> Artwork:
    """Return the best stills of a shortlist's spans."""
    return artwork_of_shortlist(Library(runtime.catalogue), now, runtime.settings, count)


@films.get(
    "/shortlists/{shortlist_id}/artwork/files",
    tags=["shortlists"],
    response_class=FileResponse,
    responses={200: bytes_of("The pictures.", ZIP)},
)
def download_shortlist_artwork(
    now: ShortlistDep,
    runtime: RuntimeDep,
    request: Request,
    count: Files = 10,
    shape: Shapes = ["whole"],  # noqa: B006
    kind: Kind = "webp",
) -> FileResponse:
    """Download the best stills of a shortlist's spans in one zip, as large as their films."""
    found = artwork_of_shortlist(Library(runtime.catalogue), now, runtime.settings, count)
    return _zip(runtime, request, found, shape, kind, now.name)


def _zip(
    runtime: Runtime,
    request: Request,
    found: Artwork,
    shapes: list[Shape],
    kind: PictureFormat,
    name: str,
) -> FileResponse:
    if not found.stills:
        raise HTTPException(HTTPStatus.CONFLICT, none_worth_showing(name))
    folder = Path(tempfile.mkdtemp(prefix="reelfind-"))
    path = folder / "artwork.zip"
    try:
        write_zip(found, list(dict.fromkeys(shapes)), kind, path, partial(read_on_server, runtime))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        path,
        media_type=accepted(request, ZIP),
        filename=f"{file_name(name)} artwork.zip",
        headers={"Vary": "Accept"},
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )
