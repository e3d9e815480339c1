"""What state a catalogue can be in, as pages and programs are told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.search.compatibility import notice_of
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.opening import open_index
from indexer.settings import Settings
from indexer.status import running
from indexer.store.base import Store


@dataclass(frozen=True)
class CatalogueState:
    """Whether there is something to search, and what to do if not.

    ``progress`` (0..1) is that of the process that is indexing, if one is. ``notice`` says what
    is left out of searches, where the index was made by an earlier version.
    """

    kind: Literal["empty", "indexing", "ready", "broken"]
    message: str
    next_step: str
    titles: int = 0
    progress: float | None = None
    notice: str = ""


def state_of(
    catalogue: Catalogue, is_open: bool, searched_pair: Callable[[], str | None]
) -> CatalogueState:
    """Return what there is to search, or why there is nothing.

    Args:
        catalogue: the data directory.
        is_open: whether this process has the store open.
        searched_pair: returns the pair that search reads, or raises why it cannot.
    """
    working = running(catalogue)
    try:
        titles = len(catalogue.manifests())
        if working is not None and not (is_open and titles):
            what = f"{working.title}: {working.stage}" if working.title else working.stage
            return CatalogueState(
                "indexing",
                f"Films are being indexed ({what}).",
                "Searching starts by itself when indexing is done.",
                titles,
                working.progress,
            )
        if not titles:
            return CatalogueState(
                "empty",
                f"Nothing is indexed in {catalogue.path} yet.",
                f"reelfind index FOLDER --data {catalogue.path}",
            )
        # Asks a server, so that one that is away is told of here.
        notice = notice_of(searched_pair())
    except ReelfindError as error:
        return CatalogueState("broken", str(error), "Reload this page when that is done.")
    step = f"reelfind index --data {catalogue.path}" if notice else ""
    return CatalogueState("ready", f"{titles} titles.", step, titles, notice=notice)


def open_for_search(catalogue: Catalogue, settings: Settings) -> Store:
    """Return the store of a data directory, opened for its profile.

    Raises:
        ReelfindError: nothing is indexed, the profile is another, or it cannot be opened.
    """
    if catalogue.profile is None:
        raise ReelfindError(
            f"{catalogue.path}: nothing is indexed here; run reelfind index "
            f"FOLDER --data {catalogue.path}"
        )
    catalogue.check_profile(settings.profile)
    return open_index(catalogue, settings)
