"""People of a server: ``Client.people``."""

import base64
from collections.abc import Sequence

from app.people.records import (
    FacesInPicture,
    GroupOfTitle,
    Merge,
    Person,
    PersonEdit,
    Recognise,
    Split,
)
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

    def recognise(self, picture: bytes) -> FacesInPicture:
        """Return whose faces a picture shows (JPEG, PNG or WebP), which the server does not keep.

        A search for all shots with somebody takes the id of a person as its filter ``person``.
        """
        return self._recognise(Recognise(still=base64.b64encode(picture).decode()))

    def recognise_frame(self, title_id: str, frame: int) -> FacesInPicture:
        """Return whose faces a frame of a title shows."""
        return self._recognise(Recognise(title_id=title_id, frame=frame))

    def _recognise(self, asked: Recognise) -> FacesInPicture:
        return self._server.post(FacesInPicture, "/v1/people/recognise", asked)
