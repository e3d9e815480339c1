"""Caches what was read from films and their sidecars, so that unchanged files are not read again.

``seen/<title id>`` holds it with the states of the files. If that is missing, damaged or from
another version, the files are read again; nothing else is lost.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from encoder.atomic import write_text
from indexer.files import is_settled
from indexer.hashing import SETTLED
from indexer.probe import PROBE_VERSION
from indexer.settings import Settings
from indexer.text.timed_text import TEXT_VERSION

Stamp = tuple[int, int, int, int]
"""The state of a file: its inode, size, and times of modification and change in nanoseconds."""


@dataclass(frozen=True)
class Seen:
    """What was read from a title's film and its sidecars.

    ``by`` names the versions and settings that read it. A stamp of None matches no state: the
    file had just changed. ``named`` are the fields from the film's name. ``texts`` are the
    sidecars that were read for its text, with the hashes of their contents.
    """

    by: str
    film: Stamp | None
    named: Mapping[str, Any]
    beside: tuple[tuple[str, Stamp | None], ...] = ()
    texts: tuple[tuple[str, str | None], ...] = ()

    def has_texts(self, stamps: tuple[tuple[str, Stamp | None], ...]) -> bool:
        """Return whether ``texts`` is still valid for sidecars in these states."""
        return bool(stamps) and self.beside == stamps and all(stamp for _, stamp in stamps)

    def with_texts(
        self, stamps: tuple[tuple[str, Stamp | None], ...], texts: Mapping[str, str | None]
    ) -> "Seen":
        """Return a copy with the sidecars that were read and their states before that."""
        return replace(self, beside=stamps, texts=tuple(texts.items()))


class SeenFilms:
    """The cached readings of a data directory's films."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._known: dict[str, Seen] = {}
        text, containers = settings.text.model_dump_json(), settings.media.containers
        read = [version(name) for name in ("reelfind", "av", "guessit")]
        self.by = json.dumps([*read, PROBE_VERSION, TEXT_VERSION, text, containers])

    def find(self, title_id: str) -> Seen | None:
        """Return what was read from a title's files; None without a valid record."""
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
        """Save what was read from the files of a completely indexed title."""
        if self._known.get(title_id) != seen:
            write_text(self._folder / title_id, json.dumps(asdict(seen)))
            self._known[title_id] = seen


def stamp_of(path: Path) -> Stamp | None:
    """Return the state of a file; None if it has just changed, or cannot be read.

    A second change within one tick of the file system's clock would go unnoticed.
    """
    try:
        about = path.stat()
    except OSError:
        return None
    if not is_settled(path, about, SETTLED):
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _stamp(said: Any) -> Stamp | None:
    if said is None:
        return None
    inode, size, modified, changed = map(int, said)
    return inode, size, modified, changed
