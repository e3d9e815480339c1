"""The API as one application: its routes, its errors and its pages of documentation."""

import re
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from structlog.typing import FilteringBoundLogger

from app.api import (
    ads,
    artwork,
    exports,
    health,
    jobs,
    labels,
    media,
    metrics,
    people,
    points,
    reviews,
    saved,
    search,
    shortlists,
    titles,
    vocabulary,
)
from app.api.deps import needs
from app.api.description import describe, operation_id
from app.api.gates import make_gates
from app.api.heads import heads_of
from app.api.logs import make_logger
from app.api.mcp import mcp_route
from app.api.metrics import Metrics
from app.api.middleware import BodyLimits, Compression
from app.api.observing import HEADER, Observer
from app.api.problems import install_problem_handlers
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

TAGS = [
    {"name": "search", "description": "Find clips and shots, and count what filters leave."},
    {"name": "catalogue", "description": "Titles, and the clips and shots they consist of."},
    {"name": "vocabulary", "description": "What clips are scored for."},
    {"name": "media", "description": "Stills, films and rendered reels."},
    {"name": "shortlists", "description": "Spans of titles in order, and their exports."},
    {"name": "reviews", "description": "Others watch a shortlist by a link, comment and approve."},
    {"name": "saved searches", "description": "Searches with a name, feeds and webhooks."},
    {"name": "people", "description": "Whose faces are in the films, where that is on."},
    {"name": "labels", "description": "What people say of spans of titles."},
    {"name": "ads", "description": "Clips and breaks for an ad brief."},
    {"name": "jobs", "description": "Indexing, edits and removals in the background."},
    {"name": "operations", "description": "Health and metrics."},
]
GROUPS = (
    *(
        each.router
        for each in (search, titles, points, vocabulary, labels, jobs, ads, shortlists, people)
    ),
    reviews.editing,
    *(exports.router, saved.router, artwork.router, artwork.films, people.recognising),
)


def create_api(
    runtime: Callable[[], Runtime],
    authenticator: Authenticator | None = None,
    settings: ApiSettings | None = None,
    log: FilteringBoundLogger | None = None,
    database: DatabaseSettings | None = None,
    base_path: str = "",
) -> FastAPI:
    """Return the API over ``runtime``, to be mounted under ``/api``.

    Args:
        runtime: called for each request: a mounted application has no start-up of its own, so
            the caller decides when the Runtime is made and who closes it.
        authenticator: who checks keys; None lets everyone do everything.
        settings: limits, and the other sites that may call.
        log: where requests are logged; None logs to standard error.
        database: how many connections requests have to share.
        base_path: the path of the server, such as ``/reelfind``, below which it is mounted.

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
        license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        servers=[
            {"url": f"{base_path}/api", "description": "The server that has this description."}
        ],
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
    )
    app.state.runtime = runtime
    app.state.authenticator = authenticator
    app.state.metrics = Metrics(runtime)
    app.state.health = HealthWatch(runtime)
    app.state.gates = make_gates(settings, database.connections)
    app.state.largest_json = settings.largest_json
    install_problem_handlers(app)
    app.include_router(heads_of(app.router))  # The pages of documentation.
    reading, uncounted = Depends(needs("read")), Depends(needs("read", counted=False))
    _include(app, health.router)
    _include(app, metrics.router, uncounted)
    for group in GROUPS:
        _include(app, group, reading, prefix="/v1")
    for router in (media.router, exports.films):
        _include(app, router, uncounted, prefix="/v1")
    # Those have a key of their own, which is none of the API's.
    for router in (reviews.router, reviews.films):
        _include(app, router, prefix="/v1")
    app.router.routes.append(mcp_route(app))
    app.add_route("/", lambda _: RedirectResponse("docs"), include_in_schema=False)
    describe(app)
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


def _include(app: FastAPI, router: APIRouter, *needed: Any, prefix: str = "") -> None:
    """Add the routes of a router, whose callers must be let in by ``needed``."""
    for each in (router, heads_of(router)):
        app.include_router(each, prefix=prefix, dependencies=needed)


def api_routes(api: FastAPI) -> list[BaseRoute]:
    """Return the routes of a server that hand all below ``/api/`` to the API.

    ``/api`` itself leads to the pages of documentation. A plain mount lets an address with a line
    end in it through to what comes after it.
    """
    mount = Mount("/api", api)
    mount.path_regex = re.compile(r"^/api/(?P<path>.*)$", re.DOTALL)
    return [Route("/api", lambda _: RedirectResponse("api/docs")), mount]
