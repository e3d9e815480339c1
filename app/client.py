"""A client of the HTTP API, typed by the models that the server answers with."""

from collections.abc import Sequence
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.ads.answer import AdAnswers, AdCandidates
from app.ads.brief import AdBrief, AdBriefs
from app.api.labels import NewLabel, Removed, StoredLabels, Written
from app.api.problems import FieldProblem, Problem
from app.api.titles import ClipRows, ShotRows
from app.client_saved import SavedClient
from app.client_shortlists import ShortlistClient
from app.records import Facets, Hit, Neighbours, SearchResponse, TitleSummary
from app.search.request import Level, SearchRequest
from indexer.network import may_use_proxy

PATIENCE = 60.0
"""Seconds that an answer is waited for: the first search loads the networks."""

_TITLES = TypeAdapter(list[TitleSummary])
_Model = TypeVar("_Model", bound=BaseModel)


class ApiError(Exception):
    """The server refused or failed: its status, the fields it names, and the request's id."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.request_id = answer.headers.get("x-request-id", "")
        try:
            told = Problem.model_validate_json(answer.content)
        except ValidationError:
            told = Problem(title=answer.reason_phrase, status=self.status, detail=answer.text[:200])
        self.errors: list[FieldProblem] = told.errors
        super().__init__(f"{self.status}: {told.detail} (request {self.request_id})")


class Client:
    """Asks one server; close it, or use it in ``with``.

    Every method raises ApiError where the server does not do what is asked, and
    ``httpx.HTTPError`` where it does not answer.

    Args:
        address: such as ``http://127.0.0.1:8501``.
        key: one that `reelfind keys make` printed, where the server asks for it.

    The environment's proxy (`HTTPS_PROXY`) is used for https alone: it would read a key otherwise.
    """

    def __init__(self, address: str, key: str | None = None, patience: float = PATIENCE) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api",
            headers=headers,
            timeout=patience,
            trust_env=may_use_proxy(address),
        )

    def is_ready(self) -> bool:
        """Say whether the catalogue can be searched now."""
        return self._http.get("/readyz").is_success

    def search(self, request: SearchRequest) -> SearchResponse:
        """Return a page of hits; ask again with its ``next_cursor`` for the next."""
        return self._post(SearchResponse, "/v1/search", request)

    def facets(self, request: SearchRequest) -> Facets:
        """Return the counts beside each filter."""
        return self._post(Facets, "/v1/facets", request)

    def similar(
        self,
        like: Sequence[str],
        unlike: Sequence[str] = (),
        level: Level = "clip",
        limit: int = 20,
    ) -> SearchResponse:
        """Return clips or shots like some and unlike others (ids of clips, shots or titles)."""
        asked = {"like": list(like), "unlike": list(unlike), "level": level, "limit": limit}
        return self._get(SearchResponse, "/v1/similar", asked)

    def titles(self) -> list[TitleSummary]:
        """Return every title."""
        return _TITLES.validate_json(self._asked("GET", "/v1/titles").content)

    def title(self, title_id: str) -> TitleSummary:
        """Return one title."""
        return self._get(TitleSummary, f"/v1/titles/{title_id}")

    def shots(self, title_id: str, start: int = 0, limit: int = 200) -> ShotRows:
        """Return shots of a title from the index ``start`` on."""
        return self._get(ShotRows, f"/v1/titles/{title_id}/shots", {"from": start, "limit": limit})

    def clips(self, title_id: str, start: int = 0, limit: int = 200) -> ClipRows:
        """Return clips of a title from the index ``start`` on."""
        return self._get(ClipRows, f"/v1/titles/{title_id}/clips", {"from": start, "limit": limit})

    def point(self, level: Level, point_id: str) -> Hit:
        """Return one clip or shot."""
        return self._get(Hit, f"/v1/{level}s/{point_id}")

    def neighbours(
        self, level: Level, point_id: str, before: int = 3, after: int = 3
    ) -> Neighbours:
        """Return a clip or shot between those before and after it."""
        asked = {"before": before, "after": after}
        return self._get(Neighbours, f"/v1/{level}s/{point_id}/neighbours", asked)

    def still(self, point_id: str) -> bytes:
        """Return the JPEG that stands for a clip or shot."""
        return self._asked("GET", f"/v1/stills/{point_id}").content

    def media(self, title_id: str, start: int, end: int) -> bytes:
        """Return the bytes [start, end) of a film; fewer where it ends before."""
        headers = {"Range": f"bytes={start}-{end - 1}"}
        return self._asked("GET", f"/v1/media/{title_id}", headers=headers).content

    def labels(self, start: int = 0, limit: int = 200, **wanted: str) -> StoredLabels:
        """Return labels from the place ``start`` on: those of a task, title_id, annotator, …"""
        return self._get(StoredLabels, "/v1/labels", {"from": start, "limit": limit, **wanted})

    def add_labels(self, labels: Sequence[NewLabel]) -> Written:
        """Write labels, all or none."""
        body = [label.model_dump(mode="json", by_alias=True, exclude_none=True) for label in labels]
        answer = self._asked("POST", "/v1/labels", json={"labels": body})
        return Written.model_validate_json(answer.content)

    def remove_labels(self, **wanted: str | float) -> Removed:
        """Remove the labels that are as said in every respect given."""
        answer = self._asked("DELETE", "/v1/labels", params=wanted)
        return Removed.model_validate_json(answer.content)

    def ad_candidates(self, brief: AdBrief) -> AdCandidates:
        """Return clips that suit an ad, and breaks where it can stand."""
        return self._post(AdCandidates, "/v1/ads/candidates", brief)

    def ad_candidates_batch(self, briefs: Sequence[AdBrief]) -> AdAnswers:
        """Return the answers to several briefs, in their order."""
        return self._post(AdAnswers, "/v1/ads/candidates/batch", AdBriefs(briefs=list(briefs)))

    @property
    def saved(self) -> SavedClient:
        """The saved searches of the server."""
        return SavedClient(self._asked)

    @property
    def shortlists(self) -> ShortlistClient:
        """The shortlists of the server."""
        return ShortlistClient(self._asked)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _get(self, model: type[_Model], path: str, params: dict[str, Any] | None = None) -> _Model:
        return model.model_validate_json(self._asked("GET", path, params=params).content)

    def _post(self, model: type[_Model], path: str, body: BaseModel) -> _Model:
        answer = self._asked("POST", path, json=body.model_dump(mode="json"))
        return model.model_validate_json(answer.content)

    def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self._http.request(method, path, **more)
        if not answer.is_success:
            raise ApiError(answer)
        return answer
