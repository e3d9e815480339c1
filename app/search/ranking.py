"""What a search finds, ranked: routes run, fused, cut, and joined in time."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.search.asking import Asker
from app.search.filters import Tasks
from app.search.fusion import Found, Ranked, fuse_ranks, relevant
from app.search.hits import Reason, reasons_of
from app.search.likeness import members, rocchio, vectors_of
from app.search.moments import follow
from app.search.phrases import said_in
from app.search.quotes import phrases
from app.search.request import RequestError, SearchRequest, SearchRoute
from app.search.routes import Route, Scope, run_route
from app.search.unwanted import unwanted
from indexer.points import CLIP_ID
from indexer.settings import SearchSettings
from indexer.store.base import Store, pair
from indexer.store.names import DIALOGUE, PICTURE
from indexer.store.sparse import Bm25Words


class Candidate(NamedTuple):
    """A clip or shot that a search found; ``joined`` are the two shots of a moment in time."""

    id: str
    score: float
    reasons: Sequence[Reason] = ()
    joined: tuple[Found, Found] | None = None
    second_reasons: Sequence[Reason] = ()


@dataclass(frozen=True)
class Ranking:
    """Candidates, best first, and how many more there were before the tail was cut."""

    candidates: list[Candidate]
    cut: int = 0


@dataclass(frozen=True)
class _Fused:
    """One text's results: scores by id, best first, reasons, and which are relevant."""

    scores: dict[str, float]
    reasons: dict[str, list[Reason]]
    kept: AbstractSet[str]

    def found(self, identity: str) -> Found:
        return self.reasons[identity][0].found


class Ranker:
    """Ranks what a request finds in one pair of collections."""

    def __init__(
        self,
        store: Store,
        name: str,
        asker: Asker,
        settings: SearchSettings,
        words: Bm25Words,
        tasks: Tasks,
    ) -> None:
        self._store = store
        self._name = name
        self._asker = asker
        self._settings = settings
        self._words = words
        self._tasks = tasks

    def rank(self, request: SearchRequest) -> Ranking:
        """Return what the request finds, best first, without regard to its order and page.

        Raises:
            RequestError: an example is unknown, the still is no picture, or no route applies.
        """
        if request.then.strip():
            return self._in_time(request)
        if request.also.strip():
            return self._together(request)
        fused = self._fused(request, request.q, examples_too=True)
        candidates = [
            Candidate(identity, score, fused.reasons[identity])
            for identity, score in fused.scores.items()
        ]
        return _cut(request, candidates, fused.kept)

    def _in_time(self, request: SearchRequest) -> Ranking:
        first = self._fused(request, request.q, examples_too=True, by_shot=True)
        second = self._fused(request, request.then, by_shot=True)

        def joined(firsts: AbstractSet[str], seconds: AbstractSet[str]) -> list[Candidate]:
            pairs = follow(
                {each: (first.found(each), first.scores[each]) for each in firsts},
                {each: (second.found(each), second.scores[each]) for each in seconds},
                request.within,
            )
            best: dict[str, Candidate] = {}
            for each in pairs:
                clip = request.level == "clip"
                identity = each.first.payload[CLIP_ID] if clip else each.first.id
                candidate = Candidate(
                    identity,
                    each.score,
                    first.reasons[each.first.id],
                    (each.first, each.second),
                    second.reasons[each.second.id],
                )
                best.setdefault(identity, candidate)
            return sorted(best.values(), key=lambda each: (-each.score, each.id))

        everything = joined(first.scores.keys(), second.scores.keys())
        if request.tail == "keep":
            return Ranking(everything)
        kept = joined(first.kept, second.kept)
        return Ranking(kept, len(everything) - len(kept))

    def _together(self, request: SearchRequest) -> Ranking:
        first = self._fused(request, request.q, examples_too=True)
        second = self._fused(request, request.also)
        candidates = [
            Candidate(
                identity,
                (score + second.scores[identity]) / 2,
                [*first.reasons[identity], *second.reasons[identity]],
            )
            for identity, score in first.scores.items()
            if identity in second.scores
        ]
        candidates.sort(key=lambda each: (-each.score, each.id))
        return _cut(request, candidates, first.kept & second.kept)

    def _fused(
        self,
        request: SearchRequest,
        text: str,
        *,
        examples_too: bool = False,
        by_shot: bool = False,
    ) -> _Fused:
        routes = self._asker.of_words(request, text)
        if examples_too:
            routes += self._asker.of_examples(request)
        if not routes:
            raise RequestError("routes", "none of them can answer this search; name others or none")
        quoted = phrases(text)
        scope = self._scope(request, quoted, by_shot)
        ranked: list[Ranked[SearchRoute]] = []
        for route in routes:
            # With no line to go by, the neighbours' lines are no better (docs/results/search.md).
            if route.name != "context" or request.routes or _any_line(ranked):
                least = self._least(route, routes, ranked)
                ranked.append(self._run(request, replace(route, least=least), scope))
        kept = relevant(ranked, self._settings.tail)
        if examples_too and request.only_far and self._asker.wanted(request, "like"):
            ranked.append(self._far(request, ranked, by_shot))
        scores = dict(fuse_ranks(ranked, self._settings.rank_constant))
        # What is said word for word is no tail.
        return _Fused(scores, reasons_of(ranked, text), scores.keys() if quoted else kept)

    def _least(
        self, route: Route, routes: Sequence[Route], ranked: Sequence[Ranked[SearchRoute]]
    ) -> float | None:
        """Return the score below which nothing counts on a route.

        Where one vector looks for pictures and for lines, both lie in one space: a line is held
        against the best picture, as no fixed score tells a spoken thing from a seen one.
        """
        if route.using != DIALOGUE:
            return route.least
        best_pictures = (
            own.found[0].score
            for asked, own in zip(routes, ranked, strict=False)
            if own.found and asked.using == PICTURE and asked.vector == route.vector
        )
        best = next(best_pictures, None)
        return route.least if best is None else best * self._settings.line_to_picture

    def _run(self, request: SearchRequest, route: Route, scope: Scope) -> Ranked[SearchRoute]:
        depth, margin = self._settings.depth, self._settings.without
        hidden = unwanted(self._store, self._name, route, scope, depth, margin)
        found = run_route(self._store, self._name, route, replace(scope, hidden=hidden), depth)
        floor = 0.0 if route.name == "words" else route.least
        found = self._without(request, route, found)
        return Ranked(route.name, self._asker.weight(route.name), found, floor)

    def _scope(self, request: SearchRequest, quoted: list[str], by_shot: bool) -> Scope:
        scope = Scope(request, self._tasks, by_shot=by_shot)
        if quoted:
            said = said_in(self._store, self._name, self._words, quoted, request, self._tasks)
            scope = replace(scope, only=said)
        given = [*request.near, *request.far]
        if given:
            never = members(self._store, self._name, given, request.level)
            scope = replace(scope, never=never)
        return scope

    def _far(
        self, request: SearchRequest, ranked: Sequence[Ranked[SearchRoute]], by_shot: bool
    ) -> Ranked[SearchRoute]:
        """Rank what the other routes found by how far it is from what they are not to be like."""
        away = rocchio([], self._asker.far_examples(request), 1.0)
        found = {each.id: each for route in ranked for each in route.found}
        shots, clips = pair(self._name)
        collection = shots if by_shot or request.level == "shot" else clips
        scored = [
            found[identity]._replace(score=float(vector @ away))
            for identity, vector in vectors_of(self._store, collection, list(found)).items()
        ]
        scored.sort(key=lambda each: (-each.score, each.id))
        return Ranked("like", self._asker.weight("like"), scored)

    def _without(self, request: SearchRequest, route: Route, found: list[Found]) -> list[Found]:
        """Drop what was found by a line that says the words it should be without."""
        away = request.without.strip()
        if not away or route.name not in ("dialogue", "words"):
            return found
        return [each for each in found if not self._words.marks(each.line or "", away)]


def _cut(request: SearchRequest, candidates: list[Candidate], kept: AbstractSet[str]) -> Ranking:
    if request.tail == "keep":
        return Ranking(candidates)
    left = [each for each in candidates if each.id in kept]
    return Ranking(left, len(candidates) - len(left))


def _any_line(ranked: Sequence[Ranked[SearchRoute]]) -> bool:
    return any(each.found for each in ranked if each.route in ("dialogue", "words"))
