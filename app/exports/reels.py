"""Renders reels one at a time, each in its own folder under its id.

The id is made from the cut and the options, so the same reel is not rendered twice, and a page
that is opened again finds the one that it began.
"""

import hashlib
import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from app.database.engine import Database
from app.exports.cut import Cut
from app.exports.records import ReelBody
from app.exports.reel import ReelOptions, render
from app.exports.reel_store import ReelStore, State, ToRender
from app.jobs import lease as leases
from app.jobs.runner import Runner
from indexer.characters import fits_windows
from indexer.errors import ReelfindError
from indexer.listener import StoppedError
from indexer.named_roots import NO_ROOTS, NamedRoots

KEPT = 8
"""Reels that stay on the disk; the oldest go first."""
CLOSING = 5.0
"""Seconds for a renewal in transit when the server stops."""

_log = logging.getLogger(__name__)

Render = Callable[[Cut, Path, ReelOptions, Callable[[float], None]], None]


class Reels:
    """The reels of one data directory. Thread-safe.

    Servers over one database and data directory share the queue: each renders one reel at a time.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        renderer: Render = render,
        lease: float = leases.LEASE,
        api_path: str = "/api/v1",
        roots: NamedRoots = NO_ROOTS,
    ) -> None:
        """Keep reels in ``folder``, which the first one makes.

        Args:
            folder: of the data directory.
            database: where the reels in the making are.
            renderer: renders one.
            lease: seconds after which a reel of a server that is not heard of waits again.
            api_path: where the API has them.
            roots: of this machine, that paths of films are kept by.
        """
        self._folder = folder
        self._api_path = api_path
        self._render = renderer
        self._store = ReelStore(database, leases.new_owner(), lease, roots)
        self._shared = database.is_shared
        self._lock = threading.Lock()
        self._reel_id: str | None = None
        """The reel in hand, and how much of it is rendered."""
        self._share = 0.0
        self._outcome: tuple[State, str] | None = None
        self._stop: State | None = None
        """What becomes of the reel in hand, which is to stop."""
        self._closed = False
        # One after the other: ffmpeg uses all cores.
        self._runner = Runner("reels", self._render_next)
        self._renewer = leases.Renewer("reel-lease", lease, self._renew, self._give_up)

    def look(self) -> None:
        """Begin to look for reels that wait."""
        self._runner.wake()

    def start(self, cut: Cut, options: ReelOptions) -> ReelBody:
        """Start rendering a cut, unless its reel exists or is in the queue.

        Raises:
            BusyError: too many wait already.
            DatabaseError: it cannot be written.
        """
        reel_id = reel_id_of(cut, options)
        if self._files(reel_id):
            return self._done(reel_id)
        reel = self._store.ask(reel_id, cut, options)
        self._runner.wake()
        return reel

    def find(self, reel_id: str) -> ReelBody | None:
        """Return a reel, including those of earlier processes; None if there is none.

        Raises:
            DatabaseError: it cannot be read.
        """
        if self._files(reel_id):
            return self._done(reel_id)
        with self._lock:
            if reel_id == self._reel_id:
                return ReelBody.of(reel_id, "rendering", self._share)
        reel = self._store.find(reel_id)
        if reel is None or reel.state != "done":
            return reel
        # It was finished just now, or its files are gone since.
        return self._done(reel_id) if self._files(reel_id) else None

    def cancel(self, reel_id: str) -> None:
        """Cancel a reel that waits or is being rendered, and delete its files.

        Raises:
            DatabaseError: it cannot be written.
        """
        self._store.cancel(reel_id)
        with self._lock:
            if reel_id == self._reel_id:
                self._stop = "cancelled"

    def file(self, reel_id: str) -> Path:
        """Return the film of a reel that is done.

        Raises:
            ReelfindError: there is none.
        """
        files = self._files(reel_id)
        if not files:
            raise ReelfindError(f"{reel_id}: no such reel; render it again")
        return files[0]

    def close(self) -> None:
        """Stop the rendering in progress, which the next server begins anew, and start no other."""
        with self._lock:
            self._closed = True
            self._stop = self._stop or "waiting"
        self._runner.close()
        self._renewer.close(CLOSING)
        try:
            self._settle()
        except ReelfindError as error:
            _log.warning("%s", error)

    def _done(self, reel_id: str) -> ReelBody:
        return ReelBody.of(reel_id, "done", 1.0, api_path=self._api_path)

    def _files(self, reel_id: str) -> list[Path]:
        return sorted((self._folder / reel_id).glob("[!.]*.mp4")) if reel_id.isalnum() else []

    def _render_next(self) -> float | None:
        """Render the reel that has waited longest."""
        try:
            self._settle()
            reel = None if self._closed else self._store.take()
        except ReelfindError as error:
            _log.warning("%s", error)
            return leases.AGAIN
        if reel is None:
            return leases.LOOK if self._shared else None
        with self._lock:
            self._reel_id, self._share = reel.reel_id, 0.0
            self._stop = "waiting" if self._closed else None
        self._renewer.begin()
        self._outcome = self._rendered(reel)
        return 0.0

    def _settle(self) -> None:
        """Write what became of the reel in hand, if that is not written yet.

        Raises:
            DatabaseError: it cannot be written.
        """
        if self._reel_id is not None and self._outcome is not None:
            self._store.end(self._reel_id, *self._outcome)
            with self._lock:
                self._reel_id = self._outcome = None

    def _renew(self) -> bool | None:
        with self._lock:
            reel_id, share = self._reel_id, self._share
        if reel_id is None:
            return None
        state = self._store.renew(reel_id, share)
        with self._lock:
            if self._reel_id != reel_id:
                return True
            if state == "cancelling":
                self._stop = "cancelled"
        return state is not None

    def _give_up(self) -> None:
        """Stop the rendering in progress: another server may have begun it."""
        with self._lock:
            self._stop = "waiting"

    def _rendered(self, reel: ToRender) -> tuple[State, str]:
        """Render a reel; return what became of it and, if it failed, why."""
        own = self._folder / reel.reel_id
        try:
            self._progress(0.0)
            own.mkdir(parents=True, exist_ok=True)
            path = own / f"{file_name(reel.cut.name)}.mp4"
            self._render(reel.cut, path, reel.options, self._progress)
            self._tidy(reel.reel_id)
            return "done", ""
        except StoppedError:
            state, problem = self._stop or "cancelled", ""
        except ReelfindError as error:
            state, problem = "failed", str(error)
        except OSError as error:
            state = "failed"
            problem = f"{self._folder}: cannot be written ({error.strerror}); free some space"
        except Exception as error:
            _log.exception("reel %s", reel.reel_id)
            state = "failed"
            cause = type(error).__name__
            problem = f"something unexpected ({cause}); see the server's own output"
        if state in ("failed", "cancelled"):
            shutil.rmtree(own, ignore_errors=True)
        return state, problem

    def _progress(self, share: float) -> None:
        with self._lock:
            if self._stop is not None:
                raise StoppedError
            self._share = share

    def _tidy(self, latest: str) -> None:
        """Delete the oldest reels, but for the one just made."""
        others = [each for each in self._folder.iterdir() if each.name != latest and each.is_dir()]
        others.sort(key=lambda each: each.stat().st_mtime, reverse=True)
        for each in others[KEPT - 1 :]:
            shutil.rmtree(each, ignore_errors=True)


def reel_id_of(cut: Cut, options: ReelOptions) -> str:
    """Return the id of a cut's reel: the same for the same spans, films and options."""
    return hashlib.sha256(repr((cut, options)).encode()).hexdigest()[:16]


def file_name(name: str) -> str:
    """Return a shortlist's name as a file's, without what some system does not allow."""
    kept = "".join(char if char.isalnum() or char in " -_()" else "-" for char in name)
    kept = kept.strip(" -")[:80].rstrip() or "shortlist"
    return kept if fits_windows(kept) else f"{kept}-"
