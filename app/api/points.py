"""One clip or shot, and those around it."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import PointId, RuntimeDep
from app.api.gates import gated
from app.records import Hit, Neighbours
from app.runtime import NotFoundError, Runtime
from app.search.request import Level, RequestError

router = APIRouter(tags=["catalogue"], route_class=gated("search"))

Count = Annotated[int, Query(ge=0, le=100, description="How many there, at most.")]


@router.get("/clips/{id}")
def get_clip(id: PointId, runtime: RuntimeDep) -> Hit:
    """Return a clip."""
    return _around(runtime, "clip", id, 0, 0).hit


@router.get("/clips/{id}/neighbours")
def get_clip_neighbours(
    id: PointId, runtime: RuntimeDep, before: Count = 3, after: Count = 3
) -> Neighbours:
    """Return a clip between those before and after it in its title."""
    return _around(runtime, "clip", id, before, after)


@router.get("/shots/{id}")
def get_shot(id: PointId, runtime: RuntimeDep) -> Hit:
    """Return a shot."""
    return _around(runtime, "shot", id, 0, 0).hit


@router.get("/shots/{id}/neighbours")
def get_shot_neighbours(
    id: PointId, runtime: RuntimeDep, before: Count = 3, after: Count = 3
) -> Neighbours:
    """Return a shot between those before and after it in its title."""
    return _around(runtime, "shot", id, before, after)


def _around(runtime: Runtime, level: Level, id: PointId, before: int, after: int) -> Neighbours:
    try:
        found = runtime.neighbours(str(id), before, after)
    except RequestError as error:
        raise NotFoundError(f"{id}: no such {level}; search again") from error
    if found.hit.level != level:
        raise NotFoundError(f"{id}: is a {found.hit.level}; ask for it there")
    return found
