"""Rows of shortlists: which version of each is current, and all that it ever was."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.database.tables import SHORTLIST_REVISIONS as REVISIONS
from app.database.tables import SHORTLISTS as LISTS
from app.shortlists.records import Item, Shortlist

CURRENT = (LISTS.c.shortlist_id == REVISIONS.c.shortlist_id) & (
    LISTS.c.version == REVISIONS.c.version
)
"""Joins a shortlist to its current revision."""


def write(connection: Connection, made: Shortlist, before: int | None, author: str) -> None:
    """Add a revision; undoing it leads back to the version ``before``."""
    connection.execute(
        REVISIONS.insert().values(
            shortlist_id=made.shortlist_id,
            version=made.version,
            before=before,
            name=made.name,
            target_seconds=made.target_seconds,
            items=[asdict(item) for item in made.items],
            author=author,
            made=datetime.now(UTC).replace(tzinfo=None),
        )
    )


def revision_of(connection: Connection, shortlist_id: str, version: int) -> Row[Any]:
    """Return the row of a version, which must be there."""
    own = (REVISIONS.c.shortlist_id == shortlist_id) & (REVISIONS.c.version == version)
    return connection.execute(select(REVISIONS).where(own)).one()


def shortlist_of(row: Row[Any]) -> Shortlist:
    """Return the shortlist that a revision's row holds."""
    items = tuple(Item(**item) for item in row._mapping["items"])
    return Shortlist(row.shortlist_id, row.name, row.version, items, row.target_seconds)
