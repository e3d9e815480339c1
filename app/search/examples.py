"""What a search sends along as an example: read before it, so that no other search waits."""

from dataclasses import dataclass

from app.search.likeness import Vector
from app.search.request import SearchRequest
from app.search.sent_clip import ClipReader
from app.search.stills import Still, StillReader
from indexer.models import Models
from indexer.settings import Settings


@dataclass(frozen=True, eq=False)
class Sent:
    """A picture, and the pictures of a clip's shots [n, d] as unit rows; None where not sent."""

    still: Still | None = None
    clip: Vector | None = None


NOTHING = Sent()


class SentReader:
    """Reads what searches send. Safe between threads."""

    def __init__(self, settings: Settings, models: Models) -> None:
        self._stills = StillReader(settings.examples)
        self._clips = ClipReader(settings, models)

    def read(self, request: SearchRequest) -> Sent:
        """Return what a request sends, as far as it wants to search by it.

        Raises:
            RequestError: it cannot be read, or is beyond the limits.
            BusyError: too much of others is being read.
        """
        still = request.still if not request.routes or "still" in request.routes else None
        clip = request.clip if not request.routes or "clip" in request.routes else None
        return Sent(
            self._stills.read(still) if still else None,
            self._clips.read(clip) if clip else None,
        )
