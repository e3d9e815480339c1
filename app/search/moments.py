"""Moments: two searches joined along a title, and hits that touch joined to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.search.fusion import Found

LONGEST = 60.0
"""Seconds: moments do not grow longer by joining, or a film would become one."""


@dataclass(frozen=True)
class Unit:
    """A clip or shot on its title's time line, in seconds and frames, end exclusive."""

    id: str
    title_id: str
    start_frame: int
    end_frame: int
    start: float
    end: float


@dataclass(frozen=True)
class Pair:
    """A shot found by the first words and one found by the second, and what they score."""

    first: Found
    second: Found
    score: float


def follow(
    first: Mapping[str, tuple[Found, float]],
    second: Mapping[str, tuple[Found, float]],
    within: float,
) -> list[Pair]:
    """Return for each shot of ``first`` its best follower among ``second``, best pairs first.

    A shot follows another of its title when it starts at or after the other's end, no more than
    ``within`` seconds later. A pair scores the mean of its two; ties go to the earlier follower.

    Args:
        first: the shots that the first words found, by id, with their scores.
        second: those of the second words.
        within: in seconds.
    """
    by_title: dict[str, list[tuple[Found, float]]] = {}
    for found, score in second.values():
        by_title.setdefault(found.payload["title_id"], []).append((found, score))
    pairs = []
    for found, score in first.values():
        end = found.payload["end_seconds"]
        later = [
            (other, (score + other_score) / 2)
            for other, other_score in by_title.get(found.payload["title_id"], [])
            if found.payload["end_frame"] <= other.payload["start_frame"]
            and other.payload["start_seconds"] - end <= within
        ]
        if later:
            best = min(later, key=lambda each: (-each[1], each[0].payload["start_frame"]))
            pairs.append(Pair(found, *best))
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first.id))


def join_touching(units: Sequence[Unit], longest: float = LONGEST) -> list[list[Unit]]:
    """Join units that overlap or touch, best first: each to the best moment that it touches.

    Returns the moments in the order of their best units, each with its units, the best first. A
    unit joins a moment when it overlaps it or begins where it ends (or the other way round) and
    both together are not longer than ``longest`` seconds; otherwise it begins a moment.
    """
    moments: list[list[Unit]] = []
    spans: list[tuple[str, int, int, float, float]] = []
    for unit in units:
        for place, (title, start, end, begin, finish) in enumerate(spans):
            if title != unit.title_id or unit.start_frame > end or start > unit.end_frame:
                continue
            begin, finish = min(begin, unit.start), max(finish, unit.end)
            if finish - begin <= longest:
                moments[place].append(unit)
                start, end = min(start, unit.start_frame), max(end, unit.end_frame)
                spans[place] = (title, start, end, begin, finish)
                break
        else:
            moments.append([unit])
            spans.append((unit.title_id, unit.start_frame, unit.end_frame, unit.start, unit.end))
    return moments
