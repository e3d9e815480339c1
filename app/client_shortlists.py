"""Shortlists over the HTTP API: ``Client.shortlists``."""

from collections.abc import Sequence
from typing import Protocol

import httpx
from pydantic import BaseModel, TypeAdapter

from app.api.shortlist_bodies import (
    AddedItems,
    ChangedShortlist,
    NewItem,
    NewShortlist,
    RevisionRow,
    ShortlistBody,
    ShortlistRow,
)
from app.api.shortlist_export import FileFormat, NewReel, ReelBody

_ROWS = TypeAdapter(list[ShortlistRow])
_REVISIONS = TypeAdapter(list[RevisionRow])


class Asked(Protocol):
    """What sends a request and raises where it is refused."""

    def __call__(self, method: str, path: str, **more: object) -> httpx.Response:
        """Return the answer."""


class ShortlistClient:
    """Asks one server for its shortlists.

    A change is made of the version that the given shortlist is: where somebody else changed it
    meanwhile the server writes nothing, and ``ApiError`` has status 412 and says what changed.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def all(self) -> list[ShortlistRow]:
        """Return every shortlist by name."""
        return _ROWS.validate_json(self._asked("GET", "/v1/shortlists").content)

    def make(self, new: NewShortlist) -> ShortlistBody:
        """Make a shortlist."""
        return self._body("POST", "/v1/shortlists", new)

    def read(self, shortlist_id: str) -> ShortlistBody:
        """Return a shortlist as it is now."""
        return self._body("GET", f"/v1/shortlists/{shortlist_id}")

    def change(self, seen: ShortlistBody, changed: ChangedShortlist) -> ShortlistBody:
        """Change a shortlist; of ``changed`` only what was set is sent."""
        return self._body("PATCH", _path(seen), changed, seen)

    def add(
        self, shortlist_id: str, items: Sequence[NewItem], position: int | None = None
    ) -> ShortlistBody:
        """Put items in, at the end where no position is said."""
        added = AddedItems(items=list(items), position=position)
        return self._body("POST", f"/v1/shortlists/{shortlist_id}/items", added)

    def undo(self, seen: ShortlistBody) -> ShortlistBody:
        """Take back the latest change."""
        return self._body("POST", f"{_path(seen)}/undo", seen=seen)

    def revisions(self, shortlist_id: str) -> list[RevisionRow]:
        """Return all that a shortlist ever was, the latest first."""
        answer = self._asked("GET", f"/v1/shortlists/{shortlist_id}/revisions")
        return _REVISIONS.validate_json(answer.content)

    def delete(self, seen: ShortlistBody) -> None:
        """Delete a shortlist and its revisions."""
        self._asked("DELETE", _path(seen), headers=_if_match(seen))

    def export(self, shortlist_id: str, form: FileFormat, rate: str | None = None) -> bytes:
        """Return a shortlist as a file for an editing system."""
        asked = {"format": form} if rate is None else {"format": form, "rate": rate}
        path = f"/v1/shortlists/{shortlist_id}/export"
        return self._asked("GET", path, params=asked).content

    def render(self, shortlist_id: str, wanted: NewReel | None = None) -> ReelBody:
        """Begin to render a shortlist, and return how far its reel is."""
        sent = (wanted or NewReel()).model_dump()
        answer = self._asked("POST", f"/v1/shortlists/{shortlist_id}/reels", json=sent)
        return ReelBody.model_validate_json(answer.content)

    def reel(self, shortlist_id: str, reel_id: str) -> ReelBody:
        """Return how far a reel is."""
        answer = self._asked("GET", f"/v1/shortlists/{shortlist_id}/reels/{reel_id}")
        return ReelBody.model_validate_json(answer.content)

    def film(self, reel_id: str) -> bytes:
        """Return a reel that is done, an MP4 file."""
        return self._asked("GET", f"/v1/reels/{reel_id}").content

    def _body(
        self,
        method: str,
        path: str,
        body: BaseModel | None = None,
        seen: ShortlistBody | None = None,
    ) -> ShortlistBody:
        sent = body.model_dump(mode="json", exclude_unset=True) if body is not None else None
        headers = _if_match(seen) if seen is not None else None
        answer = self._asked(method, path, json=sent, headers=headers)
        return ShortlistBody.model_validate_json(answer.content)


def _path(shortlist: ShortlistBody) -> str:
    return f"/v1/shortlists/{shortlist.shortlist_id}"


def _if_match(seen: ShortlistBody) -> dict[str, str]:
    return {"If-Match": f'"{seen.version}"'}
