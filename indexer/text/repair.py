"""Repairs the times of lines from a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from indexer.records import Line

LONGEST = 120.0
"""Seconds; a line that stays longer has a broken end."""

READING = 15.0
"""Characters read in a second: gives a line without an end one (usual subtitling practice)."""

CROWD = 3
"""Lines that may begin while another one lasts: more, and its end is broken."""


@dataclass(frozen=True)
class Repaired:
    """Lines in order of time, with counts of the repairs.

    ``beyond`` counts the lines dropped because they begin after the film's end.
    """

    lines: tuple[Line, ...]
    repaired: int
    beyond: int


def repair(lines: Sequence[Line], duration: float) -> Repaired:
    """Return the lines in order, each with an end after its start, within the film.

    Two lines may overlap, as two people may speak at once. Doubled lines (layers of styling)
    become one.

    Args:
        lines: as parsed.
        duration: of the film, in seconds; 0 is unknown.
    """
    ordered = sorted(lines, key=lambda line: (line.start, line.end))
    moved = sum(a.start > b.start for a, b in pairwise(lines))
    unique = list(dict.fromkeys(ordered))
    inside = [line for line in unique if not 0 < duration <= line.start]
    later = _later_starts(inside)
    timed = [_with_end(inside, i, later[i]) for i in range(len(inside))]
    broken = sum(old != new for old, new in zip(inside, timed, strict=True))
    if duration > 0:
        timed = [replace(line, end=min(line.end, duration)) for line in timed]
    return Repaired(tuple(timed), moved + broken, len(unique) - len(inside))


def _later_starts(lines: Sequence[Line]) -> list[float]:
    """Return for each line when the next one begins that begins after it; infinity for the last.

    One pass from the end, so that lines that all begin together take no longer than others.
    """
    later = [inf] * len(lines)
    for i in range(len(lines) - 2, -1, -1):
        following = lines[i + 1].start
        later[i] = following if following > lines[i].start else later[i + 1]
    return later


def _with_end(lines: Sequence[Line], i: int, later: float) -> Line:
    """Return a line with a plausible end."""
    line = lines[i]
    crowd = i + CROWD < len(lines) and lines[i + CROWD].start < line.end
    if line.start < line.end <= line.start + LONGEST and not crowd:
        return line
    end = line.start + min(7.0, max(1.0, len(line.text) / READING))
    return replace(line, end=min(end, later))
