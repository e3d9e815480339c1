"""What the point of a title holds besides its vector."""

from collections.abc import Iterable
from os.path import normcase
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from indexer.characters import clean
from indexer.manifest import Manifest, manifest_text
from indexer.named_roots import NO_ROOTS, NamedRoots
from indexer.remote_path import RemotePath
from indexer.stored_path import StoredPath, path_text

GRAM = 5
"""Letters of the longest parts of words that titles are found by."""

_PATH: TypeAdapter[Path] = TypeAdapter(StoredPath)


def title_payload(manifest: Manifest, roots: NamedRoots = NO_ROOTS) -> dict[str, Any]:
    """Return what lists and filters need of a title, and its manifest as JSON.

    ``number`` is 0 and ``indexed_at`` (seconds since 1970) is missing where they are not known.
    """
    title, metadata = manifest.title, manifest.title.metadata
    indexed = manifest.indexed
    return {
        "title_id": title.title_id,
        "title": metadata.name,
        "series": metadata.series,
        "season": metadata.season,
        "episode": metadata.episode,
        "year": metadata.year,
        "genres": list(manifest.genres),
        "genres_from": manifest.genres_from,
        "language": manifest.language,
        "duration": manifest.seconds,
        "shots": manifest.shots,
        "clips": manifest.clips,
        "scored_by": dict(manifest.scored_by),
        "pair": manifest.pair,
        "path": path_keys(title.media.path, roots)[0],
        "called": called(manifest),
        "grams": sorted(grams(words_of(manifest))),
        "number": manifest.number or 0,
        "indexed": None if indexed is None else indexed.isoformat(),
        **({} if indexed is None else {"indexed_at": indexed.timestamp()}),
        "manifest": manifest_text(manifest, roots),
    }


def called(manifest: Manifest) -> list[str]:
    """Return the keys of all that a title is called: its id and its starts, name and file."""
    title_id, name = manifest.title.title_id, manifest.title.metadata.name
    exact = [exact_key(title_id), exact_key(clean(manifest.title.media.path.name))]
    starts = [start_key(title_id[:end]) for end in range(1, len(title_id) + 1)]
    return [*dict.fromkeys(exact), name_key(name), *starts]


def exact_key(name: str) -> str:
    """Return the key of an id or a file name."""
    return f"is {name}"


def name_key(name: str) -> str:
    """Return the key of a title's name, in any case."""
    return f"name {name.casefold()}"


def start_key(start: str) -> str:
    """Return the key of the start of an id."""
    return f"id {start}"


def words_of(manifest: Manifest) -> list[str]:
    """Return the words, in lower case, that a title can be found by in a list."""
    known = manifest.title.metadata
    text = " ".join(
        (
            known.name,
            known.series or "",
            *known.genres,
            *manifest.genres,
            *known.tags,
            str(known.year or ""),
            manifest.language or "",
            manifest.title.media.path.name,
        )
    )
    return clean(text).casefold().split()


def grams(words: Iterable[str]) -> set[str]:
    """Return the parts of up to ``GRAM`` letters that words have."""
    return {
        word[start : start + length]
        for word in words
        for length in range(1, GRAM + 1)
        for start in range(len(word) - length + 1)
    }


def path_keys(path: Path, roots: NamedRoots = NO_ROOTS) -> list[str]:
    """Return all that points may hold a path as, what they hold it as now first.

    Each is text, whatever bytes the path has. On Windows one that is below no root is in lower
    case.
    """
    text = path_text(path)
    return [*roots.forms(path), text if isinstance(path, RemotePath) else normcase(text)]


def path_of(key: str, roots: NamedRoots = NO_ROOTS) -> Path:
    """Return the path of a key."""
    return _PATH.validate_python(key, context=roots)
