"""Runs the queue's jobs, on the store that searches use."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.jobs.records import Job
from indexer.catalogue import Catalogue
from indexer.edits import edit
from indexer.errors import ReelfindError, cause_of
from indexer.grids import Spans
from indexer.indexing import Indexer
from indexer.listener import Listener
from indexer.models import Models
from indexer.removal import remove_title
from indexer.report import IndexReport, TitleResult
from indexer.settings import Settings
from indexer.status import watched
from indexer.store.base import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """Does the jobs of one data directory.

    ``roots`` are the folders that a job may read, unless the owner of this machine submitted it;
    ``store`` returns the store, opened; ``spans`` are shortlists and labels in frames of titles.
    """

    catalogue: Catalogue
    settings: Settings
    models: Models
    roots: tuple[Path, ...]
    store: Callable[[], Store]
    spans: Spans

    def __call__(self, job: Job, listener: Listener) -> IndexReport:
        """Run a job in the calling thread, and return its report.

        Raises:
            ReelfindError: it failed.
            StoppedError: the listener stopped it.
        """
        profile = self.settings.profile
        if job.request.profile not in (None, profile):
            raise ReelfindError(
                f"{self.catalogue.path}: the server uses profile {profile!r}, and not "
                f"{job.request.profile!r}; leave the profile out, or stop the server first"
            )
        request = job.request.limited_to(None if job.anywhere else self.roots)
        self.catalogue.prepare(profile)
        if job.request.kind == "remove":
            return self._remove(job, listener)
        for title_id in request.edited:
            self._known(title_id)
            edit(self.catalogue.folder(title_id), job.request.metadata or {})
        # A Qdrant server takes many clients: indexing has its own, which waits while it is down.
        store = None if self.settings.qdrant_url else self.store()
        with watched(self.catalogue, listener) as status:
            indexer = Indexer(
                *(self.catalogue, self.settings, status),
                models=self.models,
                store=store,
                spans=self.spans,
            )
            return indexer.run(request)

    def _remove(self, job: Job, listener: Listener) -> IndexReport:
        began = time.monotonic()
        listener.planned(len(job.request.titles))
        removed = []
        for title_id in job.request.titles:
            manifest = self.catalogue.manifest(title_id)
            if manifest is None:
                listener.message(f"{title_id}: no such title any more")
                continue
            title = manifest.title
            listener.doing(title.metadata.name, "remove")
            result = TitleResult(title.media.path, title.metadata.name, title_id)
            try:
                remove_title(self.catalogue, self.settings, manifest, self.store())
            except Exception as error:
                _log.exception("title %s could not be removed", title_id)
                result = replace(result, error=cause_of(error, title.media.path))
            removed.append(result)
            listener.worked(1.0)
        return IndexReport(
            tuple(removed),
            (),
            self.catalogue.current_encoder,
            None,
            time.monotonic() - began,
        )

    def _known(self, title_id: str) -> None:
        if self.catalogue.manifest(title_id) is None:
            raise ReelfindError(f"{title_id}: no such title; it may have been removed meanwhile")
