"""Named roots: folders of films that each machine may have at another place.

A film below a root is kept as ``library:/series/film.mov``, with slashes on every system. A name
that is no text is kept as ``library:///``, followed by its bytes in percent encoding.

Paths are compared as they are written: nothing is looked up on a disk, which may be a slow share.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import quote_from_bytes, unquote_to_bytes

from indexer.errors import ReelfindError

NAME = r"[a-z][a-z0-9_]+"
"""Of a root: two letters or more, since one letter and a colon name a drive of Windows."""
RESERVED = frozenset({"file", "http", "https", "s3"})
"""Beginnings of addresses."""
_NAMED = re.compile(rf"({NAME}):/(//)?(.*)", re.DOTALL)


@dataclass(frozen=True)
class NamedRoots:
    """The roots of this machine: absolute folders by name."""

    folders: Mapping[str, PurePath] = field(default_factory=dict)

    def written(self, path: PurePath) -> str | None:
        """Return a path as it is kept; None where it lies below no root.

        Of roots inside each other the innermost counts.
        """
        return next(iter(self.forms(path)), None)

    def forms(self, path: PurePath) -> list[str]:
        """Return all that a path may be kept as: one name for each root above it."""
        unset = unset_root(path)
        if unset is not None:
            return [_text(unset, path.relative_to(path.parts[0]))]
        return [
            _text(name, path.relative_to(folder))
            for name, folder in self._inner_first
            if path.is_relative_to(folder) and ".." not in path.parts
        ]

    def path(self, kept: str) -> PurePath | str:
        """Return the path on this machine; what no root is named in stays as it is.

        The path of a root that is not set on this machine is relative and begins with its name, see
        ``unset_root``.

        Raises:
            ValueError: it leads out of its root, or is no path on this system.
        """
        named = _NAMED.fullmatch(kept)
        if named is None or named[1] in RESERVED:
            return kept
        name, encoded, rest = named.groups()
        if encoded:
            rest = os.fsdecode(unquote_to_bytes(rest))
        folder = self.folders.get(name)
        if folder is None:
            return PurePath(f"{name}:", *rest.split("/"))
        path = folder.joinpath(rest)
        if ".." in path.parts or not path.is_relative_to(folder):
            raise ValueError(f"{kept}: leads out of the root {name}")
        return path

    def line(self, line: str) -> str:
        """Return a message that begins with a path as it is kept."""
        for name, folder in self._inner_first:
            start = _with_end(folder)
            if line.startswith(start):
                return f"{name}:/{line.removeprefix(start)}"
        return line

    def line_here(self, kept: str) -> str:
        """Return a message that was kept, with the path on this machine."""
        named = _NAMED.fullmatch(kept)
        folder = self.folders.get(named[1]) if named else None
        if named is None or folder is None or named[2]:
            return kept
        return f"{_with_end(folder)}{named[3]}"

    @property
    def _inner_first(self) -> list[tuple[str, PurePath]]:
        return sorted(self.folders.items(), key=lambda each: (-len(each[1].parts), each[0]))


NO_ROOTS = NamedRoots()


def unset_root(path: PurePath) -> str | None:
    """Return the root that a path was kept under, where it is not set on this machine."""
    first = path.parts[0] if path.parts else ""
    name = first.removesuffix(":")
    is_root = name != first and name not in RESERVED and re.fullmatch(NAME, name)
    return name if is_root else None


def check_root(path: PurePath) -> None:
    """Check that the root under which a path was kept is set on this machine.

    Raises:
        ReelfindError: it is not.
    """
    name = unset_root(path)
    if name is not None:
        raise ReelfindError(
            f"{path.as_posix()}: the root {name} is not set on this machine; set "
            f"REELFIND_ROOTS__{name.upper()} to its folder"
        )


def _text(name: str, below: PurePath) -> str:
    rest = below.as_posix() if below.parts else ""
    try:
        rest.encode()
    except UnicodeEncodeError:
        return f"{name}:///{quote_from_bytes(os.fsencode(rest))}"
    return f"{name}:/{rest}"


def _with_end(folder: PurePath) -> str:
    """Return a folder as the start of the paths below it."""
    return str(folder / "_")[:-1]
