"""One clip or shot, and those around it."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import PointId, ServiceDep
from app.api.gates import gated
from app.results import Hit, Level, Neighbours
from app.searching.errors import RequestError
from app.service import NotFoundError, Service

router = APIRouter(tags=["catalogue"], route_class=gated("search"))

Count = Annotated[int, Query(ge=0, le=100)]


@router.get("/clips/{id}")
def clip(id: PointId, service: ServiceDep) -> Hit:
    """Return a clip."""
    return _around(service, "clip", id, 0, 0).hit


@router.get("/clips/{id}/neighbours")
def clip_neighbours(
    id: PointId, service: ServiceDep, before: Count = 3, after: Count = 3
) -> Neighbours:
    """Return a clip between those before and after it in its title."""
    return _around(service, "clip", id, before, after)


@router.get("/shots/{id}")
def shot(id: PointId, service: ServiceDep) -> Hit:
    """Return a shot."""
    return _around(service, "shot", id, 0, 0).hit


@router.get("/shots/{id}/neighbours")
def shot_neighbours(
    id: PointId, service: ServiceDep, before: Count = 3, after: Count = 3
) -> Neighbours:
    """Return a shot between those before and after it in its title."""
    return _around(service, "shot", id, before, after)


def _around(service: Service, level: Level, id: PointId, before: int, after: int) -> Neighbours:
    try:
        found = service.neighbours(str(id), before, after)
    except RequestError as error:
        raise NotFoundError(f"{id}: no such {level}; search again") from error
    if found.hit.level != level:
        raise NotFoundError(f"{id}: is a {found.hit.level}; ask for it there")
    return found
