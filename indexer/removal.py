"""Removes a title from the index; its film is not touched."""

from contextlib import nullcontext

from indexer.catalogue import Catalogue
from indexer.manifest import Manifest
from indexer.opening import open_index
from indexer.point_writing import remove_points
from indexer.settings import Settings
from indexer.store.base import Store
from indexer.store.names import titles_of
from indexer.title_points import delete_titles


def take_out(catalogue: Catalogue, store: Store, manifest: Manifest) -> None:
    """Delete a title's shots and clips from the store, then its artefacts, then its own point.

    The caller has the lock of the data directory.
    """
    title_id = manifest.title.title_id
    remove_points(store, manifest.pair, title_id)
    catalogue.remove(title_id)
    searched = store.current()
    if searched is not None and store.exists(titles_of(searched)):
        delete_titles(store, titles_of(searched), [title_id])


def remove_title(
    catalogue: Catalogue, settings: Settings, manifest: Manifest, store: Store | None = None
) -> None:
    """Remove a title from the index.

    Args:
        catalogue: the data directory.
        settings: its settings.
        manifest: of the title.
        store: an open store, which stays open; by default, the one that the settings name.

    Raises:
        ReelfindError: another process uses the index.
    """
    lock = catalogue.writer.take()
    try:
        with nullcontext(store) if store is not None else open_index(catalogue, settings) as opened:
            take_out(catalogue, opened, manifest)
    finally:
        lock.release()
