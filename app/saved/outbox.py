"""The outbox of webhooks: messages are stored before they are sent, so a restart loses none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Row, func, select

from app.database.engine import Database
from app.database.tables import DELIVERIES, SAVED
from app.saved.records import Delivery, Message, SavedSearch
from app.saved.store import moved_on, saved_of

KEPT = timedelta(days=30)
"""How long outcomes of deliveries are kept."""

_WHAT = "deliveries to webhooks"


@dataclass(frozen=True)
class Watched:
    """A saved search with a webhook, notified of titles that were indexed until ``notified``.

    ``notified_number`` is the last one's; None where only the time is known.
    """

    saved: SavedSearch
    notified: datetime
    notified_number: int | None = None


@dataclass(frozen=True)
class Letter:
    """A message to send: ``attempts`` were made before."""

    delivery_id: str
    url: str
    secret: str
    body: str
    attempts: int


class Outbox:
    """The messages of a data directory. Several processes may send from it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watched(self) -> list[Watched]:
        """Return the saved searches with a webhook."""
        query = select(SAVED).where(SAVED.c.webhook_url.is_not(None)).order_by(SAVED.c.key)
        with self._database.read(_WHAT) as connection:
            rows = connection.execute(query)
            return [Watched(saved_of(row), row.told, row.told_number) for row in rows]

    def put(
        self,
        saved: SavedSearch,
        messages: Iterable[Message],
        until: datetime,
        now: datetime,
        number: int = 0,
    ) -> int:
        """Write messages, and record that the webhook is notified up to a moment and a number.

        The message for a title and its time of indexing is written only once.

        Returns:
            How many were new.
        """
        given = {_identity(saved, each): each for each in messages}
        forward = moved_on(SAVED.c.told, until, SAVED.c.told_number, number)
        with self._database.begin(_WHAT) as connection:
            # Locks the row: of two processes one waits here, and then finds nothing to do.
            mine = forward.where(SAVED.c.saved_id == saved.id)
            if connection.execute(mine).rowcount == 0:
                return 0
            old = DELIVERIES.c.due.is_(None) & (DELIVERIES.c.created < now - KEPT)
            connection.execute(DELIVERIES.delete().where(old))
            known = select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.delivery_id.in_(given))
            for identity in connection.scalars(known).all():
                del given[identity]
            rows = [
                {
                    "delivery_id": identity,
                    "saved_id": saved.id,
                    "title_id": each.data.title_id,
                    "body": each.model_dump_json(),
                    **{"created": now, "attempts": 0, "due": now},
                }
                for identity, each in given.items()
            ]
            if rows:
                connection.execute(DELIVERIES.insert(), rows)
        return len(given)

    def take(self, due: datetime, until: datetime) -> Letter | None:
        """Return a message that was due at a moment; no other process gets it before ``until``."""
        columns = (*DELIVERIES.c, SAVED.c.webhook_url, SAVED.c.webhook_secret)
        query = (
            select(*columns)
            .join(SAVED, SAVED.c.saved_id == DELIVERIES.c.saved_id)
            .where(DELIVERIES.c.due <= due)
            .order_by(DELIVERIES.c.due)
            .limit(1)
            .with_for_update(of=DELIVERIES, skip_locked=True)
        )
        with self._database.begin(_WHAT) as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            values = {"due": until, "attempts": row.attempts + 1}
            connection.execute(_one(row.delivery_id).values(values))
        return Letter(row.delivery_id, row.webhook_url, row.webhook_secret, row.body, row.attempts)

    def arrived(self, letter: Letter, now: datetime) -> None:
        """Note that a message arrived."""
        values = {"due": None, "delivered": now, "error": None}
        with self._database.begin(_WHAT) as connection:
            connection.execute(_one(letter.delivery_id).values(values))

    def failed(self, letter: Letter, error: str, again: datetime | None) -> None:
        """Note that a message did not arrive, and when it is tried again (None: never)."""
        with self._database.begin(_WHAT) as connection:
            connection.execute(_one(letter.delivery_id).values(error=error[:500], due=again))

    def next_due(self) -> datetime | None:
        """Return when the next message is due; None where none waits."""
        with self._database.read(_WHAT) as connection:
            found: datetime | None = connection.scalar(select(func.min(DELIVERIES.c.due)))
            return found

    def of(self, saved: SavedSearch, limit: int = 50) -> list[Delivery]:
        """Return the messages of a saved search, newest first."""
        query = (
            select(DELIVERIES)
            .where(DELIVERIES.c.saved_id == saved.id)
            .order_by(DELIVERIES.c.created.desc(), DELIVERIES.c.delivery_id)
            .limit(limit)
        )
        with self._database.read(_WHAT) as connection:
            return [_delivery(row) for row in connection.execute(query)]


def _identity(saved: SavedSearch, message: Message) -> str:
    """Return a message's `webhook-id`: no part of it is chosen by anybody."""
    name = f"{saved.id}/{message.data.title_id}/{message.timestamp.isoformat()}"
    return f"msg_{uuid5(NAMESPACE_URL, name).hex}"


def _one(delivery_id: str) -> Any:
    return DELIVERIES.update().where(DELIVERIES.c.delivery_id == delivery_id)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.delivery_id,
        saved_id=row.saved_id,
        title_id=row.title_id,
        created=row.created,
        attempts=row.attempts,
        due=row.due,
        delivered=row.delivered,
        error=row.error,
    )
