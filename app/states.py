"""What state a catalogue can be in, as pages and programs are told."""

from dataclasses import dataclass
from typing import Literal


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
