"""Stores people in the database: groups of faces of titles, and whose they are."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from app.database.engine import Database
from app.database.tables import FACE_GROUPS, PEOPLE
from app.people.records import (
    FacesOfTitle,
    GroupOfTitle,
    PeopleError,
    Person,
    UnknownPersonError,
)
from app.search.people import Groups

_WHAT = "people"
_NO_VECTOR = [each for each in FACE_GROUPS.c if each is not FACE_GROUPS.c.vector]


class PeopleStore:
    """The people of a data directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, hidden: bool = False) -> list[Person]:
        """Return all people, those with a name first, by name; then by faces, most first.

        With ``hidden``, those that somebody hid as well.
        """
        with self._database.read(_WHAT) as connection:
            query = select(PEOPLE)
            if not hidden:
                query = query.where(PEOPLE.c.hidden.is_(False))
            found = _people(connection, connection.execute(query).all())
        return sorted(found, key=lambda each: (not each.name, each.name.casefold(), -each.faces))

    def find(self, name: str) -> Person:
        """Return the person with this id or name.

        Raises:
            UnknownPersonError: there is none.
        """
        with self._database.read(_WHAT) as connection:
            rows = connection.execute(_called([name])).all()
            if not rows:
                raise _unknown(name)
            # An id goes before a name that somebody made to look like one.
            row = next((each for each in rows if each.person_id == name), rows[0])
            return _people(connection, [row])[0]

    def groups(self, names: Sequence[str]) -> Groups:
        """Return the groups of the people with these ids or names.

        Raises:
            UnknownPersonError: there is no such person.
        """
        found: dict[str, list[int]] = {}
        for name in names:
            for each in self.find(name).groups:
                found.setdefault(each.title_id, []).append(each.number)
        return found

    def named(self) -> dict[str, Groups]:
        """Return the groups of each person with a name who is not hidden, by the person's id."""
        return {
            each.id: {
                title_id: [own.number for own in each.groups if own.title_id == title_id]
                for title_id in {own.title_id for own in each.groups}
            }
            for each in self.all()
            if each.name
        }

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """Return the names of the people with these ids, by id; empty for those without one."""
        query = select(PEOPLE.c.person_id, PEOPLE.c.name).where(PEOPLE.c.person_id.in_(ids))
        with self._database.read(_WHAT) as connection:
            return {row.person_id: row.name for row in connection.execute(query)}

    def rename(self, person: Person, name: str) -> Person:
        """Give a person another name; an empty one takes it away.

        Raises:
            PeopleError: the name is too long, or somebody else's.
        """
        name = " ".join(name.split())
        if len(name) > 200 or not name.isprintable():
            raise PeopleError("name", f"{name!r}: a person's name has up to 200 letters")
        changed = {"name": name, "key": name.casefold() or None}
        with self._database.begin(_WHAT) as connection:
            try:
                connection.execute(_one(person.id).values(changed))
            except IntegrityError as error:
                raise PeopleError(
                    "name",
                    f"{name}: somebody has this name already; merge the two, or choose another",
                ) from error
        return self.find(person.id)

    def hide(self, person: Person, hidden: bool = True) -> Person:
        """Leave a person out of lists, or take them in again."""
        with self._database.begin(_WHAT) as connection:
            connection.execute(_one(person.id).values(hidden=hidden))
        return self.find(person.id)

    def merge(self, person: Person, others: Collection[Person]) -> Person:
        """Make the faces of others this person's; the others are gone.

        A person without a name takes that of the first other who has one.
        """
        gone = [each.id for each in others if each.id != person.id]
        name = person.name or next((each.name for each in others if each.name), "")
        with self._database.begin(_WHAT) as connection:
            theirs = update(FACE_GROUPS).where(FACE_GROUPS.c.person_id.in_(gone))
            connection.execute(theirs.values(person_id=person.id))
            connection.execute(delete(PEOPLE).where(PEOPLE.c.person_id.in_(gone)))
            changed = {"name": name, "key": name.casefold() or None}
            connection.execute(_one(person.id).values(changed))
        return self.find(person.id)

    def split(self, person: Person, groups: Sequence[GroupOfTitle]) -> Person:
        """Make some of a person's groups a new person's, and return that one.

        Raises:
            PeopleError: a group is not this person's, or none would be left.
        """
        own = {(each.title_id, each.number) for each in person.groups}
        wanted = {(each.title_id, each.number) for each in groups}
        if not wanted or not wanted < own:
            raise PeopleError(
                "groups",
                f"{person.shown_name}: has {len(own)} groups of faces; give some of them, not all",
            )
        with self._database.begin(_WHAT) as connection:
            new = add_person(connection)
            key = tuple_(FACE_GROUPS.c.title_id, FACE_GROUPS.c.number)
            moved = update(FACE_GROUPS).where(key.in_(sorted(wanted)))
            connection.execute(moved.values(person_id=new))
        return self.find(new)

    def delete_all(self) -> int:
        """Delete all people with their faces and names; return how many there were."""
        with self._database.begin(_WHAT) as connection:
            connection.execute(delete(FACE_GROUPS))
            return connection.execute(delete(PEOPLE)).rowcount


def add_person(connection: Connection) -> str:
    """Add somebody without a name and return the id."""
    person_id = secrets.token_hex(6)
    row = {"person_id": person_id, "name": "", "key": None, "hidden": False}
    connection.execute(insert(PEOPLE), row)
    return person_id


def _one(person_id: str) -> Any:
    return update(PEOPLE).where(PEOPLE.c.person_id == person_id)


def _called(names: Iterable[str]) -> Any:
    ids = list(names)
    keys = [" ".join(each.split()).casefold() for each in ids]
    return select(PEOPLE).where(or_(PEOPLE.c.person_id.in_(ids), PEOPLE.c.key.in_(keys)))


def _unknown(name: str) -> UnknownPersonError:
    return UnknownPersonError(f"{name}: no such person; `reelfind people list` names them")


def _people(connection: Connection, rows: Sequence[Row[Any]]) -> list[Person]:
    """Return people with their groups."""
    owned: dict[str, list[FacesOfTitle]] = {row.person_id: [] for row in rows}
    query = select(*_NO_VECTOR).order_by(FACE_GROUPS.c.faces.desc(), FACE_GROUPS.c.title_id)
    if len(rows) == 1:
        query = query.where(FACE_GROUPS.c.person_id == rows[0].person_id)
    for row in connection.execute(query):
        if row.person_id in owned:
            owned[row.person_id].append(_faces(row))
    return [
        Person(id=row.person_id, name=row.name, hidden=row.hidden, groups=owned[row.person_id])
        for row in rows
    ]


def _faces(row: Row[Any]) -> FacesOfTitle:
    return FacesOfTitle(
        title_id=row.title_id,
        number=row.number,
        faces=row.faces,
        shots=row.shots,
        frame=row.frame,
        box=(row.left, row.top, row.right, row.bottom),
    )
