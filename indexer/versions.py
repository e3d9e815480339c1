"""Versions of the points' format, and which vectors of an older version can still be searched.

A pair has the version in its name. One of an earlier version is searched until the next
``reelfind index`` has filled a pair of this version beside it.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.store.names import ALIKE, PREDICTED, Level, point_id
from indexer.traits import PERSON

if TYPE_CHECKING:
    from indexer.store.base import Store

RENEWED: Mapping[int, frozenset[str]] = {
    3: frozenset(),
    4: frozenset({PREDICTED}),
    5: frozenset(),
    6: frozenset(),
    7: frozenset({ALIKE}),
}
"""By version: the vectors whose content changed with it.

Add an entry by hand when the content of points changes; remove versions whose payloads can no
longer be read.
"""

ADDED: Mapping[int, frozenset[str]] = {
    5: frozenset({"brightness", "temperature", "colour", "motion", "camera"}),
    6: frozenset({"people", "shot_size", "onscreen", "sound", "loudness", PERSON}),
}
"""By version: the kinds of traits that came with it, see ``indexer.traits``."""

OLDEST, SCHEMA_VERSION = min(RENEWED), max(RENEWED)
"""The oldest version that can still be read, and the one that is written."""

_UNVERSIONED = 3
"""The version of pairs whose name gives no version."""
_NAME = re.compile(r".*-[0-9a-f]{8}(?:-(?P<version>\d+))?")


def pair_name(profile: str, checkpoint_id: str) -> str:
    """Return the name of the pair that the points of an encoder go into."""
    return f"{profile}-{checkpoint_id[:8]}-{SCHEMA_VERSION}"


def version_of(pair: str) -> int:
    """Return the version of a pair's points; the current one if the name has another form."""
    found = _NAME.fullmatch(pair)
    if found is None:
        return SCHEMA_VERSION
    return int(found["version"] or _UNVERSIONED)


def renewed_since(pair: str) -> frozenset[str]:
    """Return the vectors of a pair that current queries can no longer search.

    Raises:
        ReelfindError: its points cannot be read at all.
    """
    version = version_of(pair)
    if not OLDEST <= version <= SCHEMA_VERSION:
        raise ReelfindError(
            f"the index {pair} was made by another version of Reelfind (its points are of version "
            f"{version}, this one reads {OLDEST} to {SCHEMA_VERSION}); run `reelfind index` to "
            "fill it anew from what was analysed, or use that version"
        )
    return frozenset().union(*(own for since, own in RENEWED.items() if since > version))


def kinds_missing(pair: str) -> frozenset[str]:
    """Return the kinds of traits that a pair lacks, since they came with a later version."""
    version = version_of(pair)
    return frozenset().union(*(own for since, own in ADDED.items() if since > version))


def searched_pair(store: "Store") -> str | None:
    """Return the name of the pair that search reads; None if there is none, or not whole.

    Raises:
        ReelfindError: its points cannot be read.
    """
    name = store.current()
    if name is not None:
        renewed_since(name)
    return name


def point_of(manifest: Manifest, level: Level, index: int) -> str:
    """Return the id of a title's ``index``-th shot or clip, as search gives it."""
    content = manifest.title.media.content_hash
    return point_id(content, level, index, version_of(manifest.pair))
