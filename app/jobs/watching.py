"""Watched folders: films that appear in them are indexed automatically.

Folders are scanned at intervals, which works on every disk and share. A film with the same size
and time as in the previous scan has stopped growing. It is queued unless it is in the catalogue,
or was queued since it last changed.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.database.turns import Taking
from app.jobs.queue import JobQueue
from app.jobs.records import Job, JobRequest
from app.jobs.runner import Runner
from indexer.discovery import NO_FILMS, discover, is_inside
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.object_store import snapshot
from indexer.titles import Titles
from indexer.unchanged import ChangedError, check_unchanged

EVERY = 10.0
"""The least seconds between two scans."""
SHARE = 20.0
"""Pause before the next scan, as a multiple of the last scan's time; spares slow shares."""
CLOSING = 5.0
"""Seconds to wait for a running scan when the server stops."""
AGAIN = 600.0
"""Seconds after a failed job before its films are queued again."""
MOST = 1000
"""Films of one job."""

Looks = dict[Path, tuple[int, float]]
"""Size in bytes and last change (seconds since 1970) of each film."""

_log = logging.getLogger(__name__)


class Watcher:
    """Scans folders in the background, and queues new films.

    Of several servers one does, which has the ``turn``; without one, this server.
    """

    def __init__(
        self,
        folders: tuple[Path, ...],
        titles: Callable[[], Titles],
        queue: Callable[[], JobQueue],
        every: float = EVERY,
        turn: Taking | None = None,
    ) -> None:
        self._folders = folders
        self._titles = titles
        self._queue = queue
        self._every = every
        self._turn = turn
        self._before: Looks = {}
        self._warned: set[str] = set()
        self._runner = Runner("watch", self._look_and_rest)

    def start(self) -> None:
        """Start scanning, if any folder is watched."""
        if self._folders:
            self._runner.wake()

    def close(self) -> None:
        """Stop; a scan of a slow share is left to end by itself."""
        self._runner.close(CLOSING)
        if self._turn is not None:
            self._turn.release()

    def look(self) -> Job | None:
        """Scan once, and return the job for new films, if there are any.

        Raises:
            ReelfindError: the catalogue or the queue cannot be read, or takes no more.
        """
        with snapshot():
            now = self._seen()
        grown = [path for path, state in now.items() if self._before.get(path) == state]
        self._before = now
        new = self._new(grown, now)[:MOST]
        return self._queue().submit(JobRequest(paths=tuple(new))) if new else None

    def _new(self, paths: list[Path], now: Looks) -> list[Path]:
        known = self._titles().at(paths) if paths else {}
        unknown = [path for path in paths if not _is_known(known.get(path), now[path])]
        jobs = self._queue().jobs() if unknown else []
        return [
            path for path in unknown if not any(_in_queue(job, path, now[path]) for job in jobs)
        ]

    def _seen(self) -> Looks:
        away = [folder for folder in self._folders if not folder.is_dir()]
        found = discover([each for each in self._folders if each not in away], self._folders)
        self._warn([f"{folder}: not there; make it, or mount its disk" for folder in away])
        self._warn([each for each in found.problems if not each.endswith(NO_FILMS)])
        seen = {}
        for path in found.files:
            try:
                about = path.stat()
            except OSError:
                continue
            # A file that arrives with an old date counts as changed on arrival.
            seen[path] = (about.st_size, max(about.st_mtime, about.st_ctime))
        return {path: state for path, state in seen.items() if state[0] > 0}

    def _look_and_rest(self) -> float:
        if self._turn is not None and not self._turn.take():
            self._before = {}
            return self._every
        began = time.monotonic()
        try:
            self.look()
        except Exception as error:  # Whatever the error, the next scan may succeed.
            self._warn([str(error) or type(error).__name__])
        return max(self._every, SHARE * (time.monotonic() - began))

    def _warn(self, problems: list[str]) -> None:
        """Log each problem once."""
        for problem in problems:
            if problem not in self._warned:
                self._warned.add(problem)
                _log.warning("watched folders: %s", problem)


def _is_known(manifest: Manifest | None, state: tuple[int, float]) -> bool:
    """Return whether the file at a path still has the content of its title.

    A film is hashed only if its times have changed: it may have been touched, copied back, or
    replaced by another of the same size.
    """
    if manifest is None or manifest.title.media.size != state[0]:
        return False
    if manifest.indexed is not None and state[1] < manifest.indexed.timestamp():
        return True
    try:
        check_unchanged(manifest.title.media)
    except ChangedError:
        return False
    except ReelfindError:
        return True  # Missing at the moment; the next scan tries again.
    return True


def _ended_before(job: Job, seconds: float) -> bool:
    return job.ended is not None and (datetime.now(UTC) - job.ended).total_seconds() > seconds


def _in_queue(job: Job, path: Path, state: tuple[int, float]) -> bool:
    """Return whether a job covers the film in its current state; an interrupted one does not."""
    if job.state == "interrupted" or job.created < datetime.fromtimestamp(state[1], UTC):
        return False
    if job.state == "failed" and job.report is None and _ended_before(job, AGAIN):
        return False  # The whole job failed, which does not mean that its films are bad.
    return is_inside(path, job.request.paths) or (
        job.report is not None and path in [title.path for title in job.report.titles]
    )
