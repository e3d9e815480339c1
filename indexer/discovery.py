"""Finds the films in files and folders."""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from indexer.catalogue_file import NAME as CATALOGUE
from indexer.characters import clean
from indexer.remote_path import RemotePath, path_of, whole_path
from indexer.text.listing import listing
from indexer.text.naming import folded, tags_of

MEDIA_SUFFIXES = frozenset(
    {".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".m1v", ".m2ts", ".m2v"}
    | {".m4v", ".mkv", ".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".ogm", ".ogv"}
    | {".rm", ".rmvb", ".swf", ".ts", ".vob", ".webm", ".wmv"}
)
"""What counts as a film inside a folder; a file that is named itself is always tried."""

NO_FILMS = "no films in this folder; name a file to try it anyway"
OUTSIDE = "outside the folders that may be indexed from here; add its folder to jobs.roots"


@dataclass(frozen=True)
class Found:
    """Files to index, in order of name, and the problems with other paths."""

    files: tuple[Path, ...]
    problems: tuple[str, ...]


def discover(paths: Iterable[Path], roots: Collection[Path] | None = None) -> Found:
    """Find the films in ``paths``: files as given, and all films inside folders.

    Folders may lie in an object store, see ``RemotePath``.

    Hidden files and folders are skipped; links to folders are followed. A file found twice counts
    once. With ``roots``, films outside them are reported and left out. That includes films reached
    by a link, and films with a sidecar that is a link to the outside.
    """
    files: dict[Path, None] = {}
    problems: list[str] = []
    for path in map(path_of, paths):
        if roots is not None and not is_inside(path, roots):
            problems.append(f"{path}: {OUTSIDE}")
            continue
        try:
            is_folder = _is_folder(path)
        except OSError as error:
            problems.append(_unreadable(path, error))
            continue
        if not is_folder:
            files[whole_path(path)] = None
            if isinstance(path, RemotePath):  # For the sidecars: one request instead of several.
                with suppress(OSError):
                    path.parent.listed()
            continue
        inside = _walk(path, roots, problems)
        if not inside and not problems:
            problems.append(f"{path}: {NO_FILMS}")
        files.update(dict.fromkeys(inside))
    if roots is not None:
        for file in list(files):
            problem = _link_problem(file, roots)
            if problem is not None:
                problems.append(problem)
                del files[file]
    return Found(tuple(files), tuple(map(clean, problems)))


def is_inside(path: Path, roots: Iterable[Path]) -> bool:
    """Return whether a path, with links resolved, lies in one of the folders ``roots``.

    The path need not exist.
    """
    try:
        real = whole_path(path).resolve()
        return any(real.is_relative_to(root.resolve()) for root in roots)
    except (OSError, RuntimeError, ValueError):
        # A loop of links, or an invalid path.
        return False


def _link_problem(film: Path, roots: Collection[Path]) -> str | None:
    """Return a message if the film, or a sidecar, is a link out of ``roots``; else None."""
    if not is_inside(film, roots):
        return f"{film}: {OUTSIDE}"
    start = folded(f"{film.stem}.")
    try:
        around = listing(film.parent)
        near = [*around.starting(film.stem), *around.starting(CATALOGUE)]
    except FileNotFoundError:
        return None  # The film is not there either; opening it reports that.
    except OSError as error:
        return _unreadable(film.parent, error)
    for path in near:
        name = folded(path.name)
        named = name.startswith(start) or name == CATALOGUE
        read = named or tags_of(film, path) is not None
        if read and path.is_symlink() and not is_inside(path, roots):
            return f"{path}: {OUTSIDE}"
    return None


def _is_folder(path: Path) -> bool:
    """Return whether a path is a folder.

    Raises:
        OSError: it lies in an object store, which cannot be asked.
    """
    if isinstance(path, RemotePath):
        return path.is_dir()
    return os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises where it may not look)


def _walk(folder: Path, roots: Collection[Path] | None, problems: list[str]) -> list[Path]:
    """Return the films in a folder and in those below it, in order.

    Links to folders come last, and each folder is searched once: at its own place if that is
    below ``folder``, else by its first link. So loops of links end.
    """

    if isinstance(folder, RemotePath):
        return _walk_objects(folder, problems)

    def unreadable(error: OSError) -> None:
        problems.append(_unreadable(error.filename, error))

    found: list[Path] = []
    seen: set[str] = set()
    waiting = [whole_path(folder)]
    while waiting:
        start = waiting.pop(0)
        if roots is not None and not is_inside(start, roots):
            problems.append(f"{start}: {OUTSIDE}")
            continue
        for place, folders, names in os.walk(start, onerror=unreadable):
            real = os.path.realpath(place)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            here = [Path(place, name) for name in sorted(folders) if not name.startswith(".")]
            links = [each for each in here if _is_link(each)]
            waiting += links
            folders[:] = [each.name for each in here if each not in links]
            found += [Path(place, name) for name in sorted(names) if is_film(name)]
    return found


def _walk_objects(folder: RemotePath, problems: list[str]) -> list[Path]:
    """Return the films in a folder of an object store and in those below it, in order."""
    try:
        entries = folder.listed().entries
    except OSError as error:
        problems.append(_unreadable(folder, error))
        return []
    names = sorted(name for name in entries if not name.startswith("."))
    films: list[Path] = [folder / name for name in names if entries[name] and is_film(name)]
    for name in names:
        if entries[name] is None:
            films += _walk_objects(folder / name, problems)
    return films


def _unreadable(path: Path | str, error: OSError) -> str:
    return f"{path}: cannot be read ({error.strerror}); check its permissions"


def _is_link(folder: Path) -> bool:
    """Return whether a folder is a link, or a junction on Windows."""
    is_junction = getattr(os.path, "isjunction", lambda _: False)  # from Python 3.12 on
    return folder.is_symlink() or bool(is_junction(folder))


def is_film(name: str) -> bool:
    """Return whether a file of this name counts as a film inside a folder."""
    return not name.startswith(".") and Path(name).suffix.lower() in MEDIA_SUFFIXES
