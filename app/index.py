"""The index of a data directory, opened when it is first needed."""

import threading

from app.jobs.queue import STOPPING
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.integrity import complete_pair
from indexer.opening import open_index
from indexer.settings import Settings
from indexer.store.base import Store
from indexer.titles import Titles
from indexer.versions import searched_pair


class Index:
    """Opens the store of a data directory once, and checks that it is complete.

    Thread-safe. Only opening, the first check and closing take a lock here: searches wait for each
    other inside the embedded engine only, and on a server not at all.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._store: Store | None = None
        self._complete: str | None = None
        self._closed = False
        self._opening = threading.Lock()
        self._completing = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether this process has the store open."""
        return self._store is not None

    @property
    def store(self) -> Store:
        """The store, opened for this data directory's profile.

        Raises:
            ReelfindError: nothing is indexed, the profile is another, or it cannot be opened.
        """
        store = self._store
        if store is not None:
            return store
        with self._opening:
            if self._store is None:
                if self._closed:
                    raise ReelfindError(STOPPING)
                self._store = self._open()
            return self._store

    def pair(self) -> str | None:
        """Return the name of the pair that search uses; None if no title is indexed.

        Raises:
            ReelfindError: the pair is missing or incomplete.
        """
        store = self.store
        name = searched_pair(store)
        if name is None or name != self._complete:
            with self._completing:
                # Checked once per pair: counts change while a title is indexed again.
                if name is None or name != self._complete:
                    name = self._complete = complete_pair(self._catalogue, store)
        return name

    @property
    def listing(self) -> Titles:
        """The titles of the pair that search uses, listed and counted by the store.

        Raises:
            ReelfindError: the store does not answer.
        """
        if self._store is None and self._catalogue.profile is None:
            return Titles(None, None)
        name = self.pair()
        return Titles(self.store, name, self._catalogue.roots)

    def close(self) -> None:
        """Release the store; it is not opened again."""
        with self._opening:
            self._closed = True
            if self._store is not None:
                self._store.close()
                self._store = None

    def _open(self) -> Store:
        catalogue = self._catalogue
        if catalogue.profile is None:
            raise ReelfindError(
                f"{catalogue.path}: nothing is indexed here; run reelfind index "
                f"FOLDER --data {catalogue.path}"
            )
        catalogue.check_profile(self._settings.profile)
        return open_index(catalogue, self._settings)
