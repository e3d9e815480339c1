"""Stores saved searches in the database."""

import base64
import secrets
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Column, Row, Update, case, select
from sqlalchemy.exc import IntegrityError

from app.database.engine import Database
from app.database.tables import SAVED
from app.saved.records import SavedError, SavedSearch, UnknownSavedError
from app.search.request import SearchRequest
from probes.messages import shortened

LARGEST = 200_000
"""Letters of a request as JSON: lists of saved searches hold all of them."""

_WHAT = "saved searches"


class SavedStore:
    """The saved searches of a data directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        request: SearchRequest,
        author: str = "",
        webhook: str | None = None,
        number: int | None = None,
    ) -> tuple[SavedSearch, str | None]:
        """Save a search; titles that are in the catalogue now count as seen.

        Args:
            name: to find it by.
            request: what is looked for.
            author: who saves it.
            webhook: the address that gets messages of new matches.
            number: of the last title in the catalogue; without it, titles are new by their time.

        Returns:
            It, and the secret that its webhook is signed with, if it has one.

        Raises:
            SavedError: the name is empty, too long or taken, or the search too large.
        """
        name = " ".join(name.split())
        if not 1 <= len(name) <= 200 or not name.isprintable():
            raise SavedError("name", f"{name!r}: a saved search's name has 1 to 200 letters")
        # The page of hits is not part of a saved search.
        request = request.model_copy(update={"cursor": None})
        held = request.model_dump(mode="json", exclude_defaults=True)
        if len(request.model_dump_json(exclude_defaults=True)) > LARGEST:
            raise SavedError(
                "request",
                f"{name}: the search is larger than {LARGEST:,} letters; use a smaller still, or "
                "`like` with the id of a clip",
            )
        secret = _new_secret() if webhook is not None else None
        now = datetime.now(UTC)
        saved_id = secrets.token_hex(16)
        row = {
            "saved_id": saved_id,
            **{"key": name.casefold(), "name": name, "request": held, "author": author},
            **{"created": now, "seen": now, "told": now},
            **{"seen_number": number, "told_number": number},
            **{"webhook_url": webhook, "webhook_secret": secret},
        }
        with self._database.begin(_WHAT) as connection:
            try:
                connection.execute(SAVED.insert(), row)
            except IntegrityError as error:
                raise SavedError(
                    "name", f"{name}: a saved search of this name exists; choose another name"
                ) from error
        return self.find(saved_id), secret

    def all(self) -> list[SavedSearch]:
        """Return all saved searches, by name."""
        with self._database.read(_WHAT) as connection:
            return [
                saved_of(row) for row in connection.execute(select(SAVED).order_by(SAVED.c.key))
            ]

    def find(self, name: str) -> SavedSearch:
        """Return the saved search with this id or name.

        Raises:
            UnknownSavedError: there is none.
        """
        key = " ".join(name.split()).casefold()
        query = select(SAVED).where((SAVED.c.saved_id == name) | (SAVED.c.key == key))
        with self._database.read(_WHAT) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownSavedError(
                f"{name}: no such saved search; `reelfind saved list` names them"
            )
        return saved_of(row)

    def look(self, saved: SavedSearch, until: datetime, number: int = 0) -> SavedSearch:
        """Mark its hits as seen, in titles up to a moment and a number."""
        forward = moved_on(SAVED.c.seen, until, SAVED.c.seen_number, number)
        with self._database.begin(_WHAT) as connection:
            connection.execute(forward.where(SAVED.c.saved_id == saved.id))
        return self.find(saved.id)

    def remove(self, saved: SavedSearch) -> None:
        """Delete a saved search, with its webhook's unsent messages."""
        with self._database.begin(_WHAT) as connection:
            connection.execute(SAVED.delete().where(SAVED.c.saved_id == saved.id))


def moved_on(
    time: Column[datetime], until: datetime, count: Column[int | None], number: int
) -> Update:
    """Return how saved searches move on to a time and a number; neither ever goes back.

    Only rows that move count as changed. Those without a number have none from now on either.
    """
    ahead = (time < until) | (count < number)
    values = {
        time: case((time < until, until), else_=time),
        count: case((count < number, number), else_=count),
    }
    return SAVED.update().where(ahead).values(values)


def saved_of(row: Row[Any]) -> SavedSearch:
    """Return the saved search that a row holds."""
    request, problem = _read(row.request)
    return SavedSearch(
        id=row.saved_id,
        name=row.name,
        request=request,
        problem=problem,
        author=row.author,
        created=row.created,
        seen=row.seen,
        seen_number=row.seen_number,
        webhook=row.webhook_url,
    )


def _read(held: Any) -> tuple[SearchRequest | None, str]:
    """Return a row's search, or why it is invalid: an earlier version may have allowed it."""
    # Earlier versions had a field ``without``, which changed no answer for the better.
    kept = {name: value for name, value in held.items() if name != "without"}
    try:
        return SearchRequest.model_validate(kept), ""
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return None, shortened(f"{where}: {first['msg'].removeprefix('Value error, ')}")


def _new_secret() -> str:
    """Return 32 random bytes as Standard Webhooks writes secrets."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
