"""What is known of a title that is indexed whole, and its file ``title.json``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from indexer.arrivals import FIRST, Arrival
from indexer.errors import ReelfindError
from indexer.named_roots import NO_ROOTS, NamedRoots
from indexer.records import UNBROKEN, Breaks, TextSource, Title
from indexer.stored_path import StoredLine
from probes.messages import listed, shortened


@dataclass(frozen=True)
class Manifest:
    """Facts about a completely indexed title.

    ``keys`` are its stages' keys by name, ``pair`` the collections its points are in.
    ``scored_by`` gives for each task the id of its trained probe, or "zero-shot".
    ``indexed`` is when the title could first be searched; None if that was not recorded.
    ``number`` counts titles in the order of their arrival, independent of clocks; None for titles
    from versions without numbers. ``breaks`` are those of its file's timestamps.
    """

    title: Title
    profile: str
    encoder: str
    pair: str
    keys: Mapping[str, str]
    frame_count: int
    shots: int
    clips: int
    text_source: TextSource
    language: str | None
    genres: tuple[str, ...]
    genres_from: str
    scored_by: Mapping[str, str]
    warnings: tuple[StoredLine, ...] = field(default=())
    indexed: datetime | None = None
    breaks: Breaks = UNBROKEN
    number: int | None = field(default=None, compare=False)

    @property
    def seconds(self) -> float:
        """The true length of the film, from the number of decoded frames."""
        return float(self.frame_count / self.title.media.fps)


_MANIFEST = TypeAdapter(Manifest)
_NOT_IN_TEXT = {"indexed", "number"}
"""Fields of a manifest that are kept beside its file, see ``indexer.arrivals``."""


def manifest_text(manifest: Manifest, roots: NamedRoots = NO_ROOTS) -> str:
    """Return a manifest as JSON, without ``indexed`` and ``number``."""
    kept = _MANIFEST.dump_json(manifest, indent=1, exclude=_NOT_IN_TEXT, context=roots)
    return kept.decode()


def manifest_of(
    text: str | bytes, arrival: Arrival | None, roots: NamedRoots = NO_ROOTS
) -> Manifest:
    """Return the manifest in a JSON text, with the title's arrival.

    Raises:
        ValidationError: it is no JSON of a manifest.
    """
    found = _MANIFEST.validate_json(text, context=roots)
    if arrival is None:
        return found
    return replace(found, indexed=arrival.when, number=arrival.number)


def by_name(titles: Iterable[Manifest]) -> list[Manifest]:
    """Return titles in the order in which they are listed."""
    return sorted(titles, key=lambda each: (each.title.metadata.name, each.title.title_id))


def by_time(titles: Iterable[Manifest]) -> list[Manifest]:
    """Return titles in the order in which they were indexed; FIRST stands for an unknown time."""
    return sorted(
        titles,
        key=lambda each: (each.indexed or FIRST, each.title.metadata.name, each.title.title_id),
    )


def only_title(name: str, *matches: Sequence[Manifest]) -> Manifest | None:
    """Return the one title in the first group of matches that is not empty; None without matches.

    Raises:
        ReelfindError: there are several.
    """
    found = next(filter(None, matches), ())
    if len(found) > 1:
        ids = listed(each.title.title_id for each in found)
        raise ReelfindError(f"{shortened(name)}: several titles match; use an id: {ids}")
    return found[0] if found else None


def no_such_title(name: str, place: Path) -> ReelfindError:
    """Return the error for a name that matches no title of the data directory."""
    return ReelfindError(
        f"{shortened(name)}: no such title in {place}; `reelfind titles` lists them"
    )
