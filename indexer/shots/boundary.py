"""Where a shot begins."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Boundary:
    """Where a shot begins, and the span of frames ``first`` to ``end`` of its transition.

    A hard cut has an empty span.
    """

    frame: int
    first: int
    end: int

    @classmethod
    def cut(cls, frame: int) -> "Boundary":
        """Return a hard cut."""
        return cls(frame, frame, frame)

    @classmethod
    def gradual(cls, first: int, end: int) -> "Boundary":
        """Return a transition; its frames show both shots, so the second begins in the middle."""
        return cls((first + end + 1) // 2, first, end)
