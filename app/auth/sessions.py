"""Browser sessions: a cookie that represents a key without containing it."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.auth.keys import hashed
from app.database.engine import Database
from app.database.tables import SESSIONS

COOKIE = "reelfind_session"
_WHAT = "sessions"


class Sessions:
    """The sessions of a data directory, at whichever server they were opened. Thread-safe."""

    def __init__(self, database: Database, hours: float) -> None:
        self._database = database
        self.seconds = round(hours * 3600)

    def open(self, key_id: str, digest: str = "") -> str:
        """Open a session for a key, and return its token.

        Args:
            key_id: of the key.
            digest: of a key that the database lacks, without which ``read`` finds no session.

        Raises:
            DatabaseError: it cannot be written.
        """
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        row = {"hash": hashed(token + digest), "key_id": key_id}
        with self._database.begin(_WHAT) as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.ends < now))
            ends = now + timedelta(seconds=self.seconds)
            connection.execute(SESSIONS.insert(), row | {"ends": ends})
        return token

    def read(self, token: str, digests: Iterable[str] = ()) -> str | None:
        """Return the id of a token's key; None if the token is forged or its session has ended.

        Raises:
            DatabaseError: it cannot be read.
        """
        known = [hashed(token + digest) for digest in ("", *digests)]
        with self._database.read(_WHAT) as connection:
            query = select(SESSIONS.c.key_id).where(
                SESSIONS.c.hash.in_(known), SESSIONS.c.ends > datetime.now(UTC)
            )
            key_id: str | None = connection.scalar(query)
        return key_id

    def close(self, token: str, digests: Iterable[str] = ()) -> None:
        """End a session.

        Raises:
            DatabaseError: it cannot be written.
        """
        known = [hashed(token + digest) for digest in ("", *digests)]
        with self._database.begin(_WHAT) as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.hash.in_(known)))
