"""Turns results of routes into ranked candidates: fuses them, cuts the tail, joins two queries."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from app.search.execute import RankedList
from app.search.nearest import Match
from app.search.plan import Query, SearchPlan
from app.search.request import RouteName
from indexer.store.names import CLIP_ID


class Reason(NamedTuple):
    """Why something was found: its rank (from 1) on a route, and the words that asked."""

    route: RouteName
    rank: int
    match: Match
    text: str


class Candidate(NamedTuple):
    """A clip or shot that may become a hit.

    ``moment`` holds two shots of which one follows the other, and ``second_reasons`` the reasons
    for the second; ``merged`` the ids of adjacent clips or shots that form one hit.
    """

    id: str
    score: float
    reasons: Sequence[Reason] = ()
    moment: tuple[Match, Match] | None = None
    second_reasons: Sequence[Reason] = ()
    merged: Sequence[str] = ()


@dataclass(frozen=True)
class Ranking:
    """Candidates, best first, and how many more there were before the tail was cut."""

    candidates: list[Candidate]
    cut: int = 0


@dataclass(frozen=True)
class _Fused:
    """The results of one query: scores by id, best first, reasons, and the relevant ids."""

    scores: Mapping[str, float]
    reasons: Mapping[str, list[Reason]]
    relevant: AbstractSet[str]


def combine(plan: SearchPlan, found: Sequence[Sequence[RankedList]]) -> Ranking:
    """Return a plan's candidates, best first, regardless of order and page.

    Args:
        plan: the plan.
        found: the results of the routes, by query.
    """
    fused = [_fuse(plan, *each) for each in zip(plan.queries, found, strict=True)]
    if plan.combination == "then":
        return _in_time(plan, *fused)
    if plan.combination == "also":
        return _together(plan, *fused)
    (only,) = fused
    candidates = [
        Candidate(identity, score, only.reasons[identity])
        for identity, score in only.scores.items()
    ]
    return _cut(plan, candidates, only.relevant)


def fuse_ranks(ranked: Sequence[RankedList], constant: int) -> Mapping[str, float]:
    """Return the fused score of every id, best first.

    A score is the sum over the routes that found it of ``weight / (constant + rank)``, rank
    counted from 1 (Cormack, Clarke and Büttcher 2009), divided by the most it could be, so
    that 1 is first place on every route. Equal scores are in order of id.
    """
    scores: dict[str, float] = {}
    for each in ranked:
        for rank, match in enumerate(each.matches, start=1):
            scores[match.id] = scores.get(match.id, 0.0) + each.weight / (constant + rank)
    best = sum(each.weight for each in ranked) / (constant + 1)
    order = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return {identity: score / best for identity, score in order}


def relevant(ranked: Sequence[RankedList], fraction: float) -> AbstractSet[str]:
    """Return the ids that are relevant on at least one route.

    On a route that is a score of at least ``fraction`` of the way from its floor, or its middle
    (median) score, to its best: relative, since scores of one query mean nothing for another.
    """
    kept: set[str] = set()
    for each in ranked:
        scores = [match.score for match in each.matches]
        if scores:
            floor = median(scores) if each.floor is None else each.floor
            min_score = floor + fraction * (max(scores) - floor)
            kept.update(match.id for match in each.matches if match.score >= min_score)
    return kept


def follow(
    first: Mapping[str, tuple[Match, float]],
    second: Mapping[str, tuple[Match, float]],
    within: float,
) -> list[tuple[Match, Match, float]]:
    """Return for each shot of ``first`` its best follower among ``second``, and their score.

    A shot follows another of its title when it starts at or after the other's end, no more than
    ``within`` seconds later. A pair scores the mean of its two; ties go to the earlier follower.
    The best pairs come first.

    Args:
        first: the shots that the first query found, by id, with their scores.
        second: those of the second query.
        within: in seconds.
    """
    by_title: dict[str, list[tuple[Match, float]]] = {}
    for match, score in second.values():
        by_title.setdefault(match.payload["title_id"], []).append((match, score))
    pairs = []
    for match, score in first.values():
        end = match.payload["end_seconds"]
        later = [
            (other, (score + other_score) / 2)
            for other, other_score in by_title.get(match.payload["title_id"], [])
            if match.payload["end_frame"] <= other.payload["start_frame"]
            and other.payload["start_seconds"] - end <= within
        ]
        if later:
            best = min(later, key=lambda each: (-each[1], each[0].payload["start_frame"]))
            pairs.append((match, *best))
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0].id))


def _fuse(plan: SearchPlan, query: Query, ranked: Sequence[RankedList]) -> _Fused:
    scores = fuse_ranks(ranked, plan.settings.rank_constant)
    # Negative examples and preferences only reorder results; they make nothing relevant.
    routes = ranked[:-1] if query.away_from is not None else ranked
    if not query.only_preferences:
        routes = [each for each in routes if each.route != "preference"]
    # A word-for-word match of dialogue is never part of the tail.
    kept = scores.keys() if query.phrases else relevant(routes, plan.settings.tail)
    return _Fused(scores, _reasons(query, ranked), kept)


def _reasons(query: Query, ranked: Sequence[RankedList]) -> Mapping[str, list[Reason]]:
    """Return the reasons of every id, best place first."""
    reasons: dict[str, list[Reason]] = {}
    for each in ranked:
        for rank, match in enumerate(each.matches, start=1):
            reason = Reason(each.route, rank, match, each.said or query.text)
            reasons.setdefault(match.id, []).append(reason)
    for own in reasons.values():
        if len(own) > 1:
            own.sort(key=lambda reason: reason.rank)
    return reasons


def _in_time(plan: SearchPlan, first: _Fused, second: _Fused) -> Ranking:
    everything = _moments(plan, first, second, first.scores.keys(), second.scores.keys())
    if plan.keep_tail:
        return Ranking(everything)
    kept = _moments(plan, first, second, first.relevant, second.relevant)
    return Ranking(kept, len(everything) - len(kept))


def _moments(
    plan: SearchPlan,
    first: _Fused,
    second: _Fused,
    firsts: AbstractSet[str],
    seconds: AbstractSet[str],
) -> list[Candidate]:
    """Return the best moment of each clip or shot that one of ``firsts`` begins."""
    best: dict[str, Candidate] = {}
    for one, other, score in follow(
        {each: (first.reasons[each][0].match, first.scores[each]) for each in firsts},
        {each: (second.reasons[each][0].match, second.scores[each]) for each in seconds},
        plan.within,
    ):
        identity = one.payload[CLIP_ID] if plan.level == "clip" else one.id
        reasons, second_reasons = first.reasons[one.id], second.reasons[other.id]
        candidate = Candidate(identity, score, reasons, (one, other), second_reasons)
        best.setdefault(identity, candidate)
    return sorted(best.values(), key=_best_first)


def _together(plan: SearchPlan, first: _Fused, second: _Fused) -> Ranking:
    candidates = [
        Candidate(
            identity,
            (score + second.scores[identity]) / 2,
            [*first.reasons[identity], *second.reasons[identity]],
        )
        for identity, score in first.scores.items()
        if identity in second.scores
    ]
    candidates.sort(key=_best_first)
    return _cut(plan, candidates, first.relevant & second.relevant)


def _best_first(candidate: Candidate) -> tuple[float, str]:
    return -candidate.score, candidate.id


def _cut(plan: SearchPlan, candidates: list[Candidate], kept: AbstractSet[str]) -> Ranking:
    if plan.keep_tail:
        return Ranking(candidates)
    left = [each for each in candidates if each.id in kept]
    return Ranking(left, len(candidates) - len(left))
