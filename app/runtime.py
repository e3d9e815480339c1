"""The Runtime: all parts of the application over one data directory."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from app.ads.timeline import Timelines
from app.database.engine import Database
from app.database.turns import catalogue_of
from app.exports.reel import render
from app.exports.reels import Reels
from app.garbage_collection import tune_garbage_collector
from app.index import Index
from app.jobs.moving import MadeSpans
from app.jobs.queue import STOPPING, JobQueue
from app.jobs.records import Job
from app.jobs.work import Worker
from app.people.deleting import delete_people
from app.people.searching import search_people
from app.people.taking_in import take_in
from app.records import Facets, Neighbours, SearchResponse, TitleSummary
from app.reviews.access import Reviewers
from app.reviews.films import ReviewFilms
from app.saved.notifier import Notifier
from app.search.bulkhead import Bulkhead
from app.search.examples import ExampleReader
from app.search.people import NOBODY
from app.search.request import SearchRequest
from app.search.scale import RecentScales
from app.search.searcher import Answer, Searcher
from app.search.worth import Worth
from app.states import CatalogueState, state_of
from app.summaries import summary
from app.titles.moved import MovedFilms
from app.uploads import Inbox
from indexer.earlier_versions import EarlierVersions
from indexer.errors import ReelfindError
from indexer.library import IndexedTitle
from indexer.listener import Listener
from indexer.manifest import Manifest, no_such_title, only_title
from indexer.models import Models
from indexer.report import IndexReport
from indexer.settings import Settings
from indexer.store.base import Store
from indexer.titles import Titles
from probes.tasks import Task

Told = TypeVar("Told")


class NotFoundError(ReelfindError):
    """There is no such clip, shot or title."""


class Runtime:
    """The base of browser, API and command line. Thread-safe; opens each part on first use."""

    def __init__(self, data: Path, settings: Settings, models: Models | None = None) -> None:
        self.settings = settings
        # These have a state of their own: of two requests that come first, both must get the same.
        self.database = Database.of(data, settings)
        """The database of labels, keys, jobs, shortlists and saved searches."""
        self.catalogue = catalogue_of(data, settings, self.database)
        self.models = models or Models(settings)
        self.index = Index(self.catalogue, settings)
        self.notifier = Notifier(
            self.search_saved, lambda: self.listing, self.database, settings.webhooks
        )
        """Notifies the webhooks of saved searches of matches in new titles."""
        uploads = settings.jobs.uploads or data.absolute() / "uploads"
        self.inbox = Inbox(uploads, settings.jobs.largest_upload, self.database)
        """The folder for films uploaded by browsers."""
        self.moved_films = MovedFilms(lambda: self.listing)
        """The titles whose film is no longer where it was indexed."""
        renderer = partial(render, memory=settings.decode.memory)
        self.reels = Reels(
            data / "reels",
            self.database,
            renderer,
            settings.jobs.lease,
            settings.server.api_path,
            self.catalogue.roots,
        )
        """The rendered reels of its shortlists."""
        self.reviewers = Reviewers(self.database)
        """Lets reviewers of shortlists in."""
        self.review_films = ReviewFilms(data / "reviews", self.catalogue, settings.decode.memory)
        """The spans that reviewers watch."""
        self.timelines = Timelines()
        """Cached timelines of titles, for ad briefs."""
        self.frame_slots = Bulkhead("frames", at_once=2, waiting=16, patience=10.0)
        """Places for decoding single frames, a fraction of a second each."""
        self.examples = ExampleReader(settings, self.models)
        """Reads pictures and clips in requests."""
        self.worth = Worth()
        """The percentiles of clip-worthiness."""
        self.scales = RecentScales()
        """What the scores of searches were worth."""
        self._loading: threading.Thread | None = None
        self._jobs: JobQueue | None = None
        self._jobs_lock = threading.Lock()
        self._closed = False

    def state(self) -> CatalogueState:
        """Return the state of the catalogue: what can be searched, or why nothing can."""
        return state_of(self.catalogue, self.index)

    def search(self, request: SearchRequest) -> SearchResponse:
        """Return the hits of a search.

        Raises:
            ReelfindError: no search is possible, or a filter has a value that is not there.
        """
        return self.search_saved(self.settled(request))

    def search_saved(self, request: SearchRequest) -> SearchResponse:
        """Return the hits of a saved search: what its filters name may not be there for now.

        Raises:
            ReelfindError: no search is possible.
        """
        examples = self.examples.read(request)
        return self._steadily(lambda searcher: searcher.run(request, examples))

    def settled(self, request: SearchRequest) -> SearchRequest:
        """Return a search whose filters have the names that the index has.

        Raises:
            ReelfindError: a filter has a value that is not there.
        """
        return self._steadily(lambda searcher: searcher.settled(request))

    def answer(self, request: SearchRequest) -> Answer:
        """Return the hits of a search, and what counts its facets without another search.

        Raises:
            ReelfindError: no search is possible.
        """
        request = self.settled(request)
        examples = self.examples.read(request)
        response, facets = self._steadily(lambda searcher: searcher.answer(request, examples))

        def counted() -> Facets:
            try:
                return facets()
            except ReelfindError:
                # A job replaced the index in the meantime, or the store is away.
                return self.facets(request)

        return response, counted

    def facets(self, request: SearchRequest) -> Facets:
        """Return the counts beside the filters."""
        settled = self.settled(request)
        examples = self.examples.read(request)
        return self._steadily(lambda searcher: searcher.facets(settled, examples))

    def neighbours(self, point_id: str, before: int = 3, after: int = 3) -> Neighbours:
        """Return the clips or shots around one in its title.

        Raises:
            ReelfindError: there is no such clip or shot.
        """
        return self._steadily(lambda searcher: searcher.neighbours(point_id, before, after))

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """The tasks for scores and labels of clips, by name."""
        return self.settings.known_tasks()

    @property
    def listing(self) -> Titles:
        """The titles of the catalogue, as the store lists and counts them now.

        Raises:
            ReelfindError: the store does not answer.
        """
        return self.index.listing

    def titles(self) -> list[TitleSummary]:
        """Return all titles of the catalogue, by name."""
        return [summary(manifest) for manifest in self.listing.every()]

    def title_names(self, title_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of the titles with these ids, by id; others are left out."""
        found = self.listing.of(title_ids)
        return {title_id: each.title.metadata.name for title_id, each in found.items()}

    def find(self, name: str) -> Manifest:
        """Return the one title of this id, start of an id, name or file name.

        Raises:
            ReelfindError: none or several match.
        """
        found = only_title(name, *self.listing.called(name))
        if found is None:
            raise no_such_title(name, self.catalogue.path)
        return found

    def load_ahead(self) -> None:
        """Load the networks for queries in a background thread, before the first query."""
        self._loading = threading.Thread(target=self._load, name="load-ahead", daemon=True)
        self._loading.start()

    @property
    def is_loading(self) -> bool:
        """Whether a search would have to wait for networks to load."""
        return self._loading is not None and self._loading.is_alive()

    def _load(self) -> None:
        # A search that needs a network that fails to load raises the same error.
        with suppress(ReelfindError):
            self.models.load_for_queries()
        tune_garbage_collector()

    def open_ahead(self) -> None:
        """Open the index, if it is embedded, before the first request.

        Opening a large index takes long and holds the interpreter lock, so that no request would be
        answered. If it fails, requests that need the index raise the same error.
        """
        if self.settings.qdrant_url is not None:
            return
        with suppress(ReelfindError):
            self.index.pair()

    @property
    def jobs(self) -> JobQueue:
        """The queue of jobs on this data directory.

        Raises:
            ReelfindError: its stored jobs cannot be read, or the server is stopping.
        """
        with self._jobs_lock:
            if self._jobs is None:
                if self._closed:
                    raise ReelfindError(STOPPING)
                self._jobs = JobQueue(
                    self.database, self._do, self.settings.jobs.lease, self.catalogue.roots
                )
            return self._jobs

    @property
    def store(self) -> Store:
        """The store, opened for this data directory's profile.

        Raises:
            ReelfindError: nothing is indexed, or it cannot be opened.
        """
        return self.index.store

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders in which users other than this machine's owner may index films."""
        jobs = self.settings.jobs
        return (*jobs.roots, *jobs.watch, self.inbox.folder)

    def _do(self, job: Job, listener: Listener) -> IndexReport:
        """Run a job in the calling thread, on the store that searches use."""
        work = Worker(
            *(self.catalogue, self.settings, self.models, self.roots, lambda: self.index.store),
            spans=MadeSpans(self.database),
        )
        self.inbox.close(job.request.paths)
        try:
            if job.request.kind == "delete-people":
                return delete_people(self.catalogue, self.settings, self.database, self.store)
            report = work(job, listener)
            take_in(self.catalogue, self.settings, self.database, listener.message)
            return report
        finally:
            self.worth.forget()
            self.notifier.wake()

    def close(self) -> None:
        """Stop the current job and release the store."""
        if self._loading is not None:
            # A process that exits while a thread is inside a network's native code aborts.
            self._loading.join()
        with self._jobs_lock:
            self._closed = True
            jobs = self._jobs
        if jobs is not None:
            jobs.close()
        self.notifier.close()
        self.index.close()
        self.reels.close()
        self.database.close()

    def _steadily(self, ask: Callable[[Searcher], Told]) -> Told:
        """Run a request, and repeat it if a job replaced the index in the meantime."""
        before = self.index.pair()
        search = self.settings.search
        people = search_people(self.database) if self.settings.who.enabled else NOBODY
        searcher = Searcher(
            *(self.index.store, self.models, search, self.tasks, before, people),
            *(self.worth, self.scales),
        )
        try:
            return ask(searcher)
        except ReelfindError:
            if self.index.store.current() == before:
                raise
            return ask(replace(searcher, pair=None))

    def manifest(self, title_id: str) -> Manifest:
        """Return the manifest of a title.

        Raises:
            NotFoundError: no such title.
        """
        manifest = self.catalogue.manifest(title_id)
        if manifest is None:
            earlier = EarlierVersions(self.catalogue).find(title_id)
            if earlier is not None:
                raise NotFoundError(
                    f"{title_id}: an earlier version of {earlier.manifest.title.media.path.name}, "
                    f"which is title {earlier.by} now"
                )
            raise NotFoundError(f"{title_id}: no such title")
        return manifest

    def title(self, title_id: str) -> IndexedTitle:
        """Return an indexed title.

        Raises:
            NotFoundError: no such title.
        """
        return IndexedTitle(self.manifest(title_id), self.catalogue)
