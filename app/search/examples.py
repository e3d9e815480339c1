"""Reads the examples in a request before the search, within their own limits."""

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
    """Reads the examples of requests. Thread-safe."""

    def __init__(self, settings: Settings, models: Models) -> None:
        self.stills = StillReader(settings.examples)
        self._clips = ClipReader(settings, models)

    def read(self, request: SearchRequest) -> Examples:
        """Return the examples of a request that its routes use.

        Raises:
            RequestError: one cannot be read, or exceeds the limits.
            BusyError: too many others are being read.
        """
        still = request.still if not request.routes or "still" in request.routes else None
        clip = request.clip if not request.routes or "clip" in request.routes else None
        return Examples(
            self.stills.read(still) if still else None,
            self._clips.read(clip) if clip else None,
        )
