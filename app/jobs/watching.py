"""Watched folders: films that appear in them are indexed without being asked for.

A folder is looked through time and again, which works on every disk and share. A film that has
the same size and time as at the look before has stopped growing, and is put into the queue
unless it is in the catalogue, or was asked for since it last changed.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.jobs.queue import JobQueue
from app.jobs.records import Job, JobRequest
from app.jobs.runner import Runner
from indexer.catalogue import Manifest
from indexer.discovery import NO_FILMS, discover, is_inside
from indexer.errors import ReelfindError
from indexer.titles import Titles
from indexer.unchanged import ChangedError, check_unchanged

EVERY = 10.0
"""Seconds between two looks, at least."""
SHARE = 20.0
"""Times as long as a look took that the next is waited for: a slow share is asked less often."""
CLOSING = 5.0
"""Seconds that a look in hand is waited for when the server stops."""
AGAIN = 600.0
"""Seconds after a job that failed as a whole before its films are asked for again."""
MOST = 1000
"""Films of one job."""

Looks = dict[Path, tuple[int, float]]
"""Size in bytes and last change (seconds since 1970) of each film."""

_log = logging.getLogger(__name__)


class Watcher:
    """Looks through folders in the background, and puts new films into the queue."""

    def __init__(
        self,
        folders: tuple[Path, ...],
        titles: Callable[[], Titles],
        queue: Callable[[], JobQueue],
        every: float = EVERY,
    ) -> None:
        self._folders = folders
        self._titles = titles
        self._queue = queue
        self._every = every
        self._before: Looks = {}
        self._warned: set[str] = set()
        self._runner = Runner("watch", self._look_and_rest)

    def start(self) -> None:
        """Begin to look, if there is a folder to look through."""
        if self._folders:
            self._runner.wake()

    def close(self) -> None:
        """Stop, or leave a look at a slow share to end by itself."""
        self._runner.close(CLOSING)

    def look(self) -> Job | None:
        """Look once, and return the job that new films were put into, if there are any.

        Raises:
            ReelfindError: the catalogue or the queue cannot be read, or takes no more.
        """
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
            # A file that is put there with an old date has changed when it was put there.
            seen[path] = (about.st_size, max(about.st_mtime, about.st_ctime))
        return {path: state for path, state in seen.items() if state[0] > 0}

    def _look_and_rest(self) -> float:
        began = time.monotonic()
        try:
            self.look()
        except Exception as error:  # Whatever it is, the next look may go well.
            self._warn([str(error) or type(error).__name__])
        return max(self._every, SHARE * (time.monotonic() - began))

    def _warn(self, problems: list[str]) -> None:
        """Log each problem once."""
        for problem in problems:
            if problem not in self._warned:
                self._warned.add(problem)
                _log.warning("watched folders: %s", problem)


def _is_known(manifest: Manifest | None, state: tuple[int, float]) -> bool:
    """Return whether the title at a path still has the content that it was indexed with.

    A film is read only where it has changed since then, by its times: it may have been touched,
    or copied back, or replaced by another of the same size.
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
        return True  # It is away at this moment; the next look sees to it.
    return True


def _ended_before(job: Job, seconds: float) -> bool:
    return job.ended is not None and (datetime.now(UTC) - job.ended).total_seconds() > seconds


def _in_queue(job: Job, path: Path, state: tuple[int, float]) -> bool:
    """Return whether a job was about a film as it is now; one cut short by a stop was not."""
    if job.state == "interrupted" or job.created < datetime.fromtimestamp(state[1], UTC):
        return False
    if job.state == "failed" and job.report is None and _ended_before(job, AGAIN):
        return False  # It failed as a whole, which says nothing of its films.
    return is_inside(path, job.request.paths) or (
        job.report is not None and path in [title.path for title in job.report.titles]
    )
