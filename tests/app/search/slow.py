"""The planner once more, slow and obvious: every rule as a loop over all points."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from app.search.filters import COMPARED, Filters
from app.search.preferences import read_preferences, says_more
from app.search.request import SearchRequest
from indexer.pipeline_sections import SearchSettings
from indexer.traits import VALUES, own_values
from tests.app.search.catalogue import Drawn, Point, spoken_vector_of, vector_of

Scored = dict[str, float]


def overlap(wanted: list[Any], own: Any) -> bool:
    return bool(set(wanted) & set(own if isinstance(own, list) else [own]))


def passes(request: SearchRequest, p: dict[str, Any], percentile: float) -> bool:
    """Say whether a point of the request's level passes its filters.

    ``percentile`` is that of its clip-worthiness.
    """
    for any_, all_, none, key in (
        (request.tone, request.tone_all, request.tone_none, "tones"),
        (request.genre, request.genre_all, request.genre_none, "genres"),
        (request.ad_category, request.ad_category_all, request.ad_category_none, "ad_categories"),
        (request.series, [], request.series_none, "series"),
        (request.language, [], request.language_none, "language"),
        (request.season, [], [], "season"),
    ):
        if any_ and not overlap(any_, p[key]):
            return False
        if not all(overlap([each], p[key]) for each in all_) or overlap(none, p[key]):
            return False
    looks = own_values(p["look"])
    for kind in VALUES:
        wanted = [f"{kind}:{each}" for each in getattr(request, kind)]
        if wanted and not overlap(wanted, looks):
            return False
    heard = [each.removeprefix("sound:") for each in looks]
    if not all(overlap([each], heard) for each in request.sound_all):
        return False
    if overlap(request.sound_none, heard):
        return False
    names = [p["title"], p["title_id"]]
    if (request.title and not overlap(request.title, names)) or overlap(request.title_none, names):
        return False
    for least, most, key in (
        (request.min_popularity, request.max_popularity, "popularity"),
        (request.min_duration, request.max_duration, "duration"),
        (request.min_start, request.max_start, "start_seconds"),
    ):
        if (least is not None and p[key] < least) or (most is not None and p[key] > most):
            return False
    if request.min_worthiness is not None and percentile < request.min_worthiness:
        return False
    if request.max_worthiness is not None and percentile > request.max_worthiness:
        return False
    if request.has_dialogue is not None and bool(p["has_dialogue"]) != request.has_dialogue:
        return False
    for text in request.where:
        if "!=" in text and overlap([text.split("!=")[1]], p["task_mood"]):
            return False
        if text.startswith("mood=") and not overlap([text[5:]], p["task_mood"]):
            return False
        if text.startswith("risk>=") and p["task_risk"] < float(text[6:]):
            return False
        if text.startswith("risk<=") and p["task_risk"] > float(text[6:]):
            return False
    return True


def bare(request: SearchRequest) -> SearchRequest:
    """Return a request without its filters."""
    return request.model_copy(update=Filters().model_dump())


def of_titles(request: SearchRequest) -> SearchRequest:
    """Return a request with those filters only that all of a title passes, or nothing of it."""
    kept = [name for name, each in COMPARED.items() if each.owner == "title"]
    return bare(request).model_copy(update={name: getattr(request, name) for name in kept})


def _middle(found: list[tuple[str, float]]) -> float:
    return median([score for _, score in found] or [0.0])


class Slow:
    """Answers requests over a drawn catalogue by the routes picture, dialogue and like.

    ``apart``: pictures and lines lie in spaces of their own.
    """

    def __init__(self, drawn: Drawn, settings: SearchSettings, apart: bool = False) -> None:
        self.apart = apart
        self.shots, self.clips = drawn.shots, drawn.clips
        self.points = {each.id: each for each in (*drawn.shots, *drawn.clips)}
        self.settings = settings

    def left(self, request: SearchRequest) -> list[Point]:
        points = self.shots if request.level == "shot" else self.clips
        return [each for each in points if passes(request, each.payload, self.percentile(each))]

    def percentile(self, point: Point) -> float:
        """Return the share of the points of its level that are worth no more."""
        points = self.shots if point.payload["level"] == "shot" else self.clips
        scores = [each.payload["clip_worthiness"] for each in points]
        below = sum(bool(each <= point.payload["clip_worthiness"]) for each in scores)
        return below / len(scores)

    def ordered(self, request: SearchRequest, scores: Scored | None = None) -> list[str]:
        """Return the ids of what is left (or has scores) in the request's order."""
        points = self.left(request) if scores is None else [self.points[each] for each in scores]
        if request.order == "time":
            points.sort(
                key=lambda each: [each.payload[k] for k in ("title", "title_id", "start_frame")]
            )
        elif request.order == "relevance" and scores is not None:
            points.sort(key=lambda each: (-scores[each.id], each.id))
        else:
            field = "popularity" if request.order == "popularity" else "clip_worthiness"
            points.sort(key=lambda each: (-each.payload[field], each.id))
        return [each.id for each in points]

    def route(
        self,
        request: SearchRequest,
        using: str,
        query: Any,
        by_shot: bool,
        least: float | None = None,
        preferred: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        allowed = {each.id for each in self.left(request)}
        best: Scored = {}
        for shot in self.shots:
            if preferred is not None and not overlap([*preferred], shot.payload["look"]):
                continue
            owner = shot.id if request.level == "shot" else shot.payload["clip_id"]
            if owner not in allowed or using not in shot.vectors:
                continue
            score = float(np.dot(shot.vectors[using], query))
            identity = shot.id if by_shot else owner
            if least is None or score > least:
                best[identity] = max(score, best.get(identity, score))
        return sorted(best.items(), key=lambda each: (-each[1], each[0]))

    def routes(
        self, request: SearchRequest, text: str, by_shot: bool, line_at_least: float | None = None
    ) -> dict[str, tuple[float, list[tuple[str, float]], float]]:
        """Return of each route its weight, what it finds, and the score of what is unrelated."""
        pictures = self.route(request, "picture", vector_of(text), by_shot)
        least = self.settings.least_dialogue
        if pictures and not self.apart:
            least = pictures[0][1] * self.settings.line_to_picture
        if line_at_least is not None:
            least = line_at_least
        spoken = spoken_vector_of(text, self.apart)
        lines = self.route(request, "dialogue", spoken, by_shot, least=least)
        weights = self.settings.weights
        routes = {
            "picture": (weights["picture"], pictures, _middle(pictures)),
            "dialogue": (weights["dialogue"], lines, least),
        }
        for each in read_preferences(text, request.as_words):
            values = [f"{each.filter}:{value}" for value in each.values]
            near = self.route(request, "picture", vector_of(text), by_shot, preferred=values)
            routes[f"prefers {values}"] = (self.settings.preference, near, _middle(near))
        return routes

    def fused(
        self, request: SearchRequest, text: str, by_shot: bool = False
    ) -> tuple[Scored, set[str]]:
        """Return the score of every id, and the ids that are no tail.

        What is tail is told by scores of the whole catalogue, whatever the filters are.
        """
        whole = self.routes(bare(request), text, by_shot)
        routes = self.routes(request, text, by_shot, whole["dialogue"][2])
        only = not says_more(text, read_preferences(text, request.as_words))
        scores: Scored = {}
        kept = set()
        for name, (weight, found, _) in routes.items():
            _, everything, floor = whole[name]
            for rank, (identity, score) in enumerate(found, 1):
                part = weight / (self.settings.rank_constant + rank)
                scores[identity] = scores.get(identity, 0.0) + part
                if name.startswith("prefers") and not only:
                    continue
                if score >= floor + self.settings.tail * (everything[0][1] - floor):
                    kept.add(identity)
        most = sum(weight for weight, _, _ in routes.values()) / (self.settings.rank_constant + 1)
        return {identity: score / most for identity, score in scores.items()}, kept

    def found(self, request: SearchRequest) -> tuple[Scored, int]:
        """Return the score of every hit, and how many are cut."""
        if request.then:
            return self.in_time(request)
        scores, kept = self.fused(request, request.q)
        if request.also:
            others, kept_too = self.fused(request, request.also)
            both = scores.keys() & others.keys()
            scores = {each: (scores[each] + others[each]) / 2 for each in both}
            kept &= kept_too
        if request.tail == "keep":
            return scores, 0
        left = {each: score for each, score in scores.items() if each in kept}
        return left, len(scores) - len(left)

    def in_time(self, request: SearchRequest) -> tuple[Scored, int]:
        first, kept = self.fused(request, request.q, by_shot=True)
        second, kept_too = self.fused(of_titles(request), request.then, by_shot=True)

        def moments(ones: set[str], others: set[str]) -> Scored:
            best: Scored = {}
            for one in ones:
                for other in others:
                    a, b = self.points[one].payload, self.points[other].payload
                    gap = b["start_seconds"] - a["end_seconds"]
                    if a["title_id"] == b["title_id"] and 0 <= gap <= request.within:
                        identity = a["clip_id"] if request.level == "clip" else one
                        score = (first[one] + second[other]) / 2
                        best[identity] = max(score, best.get(identity, score))
            return best

        everything = moments(set(first), set(second))
        if request.tail == "keep":
            return everything, 0
        left = moments(kept, kept_too)
        return left, len(everything) - len(left)

    def counts(
        self, request: SearchRequest, filter_: str, key: str, kind: str = ""
    ) -> Counter[str]:
        """Count the values beside a filter, which is taken away for it; of looks, one kind."""
        unset = SearchRequest.model_fields[filter_].get_default()
        others = request.model_copy(update={filter_: unset})
        ids = self.found(others)[0] if others.seeks else self.ordered(others)
        counter: Counter[str] = Counter()
        for each in ids:
            value = self.points[each].payload[key]
            counter.update(str(v) for v in (value if isinstance(value, list) else [value]))
        del counter["None"]
        if kind:
            start = f"{kind}:"
            looks = {each: count for each, count in counter.items() if each.startswith(start)}
            return Counter({each.removeprefix(start): count for each, count in looks.items()})
        return counter

    def values(self, request: SearchRequest, name: str, key: str) -> list[float]:
        """Return the values of a field that ``min_`` and ``max_`` of ``name`` bound, unbounded."""
        others = request.model_copy(update={f"min_{name}": None, f"max_{name}": None})
        ids = self.found(others)[0] if others.seeks else self.ordered(others)
        if name == "worthiness":
            return [self.percentile(self.points[each]) for each in ids]
        return [self.points[each].payload[key] for each in ids]
