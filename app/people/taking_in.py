"""Takes the groups of faces of indexed titles into the database, and finds whose they are."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from app.database.engine import Database
from app.database.tables import FACE_GROUPS, PEOPLE
from app.people.nearest import Vectors, nearest_people
from app.people.store import add_person
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.library import IndexedTitle, Library
from indexer.settings import Settings
from indexer.who.table import FaceGroup, groups_of

_WHAT = "people"


def take_in(
    catalogue: Catalogue, settings: Settings, database: Database, tell: Callable[[str], None]
) -> None:
    """Bring people up to date with the titles of the catalogue; does nothing where it is off.

    A group of faces belongs to whom the nearest known group belongs to, if that is near enough, and
    to somebody new otherwise. So people keep their ids and names when titles are added, and when
    their own titles are indexed again. People without a name who have no faces any more are gone.

    The titles are indexed, whatever becomes of this: an error is told, and the next run makes up
    for it.
    """
    if not settings.who.enabled:
        return
    try:
        _take_in(catalogue, settings, database)
    except ReelfindError as error:
        tell(f"people are not up to date: {error}")


def _take_in(catalogue: Catalogue, settings: Settings, database: Database) -> None:
    titles = {each.title_id: each for each in Library(catalogue).titles()}
    known = _known_keys(database)
    changed = {
        title_id: found
        for title_id, title in titles.items()
        if known.get(title_id) != title.who_key and (found := _groups(title)) is not None
    }
    gone = known.keys() - titles.keys()
    # A title without faces has no row that would say that it is up to date.
    changed = {each: own for each, own in changed.items() if own or each in known}
    if not changed and not gone:
        return
    with database.begin(_WHAT) as connection:
        for title_id, groups in changed.items():
            key = titles[title_id].who_key or ""
            replace_groups(connection, title_id, key, groups, settings.who.same_person)
        _remove(connection, gone)


def _known_keys(database: Database) -> Mapping[str, str]:
    with database.read(_WHAT) as connection:
        query = select(FACE_GROUPS.c.title_id, FACE_GROUPS.c.stage_key).distinct()
        return {row.title_id: row.stage_key for row in connection.execute(query)}


def _groups(title: IndexedTitle) -> list[FaceGroup] | None:
    """Return a title's groups; None if its faces were deleted in the meantime."""
    try:
        return groups_of(title.known_faces)
    except FileNotFoundError:
        return None


def replace_groups(
    connection: Connection, title_id: str, key: str, groups: Sequence[FaceGroup], within: float
) -> None:
    """Put a title's groups in the place of those that it had, and find whose they are.

    Args:
        connection: in a transaction that writes.
        title_id: of the title.
        key: of the result that the groups are from.
        groups: of the title.
        within: distance from a known group up to which its owner is theirs.
    """
    vectors = np.array([group.vector for group in groups], np.float32)
    new = []
    for group, vector, owners in zip(
        groups, vectors, nearest_people(connection, vectors, within), strict=True
    ):
        owner = next(iter(owners), None) or add_person(connection)
        own = {"title_id": title_id, "stage_key": key, "person_id": owner}
        new.append(own | _row(group, vector))
    connection.execute(delete(FACE_GROUPS).where(FACE_GROUPS.c.title_id == title_id))
    if new:
        connection.execute(insert(FACE_GROUPS), new)
    _remove_nobodies(connection)


def _row(group: FaceGroup, vector: Vectors) -> dict[str, object]:
    best = group.best
    return {
        "number": group.number,
        "faces": group.faces,
        "shots": group.shots,
        "frame": best.frame,
        "left": best.left,
        "top": best.top,
        "right": best.right,
        "bottom": best.bottom,
        "vector": vector.tobytes(),
    }


def _remove(connection: Connection, titles: Iterable[str]) -> None:
    gone = list(titles)
    if gone:
        connection.execute(delete(FACE_GROUPS).where(FACE_GROUPS.c.title_id.in_(gone)))
        _remove_nobodies(connection)


def _remove_nobodies(connection: Connection) -> None:
    with_faces = select(FACE_GROUPS.c.person_id)
    nobody = (PEOPLE.c.name == "") & PEOPLE.c.person_id.not_in(with_faces)
    connection.execute(delete(PEOPLE).where(nobody))
