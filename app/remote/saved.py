"""Saved searches of a server: ``Client.saved``."""

from datetime import datetime

from app.records import SearchResponse
from app.remote.connection import Connection
from app.saved.records import (
    Delivery,
    Feed,
    Looked,
    MadeSavedSearch,
    NewHits,
    NewSavedSearch,
    SavedSearch,
)
from app.search.request import SearchRequest


class SavedClient:
    """Asks one server for its saved searches, by their ids."""

    def __init__(self, server: Connection) -> None:
        self._server = server

    def all(self) -> list[SavedSearch]:
        """Return the saved searches by name."""
        return self._server.get(list[SavedSearch], "/v1/saved")

    def add(self, name: str, request: SearchRequest, webhook: str | None = None) -> MadeSavedSearch:
        """Save a search; the webhook's secret is in this answer alone."""
        new = NewSavedSearch(name=name, request=request, webhook=webhook)
        return self._server.post(MadeSavedSearch, "/v1/saved", new)

    def find(self, saved_id: str) -> SavedSearch:
        """Return one."""
        return self._server.get(SavedSearch, f"/v1/saved/{saved_id}")

    def hits(self, saved_id: str, cursor: str | None = None) -> SearchResponse:
        """Run one, and return a page of its hits."""
        return self._server.get(SearchResponse, f"/v1/saved/{saved_id}/hits", cursor=cursor)

    def new(self, saved_id: str) -> NewHits:
        """Return the hits in titles that were indexed since somebody last looked."""
        return self._server.get(NewHits, f"/v1/saved/{saved_id}/new")

    def look(
        self, saved_id: str, until: datetime | None = None, number: int | None = None
    ) -> SavedSearch:
        """Mark its hits as seen: pass ``until`` and ``number`` from the answer of ``new``."""
        looked = Looked(until=until, number=number)
        return self._server.post(SavedSearch, f"/v1/saved/{saved_id}/seen", looked)

    def feed(self, saved_id: str) -> Feed:
        """Return the titles that match, newest first."""
        return self._server.get(Feed, f"/v1/saved/{saved_id}/feed")

    def deliveries(self, saved_id: str) -> list[Delivery]:
        """Return the latest messages to its webhook, with their outcomes."""
        return self._server.get(list[Delivery], f"/v1/saved/{saved_id}/deliveries")

    def remove(self, saved_id: str) -> None:
        """Delete one."""
        self._server.send("DELETE", f"/v1/saved/{saved_id}")
