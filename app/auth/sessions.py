"""Browser sessions: a cookie that represents a key without containing it."""

import secrets
import threading
import time

from app.auth.keys import hashed

COOKIE = "reelfind_session"


class Sessions:
    """The sessions of this process; a restart ends them all. Thread-safe."""

    def __init__(self, hours: float) -> None:
        self.seconds = round(hours * 3600)
        self._open: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def open(self, key_id: str) -> str:
        """Open a session for a key, and return its token."""
        token, now = secrets.token_urlsafe(32), time.monotonic()
        with self._lock:
            self._open = {each: about for each, about in self._open.items() if about[1] > now}
            self._open[hashed(token)] = (key_id, now + self.seconds)
        return token

    def read(self, token: str) -> str | None:
        """Return the id of a token's key; None if the token is forged or its session has ended."""
        with self._lock:
            key_id, ends = self._open.get(hashed(token), (None, 0.0))
        return key_id if ends > time.monotonic() else None

    def close(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._open.pop(hashed(token), None)
