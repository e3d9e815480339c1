"""The client of one server."""

from collections.abc import Iterator, Sequence
from typing import Self

import httpx

from app.ads.formats import FormatName
from app.ads.records import AdAnswers, AdBrief, AdBriefs, AdCandidates
from app.jobs.records import Job, JobRequest, JobSummary
from app.labelling.records import NewLabel, NewLabels, Removed, StoredLabels, Written
from app.records import Facets, Hit, Neighbours, SearchResponse, TitleSummary
from app.remote.artwork import ArtworkClient
from app.remote.connection import ApiError, Connection, read
from app.remote.people import PeopleClient
from app.remote.saved import SavedClient
from app.remote.shortlists import ShortlistClient
from app.search.request import Level, SearchRequest
from app.titles.records import Aspect, ClipRows, ShotRows, SimilarTitles, TitleSound
from app.vocabulary import TaskClassRow, TaskRow

PATIENCE = 60.0
"""Seconds that an answer is waited for: the first search loads the networks."""


class Client:
    """Client of one server; close it, or use it in ``with``.

    Every method raises ApiError if the server refuses or fails, and ``httpx.HTTPError`` if it
    does not answer.

    Args:
        address: such as ``http://127.0.0.1:8501``.
        key: from `reelfind keys make`, if the server needs one.
        patience: seconds to wait for an answer.
        agent: the program that acts for the caller, noted beside the author of changes.
        transport: sends the requests instead of the network.
    """

    def __init__(
        self,
        address: str,
        key: str | None = None,
        patience: float = PATIENCE,
        agent: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.address = address.rstrip("/")
        self._server = Connection(address, key, patience, agent, transport)
        self.artwork = ArtworkClient(self._server)
        self.saved = SavedClient(self._server)
        self.people = PeopleClient(self._server)
        self.shortlists = ShortlistClient(self._server)

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def is_ready(self) -> bool:
        """Return whether the catalogue can be searched now."""
        try:
            self._server.send("GET", "/readyz")
        except ApiError:
            return False
        return True

    def search(self, request: SearchRequest) -> SearchResponse:
        """Return a page of hits; ask again with its ``next_cursor`` for the next."""
        return self._server.post(SearchResponse, "/v1/search", request)

    def facets(self, request: SearchRequest) -> Facets:
        """Return the counts beside each filter."""
        return self._server.post(Facets, "/v1/facets", request)

    def similar(
        self,
        like: Sequence[str],
        unlike: Sequence[str] = (),
        level: Level = "clip",
        limit: int = 20,
        cursor: str | None = None,
        story: float = 0.5,
    ) -> SearchResponse:
        """Return clips or shots like some and unlike others (ids of clips, shots or titles).

        ``story`` goes from 0, like these moments, to 1, like their titles' stories.
        """
        examples = {"like": list(like), "unlike": list(unlike), "story": story}
        page = {"level": level, "limit": limit, "cursor": cursor}
        return self._server.get(SearchResponse, "/v1/similar", **examples, **page)

    def titles(
        self, q: str = "", limit: int | None = None, after: str | None = None
    ) -> list[TitleSummary]:
        """Return the titles with the words ``q``, by name: all, or a page after a title's id."""
        return self._server.get(list[TitleSummary], "/v1/titles", q=q, limit=limit, after=after)

    def title(self, title_id: str) -> TitleSummary:
        """Return one title."""
        return self._server.get(TitleSummary, f"/v1/titles/{title_id}")

    def sound(self, title_id: str, step: float = 1.0) -> TitleSound:
        """Return loudness, speech and music along a title, in steps of so many seconds."""
        return self._server.get(TitleSound, f"/v1/titles/{title_id}/sound", step=step)

    def similar_titles(
        self, title_id: str, by: Sequence[Aspect] = (), limit: int = 10
    ) -> SimilarTitles:
        """Return the titles that are most like one, in all or ``by`` some of what they have."""
        address = f"/v1/titles/{title_id}/similar"
        return self._server.get(SimilarTitles, address, by=list(by), limit=limit)

    def tasks(self) -> list[TaskRow]:
        """Return the tasks that clips are scored by, with their classes."""
        return self._server.get(list[TaskRow], "/v1/tasks")

    def tones(self) -> list[TaskClassRow]:
        """Return the tones that a search filters by."""
        return self._server.get(list[TaskClassRow], "/v1/tones")

    def genres(self) -> list[TaskClassRow]:
        """Return the genres that titles are scored for."""
        return self._server.get(list[TaskClassRow], "/v1/genres")

    def categories(self) -> list[TaskClassRow]:
        """Return the ad categories."""
        return self._server.get(list[TaskClassRow], "/v1/categories")

    def shots(self, title_id: str, start: int = 0, limit: int = 200) -> ShotRows:
        """Return shots of a title from the index ``start`` on."""
        page = {"from": start, "limit": limit}
        return self._server.get(ShotRows, f"/v1/titles/{title_id}/shots", **page)

    def clips(self, title_id: str, start: int = 0, limit: int = 200) -> ClipRows:
        """Return clips of a title from the index ``start`` on."""
        page = {"from": start, "limit": limit}
        return self._server.get(ClipRows, f"/v1/titles/{title_id}/clips", **page)

    def point(self, level: Level, point_id: str) -> Hit:
        """Return one clip or shot."""
        return self._server.get(Hit, f"/v1/{level}s/{point_id}")

    def neighbours(
        self, level: Level, point_id: str, before: int = 3, after: int = 3
    ) -> Neighbours:
        """Return a clip or shot between those before and after it."""
        path = f"/v1/{level}s/{point_id}/neighbours"
        return self._server.get(Neighbours, path, before=before, after=after)

    def still(self, point_id: str) -> bytes:
        """Return the still of a clip or shot, a JPEG."""
        path = f"/v1/stills/{point_id}"
        # To the object store that has it, if one has; httpx keeps the key to itself.
        return self._server.send("GET", path, follow_redirects=True).content

    def strip(self, point_id: str) -> bytes:
        """Return eight frames of a clip or shot side by side, a JPEG."""
        return self._server.send("GET", f"/v1/stills/{point_id}/strip").content

    def frame(self, title_id: str, frame: int) -> bytes:
        """Return the still of any frame of a title, a JPEG."""
        path = f"/v1/media/{title_id}/frames/{frame}"
        # To the object store that has it, if one has; httpx keeps the key to itself.
        return self._server.send("GET", path, follow_redirects=True).content

    def media(self, title_id: str, start: int, end: int) -> bytes:
        """Return the bytes [start, end) of a film; fewer where it ends before."""
        headers = {"Range": f"bytes={start}-{end - 1}"}
        path = f"/v1/media/{title_id}"
        # To an object store, where the film lies in one; httpx keeps the key to itself.
        return self._server.send("GET", path, headers=headers, follow_redirects=True).content

    def labels(self, start: int = 0, limit: int = 200, **wanted: str) -> StoredLabels:
        """Return labels from the place ``start`` on: those of a task, title_id, annotator, …"""
        page = {"from": start, "limit": limit}
        return self._server.get(StoredLabels, "/v1/labels", **page, **wanted)

    def add_labels(self, labels: Sequence[NewLabel]) -> Written:
        """Write labels, all or none."""
        return self._server.post(Written, "/v1/labels", NewLabels(labels=list(labels)))

    def remove_labels(self, **wanted: str | float) -> Removed:
        """Remove the labels that match every given criterion."""
        return read(Removed, self._server.send("DELETE", "/v1/labels", params=wanted))

    def ad_candidates(self, brief: AdBrief) -> AdCandidates:
        """Return clips that suit an ad, and breaks where it can stand."""
        return self._server.post(AdCandidates, "/v1/ads/candidates", brief)

    def ad_breaks(self, brief: AdBrief, form: FormatName, tag_url: str | None = None) -> bytes:
        """Return the breaks for a brief as a list for ad servers."""
        asked = {"format": form} | ({"tag_url": tag_url} if tag_url else {})
        return self._server.send("POST", "/v1/ads/breaks", params=asked, body=brief).content

    def ad_candidates_batch(self, briefs: Sequence[AdBrief]) -> AdAnswers:
        """Return the answers to several briefs, in their order."""
        several = AdBriefs(briefs=list(briefs))
        return self._server.post(AdAnswers, "/v1/ads/candidates/batch", several)

    def jobs(self) -> list[JobSummary]:
        """Return the latest jobs, newest first."""
        return self._server.get(list[JobSummary], "/v1/jobs")

    def submit(self, request: JobRequest) -> Job:
        """Put a job at the end of the queue."""
        return self._server.post(Job, "/v1/jobs", request)

    def cancel(self, job_id: str) -> Job:
        """Stop a job; whatever it finished stays."""
        return read(Job, self._server.send("DELETE", f"/v1/jobs/{job_id}"))

    def follow(self, job_id: str) -> Iterator[Job]:
        """Yield a job each time it changes, until it has ended."""
        while True:
            try:
                with self._server.stream(f"/v1/jobs/{job_id}/events") as lines:
                    for line in lines:
                        if line.startswith("data: "):
                            job = Job.model_validate_json(line.removeprefix("data: "))
                            yield job
                            if job.has_ended:
                                return
            except (httpx.ReadTimeout, httpx.RemoteProtocolError):
                # The connection broke: reconnect, which fails if the server stopped.
                continue
