"""The titles of the catalogue, and the cut list of each."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from app.api.deps import RuntimeDep, TitleId
from app.api.gates import gated
from app.problems import FieldProblem, FieldsError
from app.records import TitleSummary
from app.summaries import summary
from app.titles.cutlist import clip_rows, shot_rows
from app.titles.records import (
    ASPECTS,
    Aspect,
    ClipRow,
    ClipRows,
    ShotRow,
    ShotRows,
    SimilarTitles,
    TitleSound,
)
from app.titles.similar import similar_titles
from app.titles.sound import read_sound
from indexer.library import IndexedTitle

router = APIRouter(tags=["catalogue"], route_class=gated("search"))

From = Annotated[int, Query(ge=0, le=10**9, alias="from", description="Index of the first.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most of one answer.")]


@router.get("/titles")
def list_titles(
    runtime: RuntimeDep,
    request: Request,
    response: Response,
    limit: Annotated[
        int | None,
        Query(ge=1, le=1000, description="Most titles of one answer; all where left out."),
    ] = None,
    after: Annotated[
        str | None, Query(max_length=128, description="`title_id` of the title before the first.")
    ] = None,
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Words, or parts of words, of a title's name, series, genres, tags, year, "
            "language or file.",
        ),
    ] = "",
) -> list[TitleSummary]:
    """List the titles with their counts, by name.

    With `limit`, the header `Link` has the address of the next page (`rel="next"`) where there
    is one.
    """
    if limit is None and after is None and not q:
        return runtime.titles()
    listing = runtime.listing
    most = limit or listing.count()
    found = listing.page(most + 1, 0, q) if after is None else listing.after(after, most + 1, q)
    if found is None:
        raise FieldsError([FieldProblem(field="after", detail=f"{after}: no such title")])
    if len(found) > most:
        following = request.url.include_query_params(after=found[most - 1].title.title_id)
        response.headers["Link"] = f'<?{following.query}>; rel="next"'
    return list(map(summary, found[:most]))


@router.get("/titles/{title_id}")
def get_title(title_id: TitleId, runtime: RuntimeDep) -> TitleSummary:
    """Return one title with its counts."""
    return summary(runtime.manifest(title_id))


@router.get("/titles/{title_id}/shots")
def list_title_shots(
    title_id: TitleId, runtime: RuntimeDep, start: From = 0, limit: Limit = 200
) -> ShotRows:
    """List the shots of a title in order of time."""
    title = runtime.title(title_id)
    page, following = _page(shot_rows(title), "shot", title, start, limit)
    return ShotRows(shots=[ShotRow(**row) for row in page], next=following)


@router.get("/titles/{title_id}/clips")
def list_title_clips(
    title_id: TitleId, runtime: RuntimeDep, start: From = 0, limit: Limit = 200
) -> ClipRows:
    """List the clips of a title in order of time."""
    title = runtime.title(title_id)
    page, following = _page(clip_rows(title), "clip", title, start, limit)
    return ClipRows(clips=[ClipRow(**row) for row in page], next=following)


@router.get("/titles/{title_id}/sound")
def get_title_sound(
    title_id: TitleId,
    runtime: RuntimeDep,
    step: Annotated[
        float, Query(ge=0.1, le=600, description="Seconds of a step, in whole tenths.")
    ] = 1.0,
) -> TitleSound:
    """Return loudness, speech and music along a title."""
    return read_sound(runtime, title_id, step)


@router.get("/titles/{title_id}/similar")
def list_similar_titles(
    title_id: TitleId,
    runtime: RuntimeDep,
    by: Annotated[
        list[Aspect] | None,
        Query(
            max_length=len(ASPECTS),
            description="What to compare: what is said (`story`), how it looks, how it sounds. "
            "All of it where left out.",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most titles.")] = 10,
) -> SimilarTitles:
    """List the titles that are most like one, best first."""
    return similar_titles(runtime, title_id, by or (), limit)


def _page(
    rows: list[dict[str, Any]],
    level: Literal["shot", "clip"],
    title: IndexedTitle,
    start: int,
    limit: int,
) -> tuple[list[dict[str, Any]], int | None]:
    """Return the rows of a page with the ids of their points, and where the next one begins."""
    page = [{"id": title.point(level, row["index"]), **row} for row in rows[start : start + limit]]
    return page, start + limit if start + limit < len(rows) else None
