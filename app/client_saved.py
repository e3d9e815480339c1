"""Saved searches over the HTTP API: ``Client.saved``."""

from datetime import datetime

from pydantic import TypeAdapter

from app.api.saved import MadeSavedSearch
from app.client_shortlists import Asked
from app.records import SearchResponse
from app.saved.feed import Feed
from app.saved.records import Delivery, NewHits, SavedSearch
from app.search.request import SearchRequest

_ALL = TypeAdapter(list[SavedSearch])
_DELIVERIES = TypeAdapter(list[Delivery])


class SavedClient:
    """Asks one server for its saved searches, by their ids."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def all(self) -> list[SavedSearch]:
        """Return the saved searches by name."""
        return _ALL.validate_json(self._asked("GET", "/v1/saved").content)

    def add(self, name: str, request: SearchRequest, webhook: str | None = None) -> MadeSavedSearch:
        """Save a search; the webhook's secret is in this answer alone."""
        body = {"name": name, "request": request.model_dump(mode="json"), "webhook": webhook}
        answer = self._asked("POST", "/v1/saved", json=body)
        return MadeSavedSearch.model_validate_json(answer.content)

    def find(self, saved_id: str) -> SavedSearch:
        """Return one."""
        answer = self._asked("GET", f"/v1/saved/{saved_id}")
        return SavedSearch.model_validate_json(answer.content)

    def hits(self, saved_id: str, cursor: str | None = None) -> SearchResponse:
        """Run one, and return a page of its hits."""
        params = {"cursor": cursor} if cursor else {}
        answer = self._asked("GET", f"/v1/saved/{saved_id}/hits", params=params)
        return SearchResponse.model_validate_json(answer.content)

    def new(self, saved_id: str) -> NewHits:
        """Return the hits in titles that were indexed since somebody last looked."""
        answer = self._asked("GET", f"/v1/saved/{saved_id}/new")
        return NewHits.model_validate_json(answer.content)

    def look(
        self, saved_id: str, until: datetime | None = None, number: int | None = None
    ) -> SavedSearch:
        """Note that its hits were looked at: give ``until`` and ``number`` of what ``new`` gave."""
        body = {"until": until.isoformat() if until else None, "number": number}
        answer = self._asked("POST", f"/v1/saved/{saved_id}/seen", json=body)
        return SavedSearch.model_validate_json(answer.content)

    def feed(self, saved_id: str) -> Feed:
        """Return the titles that match, newest first."""
        answer = self._asked("GET", f"/v1/saved/{saved_id}/feed")
        return Feed.model_validate_json(answer.content)

    def deliveries(self, saved_id: str) -> list[Delivery]:
        """Return the latest messages to its webhook, and how they went."""
        answer = self._asked("GET", f"/v1/saved/{saved_id}/deliveries")
        return _DELIVERIES.validate_json(answer.content)

    def remove(self, saved_id: str) -> None:
        """Forget one."""
        self._asked("DELETE", f"/v1/saved/{saved_id}")
