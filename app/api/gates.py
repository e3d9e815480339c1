"""Places for requests: what waits for one holds no thread, and health and pages need none.

Handlers are functions that block, and the server has so many threads for all of them. Each kind of
request may take a part of these, so that no kind takes all: what is slow, or a database that hangs,
keeps its own kind waiting and nothing else.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Literal

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from indexer.errors import BusyError
from indexer.sections import ApiSettings

Kind = Literal["search", "database", "media"]

MEDIA_AT_ONCE = 8
"""Stills and films that are looked up at the same time; sending them takes no place."""
SPARE_THREADS = 16
"""Of the server, for pages and for sending files."""

_STRUCTURE = (b",", b"[", b"{")


class Gate:
    """So many requests of a kind at a time; so many more wait, for so long."""

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._left = waiting
        self._patience = patience

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place.

        Raises:
            BusyError: too many wait already, or none became free in time.
        """
        if self._places.locked() and self._left <= 0:
            raise _busy()
        self._left -= 1
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError as error:
            raise _busy() from error
        finally:
            self._left += 1
        try:
            yield
        finally:
            self._places.release()


Gates = dict[Kind, Gate]


def make_gates(settings: ApiSettings, connections: int) -> Gates:
    """Return the gates of one API; ``connections`` are those that the database may have."""
    at_once: dict[Kind, int] = {
        "search": settings.at_once,
        "database": connections,
        "media": MEDIA_AT_ONCE,
    }
    return {
        kind: Gate(places, settings.waiting, settings.patience) for kind, places in at_once.items()
    }


def threads(settings: ApiSettings, connections: int) -> int:
    """Return how many threads the server needs, so that no gate takes the last ones."""
    return settings.at_once + connections + MEDIA_AT_ONCE + SPARE_THREADS


def gated(kind: Kind) -> type[APIRoute]:
    """Return the class of routes that take a place of a kind while they are worked on.

    A body has arrived before, so that a slow sender holds none; the answer is sent after.
    """

    class Gated(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_in_place(request: Request) -> Response:
                _check(await request.body(), request.app.state.largest_json)
                async with request.app.state.gates[kind].place():
                    return await handle(request)

            return handle_in_place

    return Gated


def _check(body: bytes, most: int) -> None:
    """Refuse a body of too many values: JSON is read in one go, and nothing is answered meanwhile.

    A long picture or clip in base64 has none of these signs.
    """
    if sum(map(body.count, _STRUCTURE)) > most:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a body may hold {most:,} values at most (api.largest_json)",
        )


def _busy() -> BusyError:
    return BusyError("the server has too much to do; try again in a moment", 5)
