"""Assigns lines of dialogue to shots."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

from indexer.records import Line, Shot

SHARE_OF_LINE = 1 / 3
"""A shot has a line when this part of the line is heard in it."""

SHARE_OF_SHOT = 1 / 2
"""A shot also has a line that fills this part of the shot: one under a long speech."""


def assign(lines: Sequence[Line], shots: Sequence[Shot], fps: Fraction) -> list[str]:
    """Return the text of each shot: its lines in order, one space between.

    A line that crosses a cut goes to each shot with at least a third of the line and to each shot
    that it fills at least by half; without such a shot, to the one with the largest part. A line
    outside every shot is left out.

    Args:
        lines: in order of time.
        shots: in order, without overlap.
        fps: the title's frame rate.
    """
    starts = [float(shot.start_frame / fps) for shot in shots]
    ends = [float(shot.end_frame / fps) for shot in shots]
    texts: list[list[str]] = [[] for _ in shots]
    for line in lines:
        for shot in _shots_of(line, starts, ends):
            texts[shot].append(line.text)
    return [" ".join(words) for words in texts]


def _shots_of(line: Line, starts: Sequence[float], ends: Sequence[float]) -> list[int]:
    """Return the shots that a line belongs to."""
    first = bisect_right(ends, line.start)
    heard: dict[int, float] = {}
    for shot in range(first, len(starts)):
        if starts[shot] >= line.end:
            break
        heard[shot] = min(ends[shot], line.end) - max(starts[shot], line.start)
    mostly = [
        shot
        for shot, seconds in heard.items()
        if seconds >= SHARE_OF_LINE * (line.end - line.start)
        or seconds >= SHARE_OF_SHOT * (ends[shot] - starts[shot])
    ]
    return mostly or sorted(heard, key=lambda shot: -heard[shot])[:1]
