"""Whether the server answers, and what it has to answer with."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from app.access.door import RefusedError
from app.api.deps import DoorDep, ServiceDep
from app.api.problems import problem

router = APIRouter(tags=["operations"])


class Catalogue(BaseModel):
    """The state of the catalogue behind the search."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["empty", "indexing", "ready", "broken"]
    message: str
    next_step: str
    titles: int
    progress: float | None
    notice: str


class Health(BaseModel):
    """The server is up; ``catalogue`` says whether it can be searched, to whoever may read."""

    status: Literal["ok"] = "ok"
    catalogue: Catalogue | None = None


class Ready(BaseModel):
    """The catalogue can be searched; ``notice`` says what an earlier version's index leaves out."""

    status: Literal["ready"] = "ready"
    notice: str = ""


@router.get("/healthz")
def healthz(request: Request, service: ServiceDep, door: DoorDep) -> Health:
    """Answer while the server is up, whatever the state of the catalogue; needs no key."""
    try:
        known = door is None or door.caller(request) is not None
    except RefusedError:
        known = False
    return Health(catalogue=Catalogue.model_validate(service.state()) if known else None)


@router.get("/readyz", response_model=Ready)
def readyz(service: ServiceDep) -> Ready | Response:
    """Answer 200 when the catalogue can be searched, 503 until then; needs no key."""
    state = service.state()
    if state.kind == "ready":
        return Ready(notice=state.notice)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"the catalogue is {state.kind}; /api/healthz has more",
        headers={"Retry-After": "5"},
    )
