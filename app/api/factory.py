"""The API as one application: its routes, its errors and its pages of documentation."""

import re
from collections.abc import Callable
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount
from structlog.typing import FilteringBoundLogger

from app.api import (
    ads,
    exports,
    health,
    jobs,
    labels,
    media,
    metrics,
    points,
    saved,
    search,
    shortlists,
    titles,
)
from app.api.deps import needs
from app.api.gates import make_gates
from app.api.logs import make_logger
from app.api.mcp import mcp_route
from app.api.metrics import Metrics
from app.api.middleware import BodyLimits, Compression
from app.api.observing import HEADER, Observer
from app.api.problems import describe_problems, install_problem_handlers
from app.api.watching import HealthWatch
from app.auth.authenticator import Authenticator
from app.runtime import Runtime
from indexer.sections import ApiSettings, DatabaseSettings

DESCRIPTION = """\
Search a catalogue of films by picture, dialogue, tone, genre and clip-worthiness.

Times are frames on a title's rational frame rate with exclusive ends; seconds and SMPTE
timecodes are derived from them. Errors are problem details (RFC 9457) that name the field.
Every answer carries `X-Request-ID`: yours, if you sent one.
"""


def create_api(
    runtime: Callable[[], Runtime],
    authenticator: Authenticator | None = None,
    settings: ApiSettings | None = None,
    log: FilteringBoundLogger | None = None,
    database: DatabaseSettings | None = None,
) -> FastAPI:
    """Return the API over ``runtime``, to be mounted under ``/api``.

    Args:
        runtime: called for each request: a mounted application has no start-up of its own, so
            the caller decides when the Runtime is made and who closes it.
        authenticator: who checks keys; None lets everyone do everything.
        settings: limits, and the other sites that may call.
        log: where requests are logged; None logs to standard error.
        database: how many connections requests have to share.

    The pages of documentation load nothing from outside.
    """
    settings, database = settings or ApiSettings(), database or DatabaseSettings()
    app = FastAPIOffline(
        title="Reelfind",
        version=version("reelfind"),
        description=DESCRIPTION,
        docs_url="/docs",
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.runtime = runtime
    app.state.authenticator = authenticator
    app.state.metrics = Metrics(runtime)
    app.state.health = HealthWatch(runtime)
    app.state.gates = make_gates(settings, database.connections)
    app.state.largest_json = settings.largest_json
    install_problem_handlers(app)
    app.include_router(health.router)
    app.include_router(metrics.router, dependencies=[Depends(needs("read", counted=False))])
    for group in (search, titles, points, labels, jobs, ads, shortlists, exports, saved):
        app.include_router(group.router, prefix="/v1", dependencies=[Depends(needs("read"))])
    for router in (media.router, exports.films):
        reading = Depends(needs("read", counted=False))
        app.include_router(router, prefix="/v1", dependencies=[reading])
    app.router.routes.append(mcp_route(app))
    describe_problems(app)
    # The last that is added is the first to see a request.
    app.add_middleware(BodyLimits, largest=settings.largest_body, seconds=settings.body_seconds)
    app.add_middleware(Compression)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
            allow_headers=[
                *("Authorization", "Content-Type", "If-Match", "If-None-Match", "Range", HEADER)
            ],
            expose_headers=["ETag", "Content-Range", "Location", "Retry-After", HEADER],
        )
    app.add_middleware(Observer, metrics=app.state.metrics, log=log or make_logger())
    return app


def mount_api(api: FastAPI) -> Mount:
    """Return the route that hands all below ``/api/`` to the API.

    A plain mount lets an address with a line end in it through to what comes after it.
    """
    mount = Mount("/api", api)
    mount.path_regex = re.compile(r"^/api/(?P<path>.*)$", re.DOTALL)
    return mount
