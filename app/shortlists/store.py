"""Stores shortlists in the database.

Every change is stored as a revision, so it can be undone, and a writer with an outdated version
learns what changed. A write names the version it was made from and is refused if that is no
longer current (optimistic locking, Kung and Robinson 1981).
"""

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from app.database.engine import Database
from app.database.tables import SHORTLIST_REVISIONS as REVISIONS
from app.database.tables import SHORTLISTS as LISTS
from app.shortlists.edits import describe_changes
from app.shortlists.records import (
    Item,
    Revision,
    Shortlist,
    ShortlistError,
    StaleError,
    new_id,
)
from probes.messages import shortened

_WHAT = "shortlists"

_SUGGESTION = re.compile(r"(.+, )?intensity [01]\.\d\d")
"""The note of a suggested item, before suggestions had reasons of their own."""

_CURRENT = (LISTS.c.shortlist_id == REVISIONS.c.shortlist_id) & (
    LISTS.c.version == REVISIONS.c.version
)
"""Joins a shortlist to its current revision."""


class ShortlistStore:
    """Shortlists on disk, for the command line, the API and the browser at the same time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        target_seconds: float | None = None,
        items: Sequence[Item] = (),
        author: str = "",
    ) -> Shortlist:
        """Make a shortlist.

        Raises:
            ShortlistError: the name is empty, too long or taken, or the target is no length.
        """
        made = _checked(Shortlist(new_id(), name, 1, tuple(items), target_seconds))
        with self._database.begin(_WHAT) as connection, _name_is_free(made.name):
            connection.execute(
                LISTS.insert().values(
                    shortlist_id=made.shortlist_id, key=made.name.casefold(), version=1
                )
            )
            _write(connection, made, None, author)
        return made

    def all(self) -> list[Shortlist]:
        """Return all shortlists as they are now, by name."""
        query = select(REVISIONS).join(LISTS, _CURRENT).order_by(LISTS.c.key)
        with self._database.read(_WHAT) as connection:
            return [_shortlist_of(row) for row in connection.execute(query)]

    def latest(self) -> Shortlist | None:
        """Return the shortlist that was changed last; None without any."""
        query = select(REVISIONS).join(LISTS, _CURRENT).order_by(REVISIONS.c.made.desc()).limit(1)
        with self._database.read(_WHAT) as connection:
            row = connection.execute(query).first()
        return _shortlist_of(row) if row else None

    def find(self, name: str) -> Shortlist:
        """Return the shortlist with this id or name.

        Raises:
            ShortlistError: there is none.
        """
        query = select(REVISIONS).join(LISTS, _CURRENT)
        asked = (LISTS.c.shortlist_id == name) | (LISTS.c.key == name.strip().casefold())
        with self._database.read(_WHAT) as connection:
            row = connection.execute(query.where(asked)).first()
        if row is None:
            raise ShortlistError(f"{name}: no such shortlist; `reelfind shortlist list` names them")
        return _shortlist_of(row)

    def save(self, shortlist: Shortlist, author: str = "") -> Shortlist:
        """Write a changed shortlist over the version that it was made from.

        Returns:
            It, with the version it has now.

        Raises:
            StaleError: another version is current; the error says what changed.
            ShortlistError: the shortlist was deleted, or its new name is taken.
        """
        saved = replace(_checked(shortlist), version=shortlist.version + 1)
        with self._database.begin(_WHAT) as connection, _name_is_free(saved.name):
            self._step(connection, shortlist, {"key": saved.name.casefold()})
            _write(connection, saved, shortlist.version, author)
        return saved

    def change(
        self, name: str, edit: Callable[[Shortlist], Shortlist], author: str = ""
    ) -> Shortlist:
        """Apply an edit to the current version of a shortlist, with retries after conflicts.

        For edits that are valid on any version, such as adding at the end.
        """
        while True:
            try:
                return self.save(edit(self.find(name)), author)
            except StaleError:
                continue

    def undo(self, shortlist: Shortlist, author: str = "") -> Shortlist:
        """Undo the latest change; repeated calls lead back to the first version.

        Undone changes stay among the revisions.

        Raises:
            StaleError: ``shortlist`` is not the current version.
            ShortlistError: nothing is left to undo.
        """
        with self._database.begin(_WHAT) as connection, _name_is_free(shortlist.name):
            self._step(connection, shortlist, {})
            latest = _revision_row(connection, shortlist.shortlist_id, shortlist.version)
            if latest.before is None:
                raise ShortlistError(f"{shortlist.name}: nothing is left to undo")
            earlier = _revision_row(connection, shortlist.shortlist_id, latest.before)
            back = replace(_shortlist_of(earlier), version=shortlist.version + 1)
            mine = LISTS.c.shortlist_id == shortlist.shortlist_id
            connection.execute(LISTS.update().where(mine).values(key=back.name.casefold()))
            _write(connection, back, earlier.before, author)
        return back

    def revisions(self, shortlist_id: str) -> list[Revision]:
        """Return all revisions of a shortlist, the latest first."""
        mine = REVISIONS.c.shortlist_id == shortlist_id
        query = select(REVISIONS).where(mine).order_by(REVISIONS.c.version.desc())
        with self._database.read(_WHAT) as connection:
            return [
                Revision(_shortlist_of(row), row.author, row.made.replace(tzinfo=UTC))
                for row in connection.execute(query)
            ]

    def at(self, shortlist_id: str, versions: Collection[int]) -> list[Shortlist]:
        """Return a shortlist as it was at some of its versions, in no order."""
        mine = (REVISIONS.c.shortlist_id == shortlist_id) & REVISIONS.c.version.in_(versions)
        with self._database.read(_WHAT) as connection:
            return [_shortlist_of(row) for row in connection.execute(select(REVISIONS).where(mine))]

    def delete(self, shortlist: Shortlist) -> None:
        """Delete a shortlist with its revisions and reviews; this cannot be undone.

        Raises:
            StaleError: ``shortlist`` is not the current version.
        """
        with self._database.begin(_WHAT) as connection:
            self._step(connection, shortlist, {})
            for table in (REVISIONS, LISTS):
                mine = table.c.shortlist_id == shortlist.shortlist_id
                connection.execute(table.delete().where(mine))

    def _step(self, connection: Connection, base: Shortlist, values: dict[str, Any]) -> None:
        """Claim the next version if ``base`` is current; then no other writer can have it."""
        mine = (LISTS.c.shortlist_id == base.shortlist_id) & (LISTS.c.version == base.version)
        step = LISTS.update().where(mine).values(version=base.version + 1, **values)
        if connection.execute(step).rowcount == 1:
            return
        query = select(REVISIONS).join(LISTS, _CURRENT)
        row = connection.execute(query.where(LISTS.c.shortlist_id == base.shortlist_id)).first()
        if row is None:
            raise ShortlistError(f"{base.name}: was deleted meanwhile; make it anew")
        seen = _shortlist_of(_revision_row(connection, base.shortlist_id, base.version))
        now = _shortlist_of(row)
        what = ", ".join(describe_changes(seen, now)) or "changed and changed back"
        by = f" by {row.author}" if row.author else ""
        raise StaleError(
            f"{base.name}: is at version {now.version}{by}, yours was made from {base.version}; "
            f"nothing was written. Since then: {what}. Read it again and repeat your change",
            now,
        )


def _checked(shortlist: Shortlist) -> Shortlist:
    name = " ".join(shortlist.name.split())
    if not 1 <= len(name) <= 200:
        raise ShortlistError(f"name {shortened(name)!r}: a shortlist's name has 1 to 200 letters")
    target = shortlist.target_seconds
    if target is not None and not 0 <= target < math.inf:
        raise ShortlistError(f"target {target:g}: not a length; give a number of seconds")
    return replace(shortlist, name=name)


@contextmanager
def _name_is_free(name: str) -> Iterator[None]:
    """Raise the error of a name that is taken."""
    try:
        yield
    except IntegrityError as error:
        raise ShortlistError(
            f"{name}: a shortlist of this name exists; choose another name"
        ) from error


def _write(connection: Connection, made: Shortlist, before: int | None, author: str) -> None:
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


def _revision_row(connection: Connection, shortlist_id: str, version: int) -> Row[Any]:
    """Return the row of a version, which must be there."""
    own = (REVISIONS.c.shortlist_id == shortlist_id) & (REVISIONS.c.version == version)
    return connection.execute(select(REVISIONS).where(own)).one()


def _shortlist_of(row: Row[Any]) -> Shortlist:
    """Return the shortlist that a revision's row holds."""
    items = tuple(map(_item_of, row._mapping["items"]))
    return Shortlist(row.shortlist_id, row.name, row.version, items, row.target_seconds)


def _item_of(fields: dict[str, Any]) -> Item:
    """Return an item as it was written: a suggestion of a version without reasons is one now."""
    item = Item(**fields)
    if _SUGGESTION.fullmatch(item.note):
        return replace(item, note="", reason=item.note)
    return item
