"""Spans of a title that can be cut out without cutting into a line of dialogue."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor

from indexer.records import Line, Shot

SHORTEST = 1.0
"""Seconds: a shorter piece cannot be read."""
LONGEST = 8.0
"""Seconds: a longer piece holds a trailer up."""

LATE = 2.0
"""Seconds before the last moment that a piece may end at, in which a quiet one is looked for."""

Frames = tuple[int, int]
"""A first frame and an exclusive end."""


def spoken(lines: Sequence[Line], fps: Fraction) -> list[Frames]:
    """Return the frames in which each line is heard, in order."""
    return sorted(
        (floor(line.start * fps), ceil(line.end * fps)) for line in lines if line.start < line.end
    )


def cuts_into(frame: int, heard: Sequence[Frames]) -> bool:
    """Return whether a cut before ``frame`` leaves out a part of a line."""
    return any(start < frame < end for start, end in heard)


def runs(shots: Sequence[Shot], heard: Sequence[Frames]) -> list[range]:
    """Return the shortest runs of shots, by index, whose ends cut into no line.

    Together they are all the shots: those that share a line stay together.

    Args:
        shots: of one title, in order.
        heard: what ``spoken`` found.
    """
    found: list[range] = []
    first = 0
    for at in range(1, len(shots) + 1):
        if at == len(shots) or not cuts_into(shots[at].start_frame, heard):
            found.append(range(first, at))
            first = at
    return found


def fitted(
    shots: Sequence[Shot],
    heard: Sequence[Frames],
    fps: Fraction,
    level: Callable[[int], float] = lambda _: 0.0,
) -> Frames | None:
    """Return as much of a run as a trailer can take, from its start; None where that is nothing.

    A run that is too long ends at its last cut that is near enough and at which nobody speaks.
    Without one, it ends at the quietest of the last moments at which nobody speaks.

    Args:
        shots: a run of one title.
        heard: what ``spoken`` found.
        fps: the title's rate.
        level: how loud it is around a frame.
    """
    start, end = shots[0].start_frame, shots[-1].end_frame
    least, most = start + ceil(SHORTEST * fps), start + floor(LONGEST * fps)
    if end < least:
        return None
    if end <= most:
        return start, end
    cuts = [shot.start_frame for shot in shots if least <= shot.start_frame <= most]
    for frame in reversed(cuts):
        if not cuts_into(frame, heard):
            return start, frame
    free = [frame for frame in range(most, least - 1, -1) if not cuts_into(frame, heard)]
    late = [frame for frame in free if frame > free[0] - LATE * fps]
    return (start, min(late, key=level)) if late else None
