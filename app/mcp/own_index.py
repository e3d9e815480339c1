"""The API over an index that this process opens while it is asked, where no server runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
from starlette.types import ASGIApp

from app.api.factory import create_api
from app.api.logs import make_logger
from app.runtime import Runtime
from indexer.models import Models
from indexer.settings import Settings

IDLE = 30.0
"""Seconds without a call after which the index is closed, so that other processes can open it."""


class OwnIndex:
    """Opens the index for a call, and closes it when it is idle. The networks stay loaded.

    Used in one event loop.

    Args:
        data: the data directory.
        settings: its settings.
        idle: seconds without a call after which it is closed.
    """

    def __init__(self, data: Path, settings: Settings, idle: float = IDLE) -> None:
        self._data = data
        self._settings = settings
        self._idle = idle
        self._models = Models(settings)
        self._runtime: Runtime | None = None
        self._calls = 0
        self._changing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._api = create_api(
            self._opened,
            settings=settings.api,
            log=make_logger(settings.server.log),
            database=settings.database,
        )

    @asynccontextmanager
    async def api(self) -> AsyncIterator[ASGIApp]:
        """Hold the index open, and return the API over it."""
        self._calls += 1
        try:
            async with self._changing:
                if self._runtime is None:
                    self._runtime = Runtime(self._data, self._settings, self._models)
            yield self._api
        finally:
            self._calls -= 1
            self._close_later()

    async def close(self) -> None:
        """Close the index if no call holds it."""
        async with self._changing:
            if self._calls or self._runtime is None:
                return
            runtime, self._runtime = self._runtime, None
            await to_thread.run_sync(runtime.close)

    def _close_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._idle, self._close_now)

    def _close_now(self) -> None:
        self._closing = asyncio.get_running_loop().create_task(self.close())

    def _opened(self) -> Runtime:
        assert self._runtime is not None, "a call holds the index open"
        return self._runtime
