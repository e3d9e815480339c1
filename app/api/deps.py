"""What the handlers ask for, declared once as annotated types."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.metrics import Metrics
from app.api.watching import HealthWatch
from app.auth.authenticator import ANYONE, Authenticator, Caller
from app.auth.scopes import Scope
from app.runtime import Runtime
from app.shortlists.bodies import AGENT

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key that `reelfind keys make` printed. Not needed on the server's own machine.",
)


async def get_runtime(request: Request) -> Runtime:
    """Return the Runtime that the application was made with."""
    runtime: Runtime = request.app.state.runtime()
    return runtime


async def get_metrics(request: Request) -> Metrics:
    """Return the counts of this API."""
    metrics: Metrics = request.app.state.metrics
    return metrics


async def get_authenticator(request: Request) -> Authenticator | None:
    """Return who checks the callers; None where everyone may do everything."""
    authenticator: Authenticator | None = request.app.state.authenticator
    return authenticator


async def get_health(request: Request) -> HealthWatch:
    """Return what health is answered with."""
    health: HealthWatch = request.app.state.health
    return health


def needs(scope: Scope, *, counted: bool = True) -> Callable[..., Caller]:
    """Return a dependency that lets through who may do what ``scope`` is needed for."""

    def admit(
        request: Request,
        _key: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> Caller:
        authenticator: Authenticator | None = request.app.state.authenticator
        caller = authenticator.admit(request, scope, counted=counted) if authenticator else ANYONE
        request.state.caller = caller
        return caller

    return admit


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]
MetricsDep = Annotated[Metrics, Depends(get_metrics)]
HealthDep = Annotated[HealthWatch, Depends(get_health)]
AuthenticatorDep = Annotated[Authenticator | None, Depends(get_authenticator)]
Writer = Annotated[Caller, Depends(needs("write"))]

NOBODY = "api"
"""Who changes something without a key."""

Agent = Annotated[
    str | None,
    Header(
        alias=AGENT,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,49}$",
        description="The program that acts for you: revisions note it beside the key's name.",
    ),
]


def get_author(caller: Writer, agent: Agent = None) -> str:
    """Return the author of a change: the key's name, the program that acts, or both."""
    if caller.name and agent:
        return f"{caller.name} ({agent})"
    return caller.name or agent or NOBODY


Author = Annotated[str, Depends(get_author)]

PointId = Annotated[UUID, Path(description="Id of a clip or shot: `id` of a hit.")]

TitleId = Annotated[
    str,
    Path(pattern=r"^[0-9a-f][0-9a-f-]{3,127}$", description="`title_id` of a hit or title."),
]
