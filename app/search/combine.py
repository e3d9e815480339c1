"""Turns results of routes into ranked candidates: fuses them, cuts the tail, joins two queries."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.search.execute import Found, RankedList
from app.search.nearest import SPOKEN, Match
from app.search.plan import Query, SearchPlan
from app.search.request import RouteName
from app.search.scale import Scales
from indexer.store.names import CLIP_ID


class Reason(NamedTuple):
    """Why something was found: its rank (from 1) on a route, and the words that asked.

    ``strength`` is how far its score is on the way from nothing (0) to the route's best (1).
    """

    route: RouteName
    rank: int
    match: Match
    text: str
    strength: float


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
    """Candidates, best first, and how many more there were before the tail was cut.

    ``scales`` are those of the queries, by which the same queries are cut with other filters.
    """

    candidates: list[Candidate]
    cut: int = 0
    scales: Sequence[Scales] = ()


@dataclass(frozen=True)
class _Fused:
    """The results of one query: scores by id, best first, reasons, and the relevant ids."""

    scores: Mapping[str, float]
    reasons: Mapping[str, list[Reason]]
    relevant: AbstractSet[str]


def combine(plan: SearchPlan, found: Found) -> Ranking:
    """Return a plan's candidates, best first, regardless of order and page.

    Args:
        plan: the plan.
        found: the results of the routes, by query.
    """
    fused = [_fuse(plan, *each) for each in zip(plan.queries, found.ranked, strict=True)]
    if plan.combination == "then":
        ranking = _in_time(plan, *fused)
    elif plan.combination == "also":
        ranking = _together(plan, *fused)
    else:
        (only,) = fused
        candidates = [
            Candidate(identity, score, only.reasons[identity])
            for identity, score in only.scores.items()
        ]
        ranking = _cut(plan, candidates, only.relevant)
    return replace(ranking, scales=found.scales)


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

    On a route that is a score of at least ``fraction`` of the way to the best, see ``Scale``.
    """
    return {
        match.id
        for each in ranked
        for match in each.matches
        if match.score >= each.scale.part_way(fraction)
    }


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
    """Return the reasons of every id, the most telling first."""
    reasons: dict[str, list[Reason]] = {}
    for each in ranked:
        for rank, match in enumerate(each.matches, start=1):
            strength = each.scale.strength(match.score)
            reason = Reason(each.route, rank, match, each.said or query.text, strength)
            reasons.setdefault(match.id, []).append(reason)
    return {
        identity: own if len(own) == 1 else _most_telling_first(query, own)
        for identity, own in reasons.items()
    }


def _most_telling_first(query: Query, reasons: Sequence[Reason]) -> list[Reason]:
    """Return the reasons for a hit, the strongest first, and last what only reorders hits.

    That a line has the words tells more than that it means the same.
    """

    def key(reason: Reason) -> tuple[bool, float, bool, int]:
        strength = reason.strength
        exact = reason.route == "words"
        if exact:
            shot = reason.match.shot
            strength = max(
                each.strength
                for each in reasons
                if each is reason or (each.route in SPOKEN and each.match.shot == shot)
            )
        reorders = reason.route == "preference" and not query.only_preferences
        return reorders, -strength, not exact, reason.rank

    return sorted(reasons, key=key)


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
