"""What was read of films and of the files beside them: an unchanged film is not read again.

``seen/<title id>`` holds it with the states of the files then. Where it is missing, damaged or of
another version, the files are read again; nothing else is lost.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from encoder.atomic import write_text
from indexer.hashing import SETTLED
from indexer.probe import PROBE_VERSION
from indexer.settings import Settings
from indexer.text.timed_text import TEXT_VERSION

Stamp = tuple[int, int, int, int]
"""The state of a file: its inode, size, and times of modification and change in nanoseconds."""


@dataclass(frozen=True)
class Seen:
    """What was read of a title's film and of the files beside it.

    ``by`` names the versions and settings of what read it. A stamp of None fits no state, since
    the file had changed just before. ``named`` is what the film's name says. ``texts`` are the
    files that were looked into for its text, with the hashes of their contents.
    """

    by: str
    film: Stamp | None
    named: Mapping[str, Any]
    beside: tuple[tuple[str, Stamp | None], ...] = ()
    texts: tuple[tuple[str, str | None], ...] = ()

    def has_texts(self, stamps: tuple[tuple[str, Stamp | None], ...]) -> bool:
        """Return whether ``texts`` holds for files beside the film in these states."""
        return bool(stamps) and self.beside == stamps and all(stamp for _, stamp in stamps)

    def with_texts(
        self, stamps: tuple[tuple[str, Stamp | None], ...], texts: Mapping[str, str | None]
    ) -> "Seen":
        """Return it with what was read of files beside the film, whose states were these before."""
        return replace(self, beside=stamps, texts=tuple(texts.items()))


class SeenFilms:
    """What a data directory knows of the films of its titles."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._known: dict[str, Seen] = {}
        text, containers = settings.text.model_dump_json(), settings.media.containers
        read = [version(name) for name in ("reelfind", "av", "guessit")]
        self.by = json.dumps([*read, PROBE_VERSION, TEXT_VERSION, text, containers])

    def find(self, title_id: str) -> Seen | None:
        """Return what was read of a title; None where nothing is known that holds."""
        try:
            said = json.loads((self._folder / title_id).read_text(encoding="utf-8"))
            seen = Seen(
                said["by"],
                _stamp(said["film"]),
                dict(said["named"]),
                tuple((name, _stamp(stamp)) for name, stamp in said["beside"]),
                tuple((name, content) for name, content in said["texts"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if seen.by != self.by:
            return None
        self._known[title_id] = seen
        return seen

    def keep(self, title_id: str, seen: Seen) -> None:
        """Note what was read of a title that is indexed whole."""
        if self._known.get(title_id) != seen:
            write_text(self._folder / title_id, json.dumps(asdict(seen)))
            self._known[title_id] = seen


def stamp_of(path: Path) -> Stamp | None:
    """Return the state of a file; None if it changed just now, or cannot be looked at.

    Of two changes within a tick of the file system's clock the second would not be noticed.
    """
    try:
        about = path.stat()
    except OSError:
        return None
    if time.time() - max(about.st_mtime, about.st_ctime) < SETTLED:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _stamp(said: Any) -> Stamp | None:
    if said is None:
        return None
    inode, size, modified, changed = map(int, said)
    return inode, size, modified, changed
