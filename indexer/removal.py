"""Taking a title out of the index; its film is not touched."""

from contextlib import nullcontext

from indexer.catalogue import Catalogue, Manifest
from indexer.opening import open_index
from indexer.settings import Settings
from indexer.stages.points import remove_points
from indexer.store.base import Store
from indexer.store.lock import DirectoryLock


def remove_title(
    catalogue: Catalogue, settings: Settings, manifest: Manifest, store: Store | None = None
) -> None:
    """Delete a title's points, then its artefacts.

    Args:
        catalogue: the data directory.
        settings: its settings.
        manifest: of the title.
        store: opened already, and left open; without one, the settings say which to open.

    Raises:
        ReelfindError: another process uses the index.
    """
    lock = DirectoryLock(catalogue.path)
    try:
        with nullcontext(store) if store is not None else open_index(catalogue, settings) as opened:
            remove_points(opened, manifest.pair, manifest.title.title_id)
            catalogue.remove(manifest.title.title_id)
    finally:
        lock.release()
