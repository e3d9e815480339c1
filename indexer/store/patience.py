"""Retries requests while a server is down, with growing pauses, for some time or until it is back.

Only idempotent requests may go through here. All requests of the store are: points are written
whole under their own ids, payloads and aliases are replaced, deleting twice equals deleting once,
and a collection is created only if it does not exist.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_before_delay,
    stop_never,
    wait_exponential,
    wait_random,
)

from indexer.errors import ServerAwayError

T = TypeVar("T")

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
"""Seconds; each pause is twice the one before, and up to ``FIRST_PAUSE`` more, at random."""


class Patience:
    """How long to retry a request while the server is down.

    Without ``told``, for ``seconds``; after that, each request is tried once until one succeeds,
    so that a page full of searches does not wait for each in turn. With ``told``, which is called
    with a line when waiting begins and ends, retries go on indefinitely; but a server that has
    never answered gets ``seconds`` only, since its address is most likely wrong.

    Args:
        seconds: how long to retry a request.
        told: called with a line when an indefinite wait begins and ends.
        pause: sleeps for some seconds.
    """

    def __init__(
        self,
        seconds: float,
        told: Callable[[str], None] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._told = told
        self._pause = pause
        self._answered = False
        self._given_up = False

    def ask(self, request: Callable[[], T]) -> T:
        """Return the answer of ``request``, with retries while the server is down.

        Raises:
            ServerAwayError: it stayed away for too long.
            ReelfindError: whatever else the request raises, at once.
        """
        attempts = Retrying(
            retry=retry_if_exception_type(ServerAwayError),
            wait=_pause_after,
            stop=self._stop,
            before_sleep=self._say_waiting,
            sleep=self._pause,
            reraise=True,
        )
        try:
            answer = attempts(request)
        except ServerAwayError:
            self._given_up = True
            raise
        if self._told is not None and attempts.statistics["attempt_number"] > 1 and self._answered:
            self._told("the Qdrant server answers again; going on")
        self._answered, self._given_up = True, False
        return answer

    def _stop(self, state: RetryCallState) -> bool:
        if self._endless:
            return stop_never(state)
        return stop_before_delay(0 if self._given_up else self._seconds)(state)

    def _say_waiting(self, state: RetryCallState) -> None:
        if self._told is not None and self._endless and state.attempt_number == 1:
            self._told(f"{_away(state)}. Waiting for it: nothing is lost, and Ctrl-C stops")

    @property
    def _endless(self) -> bool:
        return self._told is not None and self._answered


def _pause_after(state: RetryCallState) -> float:
    """Return the seconds to wait; at least as long as the server asks for."""
    growing = wait_exponential(FIRST_PAUSE, LONGEST_PAUSE) + wait_random(0, FIRST_PAUSE)
    return max(growing(state), _away(state).seconds)


def _away(state: RetryCallState) -> ServerAwayError:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, ServerAwayError)
    return error
