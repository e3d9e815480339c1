"""Earlier versions of a file: one path is one title, even after a new cut replaces it.

A title's id is a hash of its content, so new content at the same path is a new title. Once the
new title can be searched, the old one is removed. Shortlists and labels refer to the old title by
its id and stay. ``replaced/<title id>.json`` describes the old title and names its successor. The
record is written first and closed last, so that the next run completes one that was killed.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from encoder.atomic import remove_file, write_text
from indexer.catalogue import Catalogue
from indexer.discovery import is_film
from indexer.edits import carry_over
from indexer.errors import ReelfindError
from indexer.hashing import current_hash
from indexer.manifest import Manifest
from indexer.records import Media
from indexer.removal import take_out
from indexer.sharing.records import CATALOGUE
from indexer.store.base import Store

FOLDER = "replaced"


@dataclass(frozen=True)
class EarlierVersion:
    """A title whose file was replaced, and the id of its successor.

    ``removed`` is False while its points or artefacts may still be there.
    """

    manifest: Manifest
    by: str
    removed: bool = False


_RECORD = TypeAdapter(EarlierVersion)


class EarlierVersions:
    """The titles of a data directory whose files were replaced."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._folder = catalogue.path / FOLDER

    def find(self, title_id: str) -> EarlierVersion | None:
        """Return a title that is now an earlier version of a file.

        None if it is not one, or is in the catalogue (again).

        Raises:
            ReelfindError: its record cannot be read.
        """
        if not (self._folder / f"{title_id}.json").is_file():
            self._catalogue.shared.refresh(CATALOGUE)
        if not (self._folder / f"{title_id}.json").is_file():
            return None
        return None if self._catalogue.manifest(title_id) is not None else self._read(title_id)

    def current(self, title_id: str) -> Manifest | None:
        """Return the current successor of an earlier version; None if it was removed."""
        seen = set()
        while title_id not in seen:
            seen.add(title_id)
            earlier = self.find(title_id)
            if earlier is None:
                return self._catalogue.manifest(title_id)
            title_id = earlier.by
        return None

    def last_known(self, title_id: str) -> Manifest | None:
        """Return a title, current or replaced; None if its id was never known."""
        manifest = self._catalogue.manifest(title_id)
        if manifest is None and (self._folder / f"{title_id}.json").is_file():
            return self._read(title_id).manifest
        return manifest

    def replace(self, old: Manifest, by: str, store: Store) -> None:
        """Replace a title by its successor: delete the old one from the store and the disk.

        The new title must already be searchable. It takes over the old title's edited metadata.
        """
        self._write(EarlierVersion(old, by))
        self._finish(EarlierVersion(old, by), store)

    def forget(self, title_id: str) -> None:
        """Delete the record of a title that is in the catalogue again: its file was put back."""
        file = self._folder / f"{title_id}.json"
        if file.is_file():
            self._catalogue.shared.drop([f"{FOLDER}/{file.name}"])
            remove_file(file)

    def finish(self, store: Store, but: Collection[str]) -> None:
        """Complete the replacements of a killed run; titles with the ids ``but`` are back."""
        for file in sorted(self._folder.glob("*.json")):
            record = self._read(file.stem)
            if not record.removed and file.stem not in but:
                self._finish(record, store)

    def _finish(self, record: EarlierVersion, store: Store) -> None:
        title_id = record.manifest.title.title_id
        new = self._catalogue.manifest(record.by)
        # The chosen audio track is dropped if the new file has no track of that number.
        without = {"audio_track"} if new and new.title.metadata.audio_track is None else set()
        carry_over(self._catalogue.folder(title_id), self._catalogue.folder(record.by), without)
        take_out(self._catalogue, store, record.manifest)
        self._write(replace(record, removed=True))

    def _write(self, record: EarlierVersion) -> None:
        text = _RECORD.dump_json(record, indent=1, context=self._catalogue.roots).decode()
        write_text(self._folder / f"{record.manifest.title.title_id}.json", text)

    def _read(self, title_id: str) -> EarlierVersion:
        file = self._folder / f"{title_id}.json"
        try:
            return _RECORD.validate_json(file.read_bytes(), context=self._catalogue.roots)
        except (ValidationError, OSError) as error:
            raise ReelfindError(f"{file}: cannot be read; restore or remove it") from error


class TitlesByPath:
    """The titles of a catalogue, by id and by path."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._by_name: defaultdict[str, list[Manifest]] = defaultdict(list)
        self._by_id: dict[str, Manifest] = {}
        for manifest in manifests:
            self._by_name[_name(manifest.title.media.path)].append(manifest)
            self._by_id[manifest.title.title_id] = manifest

    def by_id(self, title_id: str) -> Manifest | None:
        """Return the title with this id; None if there is none."""
        return self._by_id.get(title_id)

    def at(self, path: Path) -> list[Manifest]:
        """Return the titles that were indexed from this file, also through a link to its folder."""
        return [
            each for each in self._by_name[_name(path)] if _same_file(each.title.media.path, path)
        ]


def moved_to(manifest: Manifest) -> Path | None:
    """Return the file in the same folder that now has a title's content; None if there is none.

    An old cut that is kept under another name is still a title.
    """
    media = manifest.title.media
    beside = sorted(each for each in media.path.parent.iterdir() if is_film(each.name))
    for path in beside:
        if not _same_file(path, media.path) and path.is_file() and _holds(path, media):
            return path
    return None


def _holds(path: Path, media: Media) -> bool:
    return path.stat().st_size == media.size and current_hash(path) == media.content_hash


def _name(path: Path) -> str:
    """Return a file name in one Unicode form and case, so that its spellings compare equal."""
    return unicodedata.normalize("NFC", path.name).casefold()


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False
