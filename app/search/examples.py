"""The examples that a request contains: read before the search, within limits of their own."""

from dataclasses import dataclass

from app.search.example_clip import ClipReader
from app.search.example_still import Still, StillReader
from app.search.request import SearchRequest
from app.search.similarity import Vector
from indexer.models import Models
from indexer.settings import Settings


@dataclass(frozen=True, eq=False)
class Examples:
    """A picture, and the pictures of a clip's shots [n, d] as unit rows; None where not given."""

    still: Still | None = None
    clip: Vector | None = None


NO_EXAMPLES = Examples()


class ExampleReader:
    """Reads the examples of requests. Safe between threads."""

    def __init__(self, settings: Settings, models: Models) -> None:
        self._stills = StillReader(settings.examples)
        self._clips = ClipReader(settings, models)

    def read(self, request: SearchRequest) -> Examples:
        """Return the examples of a request, as far as it wants to search by them.

        Raises:
            RequestError: one cannot be read, or is beyond the limits.
            BusyError: too many of others are being read.
        """
        still = request.still if not request.routes or "still" in request.routes else None
        clip = request.clip if not request.routes or "clip" in request.routes else None
        return Examples(
            self._stills.read(still) if still else None,
            self._clips.read(clip) if clip else None,
        )
