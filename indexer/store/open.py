"""Opens the store that the settings ask for."""

from collections.abc import Callable
from pathlib import Path

from indexer.sections import StoreSettings
from indexer.store.base import Store
from indexer.store.client import connect
from indexer.store.edge import EdgeStore
from indexer.store.ownership import Owner


def open_store(
    directory: Path,
    url: str | None,
    api_key: str | None,
    settings: StoreSettings | None = None,
    told: Callable[[str], None] | None = None,
    owner: Callable[[], Owner] | None = None,
) -> Store:
    """Return the store of the Qdrant server at ``url``, or without one, that in ``directory``.

    A server is first asked when the store is first used. With ``told``, which gets a line each
    time, the store waits for a server that goes away while it is used; without, a request fails
    after ``settings.patience`` seconds. ``owner`` is asked for who is meant, of those that keep
    their collections on the server; without it, the server is this store's alone.

    Raises:
        ReelfindError: another process owns the directory, it cannot be written, or ``url`` is
            no address.
    """
    if not url:
        return EdgeStore(directory, settings=settings)
    return connect(url, api_key, settings, told, owner() if owner else None)
