"""Whether the server answers, and what it has to answer with."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from app.api.deps import AuthenticatorDep, HealthDep, RuntimeDep
from app.api.problems import problem
from app.auth.authenticator import Authenticator
from indexer.errors import ReelfindError

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
    """The server is up; ``catalogue`` says whether it can be searched, to whoever may read.

    It is null where the server or its database has too much to do to say so at once.
    """

    status: Literal["ok"] = "ok"
    catalogue: Catalogue | None = None


class Ready(BaseModel):
    """A search would be answered; ``notice`` says what an earlier version's index leaves out."""

    status: Literal["ready"] = "ready"
    notice: str = ""


@router.get("/healthz", openapi_extra={"security": [{}, {"key": []}]})
async def get_health(
    request: Request, health: HealthDep, authenticator: AuthenticatorDep
) -> Health:
    """Answer while the server is up, whatever the state of the catalogue; needs no key."""
    if (
        authenticator is not None
        and authenticator.guarded
        and not await health.keys.within(_knows(authenticator, request))
    ):
        return Health()
    state = await health.state.latest()
    return Health(catalogue=Catalogue.model_validate(state) if state else None)


def _knows(authenticator: Authenticator, request: Request) -> Callable[[], bool]:
    def knows() -> bool:
        try:
            return authenticator.caller(request) is not None
        except ReelfindError:
            return False

    return knows


@router.get("/readyz", response_model=Ready, openapi_extra={"security": []})
async def get_readiness(health: HealthDep, runtime: RuntimeDep) -> Ready | Response:
    """Answer 200 when a search would be answered at once, 503 until then; needs no key."""
    if runtime.is_loading:
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "the models that searches need are being loaded",
            headers={"Retry-After": "1"},
        )
    state = await health.state.latest()
    if state is not None and state.kind == "ready":
        return Ready(notice=state.notice)
    kind = state.kind if state is not None else "not known yet"
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"the catalogue is {kind}; /api/healthz has more",
        headers={"Retry-After": "5"},
    )
