"""Shortlists of a server: ``Client.shortlists``."""

from collections.abc import Sequence
from typing import Any, Protocol

from app.exports.formats import FormatName
from app.exports.records import NewReel, ReelBody
from app.remote.connection import Connection, read
from app.shortlists.bodies import (
    AddedItems,
    ChangedShortlist,
    NewItem,
    NewShortlist,
    RevisionRow,
    ShortlistBody,
    ShortlistRow,
)


class Version(Protocol):
    """A version of a shortlist, such as a ``ShortlistBody``."""

    @property
    def shortlist_id(self) -> str:
        """The shortlist's id."""

    @property
    def version(self) -> int:
        """Its version."""


class ShortlistClient:
    """Asks one server for its shortlists.

    A change applies to the version of the given shortlist. If somebody else changed the list since,
    the server writes nothing, and ``ApiError`` has status 412 and says what changed.
    """

    def __init__(self, server: Connection) -> None:
        self._server = server

    def all(self) -> list[ShortlistRow]:
        """Return every shortlist by name."""
        return self._server.get(list[ShortlistRow], "/v1/shortlists")

    def make(self, new: NewShortlist) -> ShortlistBody:
        """Make a shortlist."""
        return self._server.post(ShortlistBody, "/v1/shortlists", new)

    def read(self, shortlist_id: str) -> ShortlistBody:
        """Return a shortlist as it is now."""
        return self._server.get(ShortlistBody, _path(shortlist_id))

    def change(self, seen: Version, changed: ChangedShortlist) -> ShortlistBody:
        """Change a shortlist; of ``changed`` only the fields that were set are sent."""
        path = _path(seen.shortlist_id)
        answer = self._server.send("PATCH", path, changed, headers=_if_match(seen))
        return read(ShortlistBody, answer)

    def add(
        self, shortlist_id: str, items: Sequence[NewItem], position: int | None = None
    ) -> ShortlistBody:
        """Insert items; without a position, at the end."""
        added = AddedItems(items=list(items), position=position)
        return self._server.post(ShortlistBody, f"{_path(shortlist_id)}/items", added)

    def undo(self, seen: Version) -> ShortlistBody:
        """Undo the latest change."""
        path = f"{_path(seen.shortlist_id)}/undo"
        return read(ShortlistBody, self._server.send("POST", path, headers=_if_match(seen)))

    def revisions(self, shortlist_id: str) -> list[RevisionRow]:
        """Return all revisions of a shortlist, the latest first."""
        return self._server.get(list[RevisionRow], f"{_path(shortlist_id)}/revisions")

    def delete(self, seen: Version) -> None:
        """Delete a shortlist and its revisions."""
        self._server.send("DELETE", _path(seen.shortlist_id), headers=_if_match(seen))

    def export(
        self,
        shortlist_id: str,
        form: FormatName,
        rate: str | None = None,
        map_path: Sequence[str] | None = None,
        reasons: bool = False,
    ) -> bytes:
        """Return a shortlist as a file for an editing system.

        Args:
            shortlist_id: of the shortlist.
            form: such as ``edl``.
            rate: the sequence's frame rate, where titles differ.
            map_path: pairs such as ``/mnt/films=/Volumes/Films``; None takes the server's.
            reasons: whether the reasons of suggested items are among the notes.
        """
        asked: dict[str, Any] = {"format": form, "rate": rate, "map_path": map_path or None}
        if map_path is not None and not map_path:
            asked["map_path"] = ""
        asked = {name: value for name, value in asked.items() if value is not None}
        if reasons:
            asked["reasons"] = True
        return self._server.send("GET", f"{_path(shortlist_id)}/export", params=asked).content

    def render(self, shortlist_id: str, wanted: NewReel | None = None) -> ReelBody:
        """Start rendering a shortlist, and return its reel."""
        return self._server.post(ReelBody, f"{_path(shortlist_id)}/reels", wanted or NewReel())

    def reel(self, shortlist_id: str, reel_id: str) -> ReelBody:
        """Return a reel with its progress."""
        return self._server.get(ReelBody, f"{_path(shortlist_id)}/reels/{reel_id}")

    def film(self, reel_id: str) -> bytes:
        """Return the MP4 file of a finished reel."""
        return self._server.send("GET", f"/v1/reels/{reel_id}").content


def _path(shortlist_id: str) -> str:
    return f"/v1/shortlists/{shortlist_id}"


def _if_match(seen: Version) -> dict[str, str]:
    return {"If-Match": f'"{seen.version}"'}
