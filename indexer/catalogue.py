"""The data directory: its titles, and the profile and encoders they were indexed with.

reelfind.json          format and profile, written once
reelfind.toml          the user's settings, if any
catalogue-id           names its collections on a Qdrant server; made once
titles/<title id>/     one folder a title: its stages, and title.json when it is whole
encoders/<id>/         checkpoints; encoders/CURRENT names the one in use
probes/                trained probes, and which of them are in use
store/                 the embedded engine's collections
indexed/<title id>     when a title first could be searched, see ``indexer.arrivals``
seen/<title id>        what was read from its film, see ``indexer.seen``
status.json            what a running `reelfind index` is doing
shared.json            what is the same in an object store, see ``indexer.sharing``
"""

import hashlib
import json
import logging
import re
import shutil
import threading
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from pydantic import ValidationError

from encoder.atomic import remove_file, write_once, write_text
from indexer.arrivals import Arrivals
from indexer.errors import ReelfindError
from indexer.manifest import (
    Manifest,
    by_name,
    manifest_of,
    manifest_text,
    no_such_title,
    only_title,
)
from indexer.named_roots import NamedRoots
from indexer.sections import StorageSettings
from indexer.settings import PlaceSettings, load_places
from indexer.sharing.catalogue import NotShared, shared_artefacts
from indexer.sharing.records import CATALOGUE, TITLES
from indexer.stages.base import TitleFolder
from indexer.store.lock import DirectoryWriter, WriterLock
from indexer.stored_path import path_text

FORMAT = 1
"""Of the data directory: raised when an older one can no longer be read."""
ABOUT = "reelfind.json"
MANIFEST = "title.json"
IDENTITY = "catalogue-id"
_log = logging.getLogger(__name__)
_IDENTITY = re.compile(r"[0-9a-f]{32}")


class Catalogue:
    """The titles, encoders and collections of one data directory."""

    def __init__(
        self,
        path: Path,
        writer: WriterLock | None = None,
        storage: StorageSettings | None = None,
    ) -> None:
        """Take a data directory.

        Args:
            path: of the folder.
            writer: the lock of whoever writes to its index; by default its own file's.
            storage: where its artefacts lie; by default as its settings say.
        """
        self.path = path
        self._writer = writer or DirectoryWriter(path)
        self._storage = storage
        self._shared: NotShared | None = None
        self._opening = threading.Lock()
        self.titles_path = path / "titles"
        self.encoders_path = path / "encoders"
        self.store_path = path / "store"
        self.probes_path = path / "probes"
        # Beside the titles: what is in their folders depends on films and settings alone.
        self._arrivals = Arrivals(path / "indexed")
        self.seen_path = path / "seen"
        self.status_path = path / "status.json"
        self._named: set[str] = set()

    def prepare(self, profile: str) -> None:
        """Create the data directory, or check that it accepts titles of ``profile``.

        Raises:
            ReelfindError: it is of another format or profile, or cannot be written.
        """
        try:
            self.titles_path.mkdir(parents=True, exist_ok=True)
            self.encoders_path.mkdir(exist_ok=True)
            self.store_path.mkdir(exist_ok=True)
        except OSError as error:
            raise ReelfindError(
                f"{self.path}: cannot be used as a data directory ({error.strerror}); "
                "choose another with --data"
            ) from error
        about = self._about()
        if about is None:
            write_text(self.path / ABOUT, json.dumps({"format": FORMAT, "profile": profile}))
            self.shared.push(CATALOGUE)
            return
        self.check_profile(profile)

    def check_profile(self, profile: str) -> None:
        """Check that the vectors here are of ``profile``.

        Raises:
            ReelfindError: they are of another, and which.
        """
        if self.profile not in (None, profile):
            raise ReelfindError(
                f"{self.path}: holds an index of profile {self.profile!r}, and vectors of two "
                f"profiles never mix; use --profile {self.profile}, or another --data "
                f"directory for profile {profile!r}"
            )

    @cached_property
    def _places(self) -> PlaceSettings:
        return load_places(self.path)

    @property
    def roots(self) -> NamedRoots:
        """The folders of this machine that films are kept relative to.

        Raises:
            ReelfindError: the settings of the data directory cannot be read.
        """
        return self._places.named_roots

    @property
    def shared(self) -> NotShared:
        """What it shares with other machines by an object store.

        Raises:
            ReelfindError: the settings of the data directory cannot be read.
        """
        with self._opening:  # It has a state: all threads must get the same.
            if self._shared is None:
                storage = self._storage or self._places.storage
                self._shared = shared_artefacts(self.path, storage)
            return self._shared

    @property
    def writer(self) -> WriterLock:
        """The lock of whoever writes to its index."""
        return self.shared.writer(self._writer)

    @property
    def profile(self) -> str | None:
        """The profile of its vectors; None before anything is indexed."""
        about = self._about()
        return about["profile"] if about else None

    def _about(self) -> dict[str, str] | None:
        self.shared.refresh(CATALOGUE)
        file = self.path / ABOUT
        if not file.is_file():
            return None
        try:
            about = json.loads(file.read_text(encoding="utf-8"))
            found = int(about["format"])
            profile = str(about["profile"])
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise ReelfindError(
                f"{file}: cannot be read ({error}); restore it from a backup, or use another "
                "--data directory"
            ) from error
        if found != FORMAT:
            raise ReelfindError(
                f"{self.path}: was made by another version of Reelfind (format {found}, this one "
                f"reads {FORMAT}); use that version, or index into another --data directory"
            )
        return {"profile": profile}

    def identity(self) -> str:
        """Return the catalogue's own id, 32 hex digits, which is made the first time.

        Raises:
            ReelfindError: it cannot be written, or was changed.
        """
        file = self.path / IDENTITY
        self.shared.refresh(CATALOGUE)
        is_new = not file.is_file()
        try:
            found = write_once(file, uuid4().hex).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ReelfindError(
                f"{file}: cannot be read or written ({error}); an index on a Qdrant server needs "
                "this file: make the folder writable once, or restore the file from a backup"
            ) from error
        if not _IDENTITY.fullmatch(found):
            raise ReelfindError(
                f"{file}: holds no id of 32 hex digits; restore it from a backup, or delete it and "
                "run `reelfind index` to write the index to the Qdrant server again"
            )
        if is_new:
            self.shared.push(CATALOGUE)
        return found

    def folder(self, title_id: str) -> TitleFolder:
        """Return the folder of a title's artefacts."""
        path = self.titles_path / title_id
        return TitleFolder(path, self.shared.results(title_id, path))

    def manifest(self, title_id: str) -> Manifest | None:
        """Return the manifest of a title, or None if it was never completely indexed.

        Raises:
            ReelfindError: its manifest cannot be read.
        """
        self.shared.refresh(f"{TITLES}/{title_id}")
        return self._manifest(title_id)

    def _manifest(self, title_id: str) -> Manifest | None:
        file = self.titles_path / title_id / MANIFEST
        if not file.is_file():
            return None
        arrival = self._arrivals.find(title_id)
        try:
            return manifest_of(file.read_bytes(), arrival, self.roots)
        except (ValidationError, OSError) as error:
            raise ReelfindError(
                f"{file}: cannot be read, so this title is left out; run `reelfind index` on its "
                "film again: nothing is analysed anew"
            ) from error

    def write_manifest(self, manifest: Manifest) -> None:
        """Write a title's manifest; with ``indexed`` of None, a new title arrives now."""
        title_id = manifest.title.title_id
        file = self.titles_path / title_id / MANIFEST
        self._arrivals.note(title_id, manifest.indexed, is_new=not file.is_file())
        write_text(file, manifest_text(manifest, self.roots))

    def is_kept_by_root(self, manifest: Manifest) -> bool:
        """Return whether a title's file names its film as it would be written now.

        It does not where the root was named after the title was indexed.
        """
        path = manifest.title.media.path
        if self.roots.written(path) is None:
            return True
        kept = (self.titles_path / manifest.title.title_id / MANIFEST).read_text(encoding="utf-8")
        return bool(json.loads(kept)["title"]["media"]["path"] != path_text(path))

    def count(self) -> int:
        """Count the completely indexed titles, damaged ones included; no manifest is read."""
        return sum((self.titles_path / each / MANIFEST).is_file() for each in self.title_ids())

    def stamp(self, title_id: str) -> str | None:
        """Return a hash of a title's manifest and arrival.

        None if it was never completely indexed, or its manifest cannot be read.
        """
        try:
            noted = (self.titles_path / title_id / MANIFEST).read_bytes()
        except OSError:
            return None
        return hashlib.sha256(noted + b"\0" + self._arrivals.noted(title_id)).hexdigest()

    def readable(self, title_id: str) -> Manifest | None:
        """Return the manifest of a title; None if it is missing or damaged.

        A damaged manifest is logged once. One that is here may be a little behind the object store.
        """
        try:
            if not (self.titles_path / title_id / MANIFEST).is_file():
                self.shared.refresh(f"{TITLES}/{title_id}")
            return self._manifest(title_id)
        except ReelfindError as error:
            if title_id not in self._named:
                self._named.add(title_id)
                _log.warning("%s", error)
            return None

    def title_ids(self) -> set[str]:
        """Return the ids of all titles, also of those that are not indexed whole."""
        self.shared.refresh(TITLES)
        if not self.titles_path.is_dir():
            return set()
        return {folder.name for folder in self.titles_path.iterdir() if folder.is_dir()}

    def manifests(self) -> list[Manifest]:
        """Return the manifests of completely indexed titles, by name, without damaged ones."""
        found = (self.readable(title_id) for title_id in sorted(self.title_ids()))
        titles = [manifest for manifest in found if manifest is not None]
        return by_name(titles)

    def find(self, name: str) -> Manifest:
        """Return the one title with this id, start of an id, name or file name.

        Raises:
            ReelfindError: none or several match.
        """
        titles = self.manifests()
        folded = name.casefold()
        found = only_title(
            name,
            [each for each in titles if name in (each.title.title_id, each.title.media.path.name)],
            [each for each in titles if each.title.metadata.name.casefold() == folded],
            [each for each in titles if each.title.title_id.startswith(name)],
        )
        if found is not None:
            return found
        if name in self.title_ids():
            self.manifest(name)  # Raises the error of a damaged manifest.
        raise no_such_title(name, self.path)

    def remove(self, title_id: str) -> None:
        """Delete a title's artefacts, the manifest first, so that no half title is listed."""
        self.shared.remove(title_id)
        folder = self.titles_path / title_id
        remove_file(folder / MANIFEST)
        self._arrivals.forget(title_id)
        remove_file(self.seen_path / title_id)
        if folder.is_dir():
            TitleFolder(folder).prune({})
        shutil.rmtree(folder, ignore_errors=True)

    @property
    def current_encoder(self) -> str | None:
        """The id of the checkpoint in use; None before one was fitted."""
        self.shared.refresh(CATALOGUE)
        file = self.encoders_path / "CURRENT"
        return file.read_text(encoding="utf-8").strip() if file.is_file() else None

    def use_encoder(self, checkpoint_id: str) -> None:
        """Make a checkpoint of this directory the one in use."""
        write_text(self.encoders_path / "CURRENT", checkpoint_id)
