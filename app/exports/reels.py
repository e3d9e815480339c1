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

from app.exports.cut import Cut
from app.exports.records import ReelBody
from app.exports.reel import ReelOptions, render
from app.jobs.runner import Runner
from indexer.characters import fits_windows
from indexer.errors import BusyError, ReelfindError
from indexer.listener import StoppedError

MOST_WAITING = 20
KEPT = 8
"""Reels that stay on the disk; the oldest go first."""

_log = logging.getLogger(__name__)

Render = Callable[[Cut, Path, ReelOptions, Callable[[float], None]], None]


class Reels:
    """The reels of one data directory. Thread-safe."""

    def __init__(self, folder: Path, renderer: Render = render, api_path: str = "/api/v1") -> None:
        """Keep reels in ``folder``, which the first one makes; the API at ``api_path`` has them."""
        self._folder = folder
        self._api_path = api_path
        self._render = renderer
        self._reels: dict[str, ReelBody] = {}
        self._waiting: dict[str, tuple[Cut, ReelOptions]] = {}
        self._cancelled: set[str] = set()
        self._lock = threading.Lock()
        # One after the other: ffmpeg uses all cores.
        self._runner = Runner("reels", self._render_next)

    def start(self, cut: Cut, options: ReelOptions) -> ReelBody:
        """Start rendering a cut, unless its reel exists or is in the queue.

        Raises:
            BusyError: too many wait already.
        """
        reel_id = reel_id_of(cut, options)
        found = self.find(reel_id)
        if found is not None and found.state in ("waiting", "rendering", "done"):
            return found
        reel = ReelBody.of(reel_id, "waiting")
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                raise BusyError(f"{MOST_WAITING} reels are waiting already; try again later", 60)
            self._reels[reel_id] = reel
            self._waiting[reel_id] = (cut, options)
            self._cancelled.discard(reel_id)
        self._runner.wake()
        return reel

    def find(self, reel_id: str) -> ReelBody | None:
        """Return a reel, including those of earlier processes; None if there is none."""
        with self._lock:
            known = self._reels.get(reel_id)
        if known is not None and known.state != "done":
            return known
        return self._done(reel_id) if self._files(reel_id) else None

    def cancel(self, reel_id: str) -> None:
        """Cancel a reel that waits or is being rendered, and delete its files."""
        with self._lock:
            self._cancelled.add(reel_id)

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
        """Stop the rendering in progress, and start no other."""
        with self._lock:
            self._cancelled.update(self._reels)
            self._waiting.clear()
        self._runner.close()

    def _done(self, reel_id: str) -> ReelBody:
        return ReelBody.of(reel_id, "done", 1.0, api_path=self._api_path)

    def _files(self, reel_id: str) -> list[Path]:
        return sorted((self._folder / reel_id).glob("[!.]*.mp4")) if reel_id.isalnum() else []

    def _render_next(self) -> float | None:
        """Render the reel that has waited longest."""
        with self._lock:
            if not self._waiting:
                return None
            reel_id, (cut, options) = next(iter(self._waiting.items()))
            del self._waiting[reel_id]
        ended = self._rendered(reel_id, cut, options)
        with self._lock:
            self._reels[reel_id] = ended
        return 0.0

    def _rendered(self, reel_id: str, cut: Cut, options: ReelOptions) -> ReelBody:
        own = self._folder / reel_id

        def progress(share: float) -> None:
            with self._lock:
                if reel_id in self._cancelled:
                    raise StoppedError
                self._reels[reel_id] = ReelBody.of(reel_id, "rendering", share)

        try:
            progress(0.0)
            own.mkdir(parents=True, exist_ok=True)
            self._render(cut, own / f"{file_name(cut.name)}.mp4", options, progress)
            ended = self._done(reel_id)
            self._tidy(reel_id)
        except StoppedError:
            ended = ReelBody.of(reel_id, "cancelled")
        except ReelfindError as error:
            ended = ReelBody.of(reel_id, "failed", problem=str(error))
        except OSError as error:
            cause = f"{self._folder}: cannot be written ({error.strerror}); free some space"
            ended = ReelBody.of(reel_id, "failed", problem=cause)
        except Exception as error:
            _log.exception("reel %s", reel_id)
            cause = f"something unexpected ({type(error).__name__}); see the server's own output"
            ended = ReelBody.of(reel_id, "failed", problem=cause)
        if ended.state != "done":
            shutil.rmtree(own, ignore_errors=True)
        return ended

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
