"""Opens the store that the settings ask for."""

from pathlib import Path

from indexer.store.base import Store
from indexer.store.client import connect
from indexer.store.edge import EdgeStore


def open_store(directory: Path, url: str | None, api_key: str | None) -> Store:
    """Return the store of the Qdrant server at ``url``, or without one, that in ``directory``.

    A server is first asked when the store is first used.

    Raises:
        ReelfindError: another process owns the directory, it cannot be written, or ``url`` is
            no address.
    """
    return connect(url, api_key) if url else EdgeStore(directory)
