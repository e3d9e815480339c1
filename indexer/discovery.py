"""Which files of the given paths are films."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MEDIA_SUFFIXES = frozenset(
    {".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".m1v", ".m2ts", ".m2v"}
    | {".m4v", ".mkv", ".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".ogm", ".ogv"}
    | {".rm", ".rmvb", ".swf", ".ts", ".vob", ".webm", ".wmv"}
)
"""What counts as a film inside a folder; a file that is named itself is always tried."""


@dataclass(frozen=True)
class Found:
    """Files to index, in order of name, and the paths that could not be looked at."""

    files: tuple[Path, ...]
    problems: tuple[str, ...]


def discover(paths: Iterable[Path]) -> Found:
    """Find the films in ``paths``: files as they are, folders with all they hold.

    Hidden files and folders inside a folder are passed over. A file found twice counts once.
    """
    files: dict[Path, None] = {}
    problems: list[str] = []
    for path in paths:
        if not path.is_dir():
            files[_plain(path)] = None
            continue
        inside = list(_walk(path, problems))
        if not inside and not problems:
            problems.append(f"{path}: no films in this folder; name a file to try it anyway")
        files.update(dict.fromkeys(inside))
    return Found(tuple(files), tuple(problems))


def _walk(folder: Path, problems: list[str]) -> list[Path]:
    def unreadable(error: OSError) -> None:
        problems.append(
            f"{error.filename}: cannot be read ({error.strerror}); check its permissions"
        )

    found = []
    for place, folders, names in os.walk(_plain(folder), onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place) / name for name in sorted(names) if _is_film(name)]
    return found


def _plain(path: Path) -> Path:
    """Return an absolute path without ``..``; links stay, since sidecars lie beside them."""
    return Path(os.path.normpath(path.absolute()))


def _is_film(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in MEDIA_SUFFIXES
