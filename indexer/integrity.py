"""Checks that the store is complete: it has the shots and clips of every indexed title."""

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.store.base import Store
from indexer.store.names import LEVELS, pair
from indexer.title_points import TitlePoints
from indexer.versions import searched_pair


def complete_pair(catalogue: Catalogue, store: Store) -> str | None:
    """Return the name of the pair that search uses; None if no title is indexed.

    Its collection of titles is brought up to date with the catalogue, or created if the index is
    from a version without one.

    Raises:
        ReelfindError: the pair is missing, lacks shots or clips of indexed titles, or its
        points cannot be read.
    """
    name = searched_pair(store)
    if name is None:
        count = len(catalogue.manifests())
        if not count:
            return None
        raise ReelfindError(
            f"{store.place}: holds no index of the {count} titles of {catalogue.path}; "
            + _next_step(catalogue)
        )
    titles = TitlePoints(catalogue, store, name)
    titles.fill()
    for level, collection, wanted in zip(LEVELS, pair(name), titles.totals(), strict=True):
        found = store.count(collection)
        if found < wanted:
            raise ReelfindError(
                f"{store.place}: {wanted - found} of {wanted} {level} are missing from the "
                f"collection {collection}; " + _next_step(catalogue)
            )
    return name


def _next_step(catalogue: Catalogue) -> str:
    return (
        f"run `reelfind index --data {catalogue.path}`, which writes them again from what was "
        "analysed"
    )
