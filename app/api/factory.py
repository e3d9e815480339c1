"""The API as one application: its routes, its errors and its pages of documentation."""

from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from app.api import health, media, search, stills, titles
from app.api.problems import Problem, install_problem_handlers
from app.service import Service

DESCRIPTION = """\
Search a catalogue of films by picture, dialogue, tone, genre and clip-worthiness.

Times are frames on a title's rational frame rate with exclusive ends; seconds and SMPTE
timecodes are derived from them. Errors are problem details (RFC 9457).
"""


def create_api(service: Callable[[], Service]) -> FastAPI:
    """Return the API over ``service``, to be mounted under ``/api``.

    ``service`` is called for each request: a mounted application has no start-up of its
    own, so the caller decides when the Service is made and who closes it. The pages of
    documentation load nothing from outside.
    """
    app = FastAPIOffline(
        title="Reelfind",
        version=version("reelfind"),
        description=DESCRIPTION,
        docs_url="/docs",
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={"default": {"model": Problem, "description": "What went wrong."}},
    )
    app.state.service = service
    install_problem_handlers(app)
    app.include_router(health.router)
    for group in (search, titles, stills, media):
        app.include_router(group.router, prefix="/v1")
    return app
