"""People of a server: ``Client.people``."""

from collections.abc import Sequence

from app.people.records import GroupOfTitle, Merge, Person, PersonEdit, Split
from app.remote.connection import Connection, read


class PeopleClient:
    """Asks one server for its people, by their ids."""

    def __init__(self, server: Connection) -> None:
        self._server = server

    def all(self, hidden: bool = False) -> list[Person]:
        """Return people, those with a name first; with ``hidden``, those who are hidden as well."""
        return self._server.get(list[Person], "/v1/people", hidden=hidden)

    def find(self, person_id: str) -> Person:
        """Return one."""
        return self._server.get(Person, f"/v1/people/{person_id}")

    def change(self, person_id: str, name: str | None = None, hidden: bool | None = None) -> Person:
        """Name a person, or hide them; None leaves things as they are."""
        edit = PersonEdit.model_validate(
            {key: each for key, each in (("name", name), ("hidden", hidden)) if each is not None}
        )
        return read(Person, self._server.send("PATCH", f"/v1/people/{person_id}", edit))

    def merge(self, person_id: str, others: Sequence[str]) -> Person:
        """Make the faces of others this person's."""
        merge = Merge(others=list(others))
        return self._server.post(Person, f"/v1/people/{person_id}/merge", merge)

    def split(self, person_id: str, groups: Sequence[tuple[str, int]]) -> Person:
        """Make groups, by title and number, a new person's, and return that one."""
        wanted = [GroupOfTitle(title_id=title_id, number=number) for title_id, number in groups]
        return self._server.post(Person, f"/v1/people/{person_id}/split", Split(groups=wanted))
