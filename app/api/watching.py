"""What health is answered with: asked in threads of its own, and never waited for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from app.runtime import Runtime

Known = TypeVar("Known")

SOON = 0.05
"""Seconds that an answer may take where the one before it can stand in."""
FIRST = 1.0
"""Seconds that it may take where there is none yet."""


class Watch(Generic[Known]):
    """Knows what a function that may block returned last."""

    def __init__(self, ask: Callable[[], Known]) -> None:
        self._ask = ask
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._asked: Future[Known] | None = None
        self._last: Known | None = None

    async def latest(self) -> Known | None:
        """Return what the function returns now, or what it returned last where it blocks.

        None where it never returned anything.
        """
        if self._asked is None or self._asked.done():
            self._asked = self._pool.submit(self._remember)
        asked = asyncio.wrap_future(self._asked)
        await asyncio.wait([asked], timeout=SOON if self._last is not None else FIRST)
        return asked.result() if asked.done() else self._last

    def _remember(self) -> Known:
        self._last = self._ask()
        return self._last


class Asking:
    """Asks what belongs to one request, and waits no longer than ``FIRST``."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="health-keys")

    async def within(self, ask: Callable[[], Known]) -> Known | None:
        """Return what ``ask`` returns; None where it takes too long."""
        asked = asyncio.wrap_future(self._pool.submit(ask))
        await asyncio.wait([asked], timeout=FIRST)
        if asked.done():
            return asked.result()
        # Not even begun, where others wait for the same database.
        asked.cancel()
        return None


class HealthWatch:
    """The state of the catalogue, and who asks for it."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self.state = Watch(lambda: runtime().state())
        self.keys = Asking()
