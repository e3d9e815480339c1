"""The material of a trailer, and the brief for it."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from indexer.errors import ReelfindError

ArcName = Literal["rising", "three-act", "even"]


class TrailerError(ReelfindError):
    """No trailer can be suggested as asked."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked: ``seconds`` at most, an arc, and whether endings may be told."""

    seconds: float
    arc: ArcName = "rising"
    spoilers: bool = False

    def __post_init__(self) -> None:
        """Refuse a length that is none.

        Raises:
            TrailerError: it is negative or not finite.
        """
        if not 0 < self.seconds < math.inf:
            raise TrailerError(f"{self.seconds:g} s: not a length; give a number of seconds")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a title that a trailer may take whole; it cuts into no spoken line.

    ``start`` and ``end`` are frames, ``end`` exclusive; ``fps`` is the title's rate.
    ``worthiness`` lies in 0..1. ``shots`` is how many shots it shows. ``place`` and
    ``ends`` are where in its title it begins and ends, in 0..1.
    """

    title_id: str
    start: int
    end: int
    fps: Fraction
    worthiness: float
    tones: tuple[str, ...]
    shots: int
    place: float
    ends: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return float((self.end - self.start) / self.fps)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span with its intensity among all that could be taken: 0 is the calmest, 1 the wildest."""

    span: Span
    intensity: float

    @property
    def order(self) -> tuple[str, int]:
        """Sort key and identity of a candidate."""
        return self.span.title_id, self.span.start
