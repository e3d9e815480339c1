"""Path mapping: where the machines of editors have the folders that a server reads films from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from indexer.errors import ReelfindError
from indexer.remote_path import path_of

_WINDOWS = re.compile(r"[A-Za-z]:(?=[\\/]|$)|\\\\")
"""How a path of Windows begins: with a drive or a share."""


class MappingError(ReelfindError):
    """A mapping cannot be read."""


@dataclass(frozen=True)
class PathMapping:
    """Pairs of folders: as this machine has them, and as an editor's machine does."""

    pairs: tuple[tuple[Path, PurePath], ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "PathMapping":
        r"""Return the mapping of texts such as ``/mnt/films=/Volumes/Films`` or ``/mnt=D:\``.

        Empty texts are left out.

        Raises:
            MappingError: one is no pair of whole paths.
        """
        return cls(tuple(_pair(text) for text in texts if text.strip()))

    def path(self, path: Path) -> PurePath:
        """Return a film's path as an editor's machine has it; unmapped ones stay as they are.

        Of folders inside each other the innermost counts.
        """
        inner_first = sorted(self.pairs, key=lambda pair: -len(pair[0].parts))
        for here, there in inner_first:
            if path.is_relative_to(here):
                return there.joinpath(*path.relative_to(here).parts)
        return path if path.is_absolute() else path.absolute()


NO_MAPPING = PathMapping()


def _pair(text: str) -> tuple[Path, PurePath]:
    here, equals, there = (part.strip() for part in text.partition("="))
    source, target = path_of(here), _target(there)
    if not (equals and source.is_absolute() and target.is_absolute()):
        raise MappingError(
            f"{text.strip()}: is no path mapping; write two whole paths with = between them, such "
            r"as /mnt/films=/Volumes/Films or /mnt/films=D:\films"
        )
    return source, target


def _target(text: str) -> PurePath:
    drive = _WINDOWS.match(text)
    if drive is None:
        return PurePosixPath(text)
    return PureWindowsPath(f"{text}\\" if drive[0] == text else text)
