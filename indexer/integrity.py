"""Whether search finds in the store what the catalogue has indexed."""

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.store.base import LEVELS, Store, pair
from indexer.versions import searched_pair


def complete_pair(catalogue: Catalogue, store: Store) -> str | None:
    """Return the name of the pair that search reads; None where no title is indexed.

    Raises:
        ReelfindError: the pair is missing, lacks shots or clips of titles that are indexed, or
            its points cannot be read.
    """
    name = searched_pair(store)
    manifests = catalogue.manifests()
    if name is None and not manifests:
        return None
    if name is None:
        raise ReelfindError(
            f"{store.place}: holds no index of the {len(manifests)} titles of {catalogue.path}; "
            + _next_step(catalogue)
        )
    for level, collection in zip(LEVELS, pair(name), strict=True):
        own = [each for each in manifests if each.pair == name]
        wanted = sum(each.shots if level == LEVELS[0] else each.clips for each in own)
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
