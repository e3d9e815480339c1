"""Opens the store of a data directory as its settings say."""

from collections.abc import Callable, Set
from functools import partial

from indexer.catalogue import Catalogue
from indexer.settings import Settings
from indexer.store.base import Store
from indexer.store.open import open_store
from indexer.store.ownership import Owner


def open_index(
    catalogue: Catalogue, settings: Settings, told: Callable[[str], None] | None = None
) -> Store:
    """Return the store of a data directory; on a server, only the catalogue's own collections.

    Args:
        catalogue: the data directory.
        settings: its settings.
        told: if given, the store waits indefinitely for a server that goes down, see ``Patience``.

    Raises:
        ReelfindError: it cannot be opened, see ``open_store``.
    """

    def owner() -> Owner:
        titles = partial(_titles_in, catalogue)
        return Owner(catalogue.identity(), settings.store.prefix, titles)

    return open_store(
        catalogue.store_path,
        settings.qdrant_url,
        settings.qdrant_api_key,
        settings.store,
        told,
        owner,
    )


def _titles_in(catalogue: Catalogue, pair: str) -> Set[str]:
    """Return the ids of titles that may have points in a pair; empty if none is complete in it.

    A title whose indexing was interrupted has a folder and no manifest yet.
    """
    whole = {each.title.title_id: each.pair for each in catalogue.manifests()}
    if pair not in whole.values():
        return frozenset()
    unfinished = catalogue.title_ids() - whole.keys()
    return unfinished | {title_id for title_id, own in whole.items() if own == pair}
