"""The state of a catalogue, for pages and programs."""

from dataclasses import dataclass
from typing import Literal

from app.index import Index
from app.search.compatibility import notice_of
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.status import running


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


def state_of(catalogue: Catalogue, index: Index) -> CatalogueState:
    """Return the state of a data directory: what can be searched, or why nothing can."""
    working = running(catalogue)
    try:
        if working is not None and not index.is_open:
            # The indexing process may hold the store, so titles are counted by their files.
            listed, titles = None, catalogue.count()
        else:
            # Asks the server, so that an unreachable one is reported here.
            listed = index.listing
            titles = listed.count()
        if working is not None and not (index.is_open and titles):
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
        notice = notice_of(listed.pair if listed else None)
    except ReelfindError as error:
        return CatalogueState("broken", str(error), "Reload this page when that is done.")
    step = f"reelfind index --data {catalogue.path}" if notice else ""
    return CatalogueState("ready", f"{titles} titles.", step, titles, notice=notice)
