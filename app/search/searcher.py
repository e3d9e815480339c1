"""The one planner of searches, behind the browser, the command line and the API."""

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from qdrant_client import models

from app.records import Facets, Group, Hit, Neighbours, SearchResponse, Why
from app.search.arranging import (
    OF_TITLE,
    Item,
    by_title,
    in_order,
    joined,
    needs_payloads,
    spread_out,
)
from app.search.asking import Asker
from app.search.browsing import browse, order_key
from app.search.compatibility import notice_of, without_closed
from app.search.cursor import BY_RANK, BY_SCORE, IN_TIME, Position, read_cursor, write_cursor
from app.search.examples import NOTHING, Sent
from app.search.facets import count_facets
from app.search.filters import Tasks, build_filter
from app.search.hits import make_hit, make_part, spanning, tell
from app.search.likeness import is_point
from app.search.ranking import Candidate, Ranker, Ranking
from app.search.request import RequestError, SearchRequest
from indexer.models import Models
from indexer.points import CLIP_ID
from indexer.settings import SearchSettings
from indexer.store.base import Store, pair
from indexer.store.sparse import Bm25Words
from indexer.versions import searched_pair

POOL = 1000
"""What is grouped, joined or spread out without words: the first so many in their order."""

Payload = Mapping[str, Any]


class Searcher:
    """Plans and runs searches over the current pair of collections.

    Args:
        store: where points are.
        models_: the networks that embed what is looked for.
        settings: weights of the routes, and the rest.
        tasks: those that ``where`` may name and that facets count.
        sent: what the request sends along, read; without it such a request is refused.
    """

    def __init__(
        self,
        store: Store,
        models_: Models,
        settings: SearchSettings,
        tasks: Tasks | None = None,
        sent: Sent = NOTHING,
    ) -> None:
        self._store = store
        self._models = models_
        self._settings = settings
        self._tasks = tasks or {}
        self._sent = sent
        self._words = Bm25Words()

    def run(self, request: SearchRequest) -> SearchResponse:
        """Return a page of hits. Without words, what the filters leave, worthiest first.

        The time it reports is that of the search, not of loading networks before the first.

        Raises:
            RequestError: a field makes no sense here, such as the cursor of another search.
        """
        self._load(request)
        began = time.perf_counter()
        name = searched_pair(self._store)
        if name is None:
            answer = SearchResponse(query=request, took_ms=0.0, hits=[])
        elif request.seeks or request.merge or request.diverse or request.group == "title":
            answer = self._arranged(name, request)
        else:
            answer = self._browsed(name, request)
        took = round((time.perf_counter() - began) * 1000, 1)
        # A picture or clip would be most of the answer, and whoever asked has it.
        query = request.model_copy(update={"still": None, "clip": None})
        told = {"took_ms": took, "query": query, "notice": notice_of(name)}
        return answer.model_copy(update=told)

    def facets(self, request: SearchRequest) -> Facets:
        """Count the values beside each filter; a filter does not narrow its own counts."""
        name = searched_pair(self._store)
        if name is None:
            return Facets(tone=[], genre=[], ad_category=[], title=[])
        self._load(request)

        def find(each: SearchRequest) -> Iterable[Payload]:
            candidates = self._ranker(name, each).rank(each).candidates
            return self._payloads(name, each, [c.id for c in candidates]).values()

        collection = _collection(name, request)
        return count_facets(request, self._tasks, self._store, collection, find)

    def neighbours(self, point_id: str, before: int = 3, after: int = 3) -> Neighbours:
        """Return the shots or clips around one in its title, in order of time.

        Raises:
            RequestError: there is no such shot or clip.
        """
        name = searched_pair(self._store)
        for collection in pair(name) if name and is_point(point_id) else ():
            for record in self._store.retrieve(collection, [point_id], with_vectors=False):
                payload = record.payload or {}
                place = int(payload["index"])
                around = models.Range(gte=place - before, lte=place + after)
                own = models.MatchValue(value=payload["title_id"])
                records, _ = self._store.scroll(
                    collection,
                    filter=models.Filter(
                        must=[
                            models.FieldCondition(key="title_id", match=own),
                            models.FieldCondition(key="index", range=around),
                        ]
                    ),
                    limit=before + after + 1,
                )
                found = {int((r.payload or {})["index"]): _plain_hit(r) for r in records}
                return Neighbours(
                    before=[found[each] for each in sorted(found) if each < place],
                    hit=found[place],
                    after=[found[each] for each in sorted(found) if each > place],
                )
        raise RequestError("id", f"{point_id}: no such clip or shot; search again")

    def _load(self, request: SearchRequest) -> None:
        if request.q.strip():
            self._models.load_for_queries()

    def _ranker(self, name: str, request: SearchRequest) -> Ranker:
        settings = without_closed(self._settings, name, request)
        asker = Asker(self._store, name, self._models, settings, self._words, self._sent)
        return Ranker(self._store, name, asker, settings, self._words, self._tasks)

    def _browsed(self, name: str, request: SearchRequest) -> SearchResponse:
        """List what the filters leave, from where the cursor says."""
        position: Position | None
        if request.order == "time":
            position = read_cursor(request, name, IN_TIME)
        else:
            position = read_cursor(request, name, BY_SCORE)
        seen, *after = position or (0,)
        filter_ = build_filter(request, request.level, self._tasks)
        collection = _collection(name, request)
        listed = browse(self._store, collection, filter_, request, after or None)
        found = list(islice(listed, request.limit + 1))
        page = found[: request.limit]
        hits = [
            _browsed_hit(record, order_key(request), place)
            for place, (record, _) in enumerate(page, start=seen + 1)
        ]
        following = None
        if len(found) > len(page):
            following = write_cursor(request, name, [seen + len(page), *page[-1][1]])
        total = self._store.count(collection, filter_)
        return SearchResponse(
            query=request, took_ms=0.0, hits=hits, found=total, next_cursor=following
        )

    def _arranged(self, name: str, request: SearchRequest) -> SearchResponse:
        """Rank what the request finds, arrange it, and cut the page out."""
        (seen,) = read_cursor(request, name, BY_RANK) or (0,)
        if request.seeks:
            ranking = self._ranker(name, request).rank(request)
        else:
            ranking = self._pool(name, request)
        candidates = ranking.candidates
        payloads: dict[str, Payload] = {}
        if needs_payloads(request):
            payloads = self._payloads(name, request, [each.id for each in candidates])
            candidates = in_order([c for c in candidates if c.id in payloads], request, payloads)
        if request.diverse and request.order == "relevance":
            weight = self._settings.diversity
            candidates = spread_out(candidates, self._store, _collection(name, request), weight)
        items = joined(candidates, payloads) if request.merge else [Item(c) for c in candidates]
        groups: list[list[Item]] = []
        if request.group == "title":
            every = by_title(items, payloads)
            groups, length = every[seen : seen + request.limit], len(every)
            page = [item for group in groups for item in group[:OF_TITLE]]
        else:
            page, length = items[seen : seen + request.limit], len(items)
        hits = self._hits(name, request, page, payloads)
        following = seen + request.limit
        return SearchResponse(
            query=request,
            took_ms=0.0,
            hits=hits,
            found=len(ranking.candidates),
            cut=ranking.cut,
            groups=[_group(group, payloads) for group in groups],
            next_cursor=write_cursor(request, name, [following]) if following < length else None,
        )

    def _pool(self, name: str, request: SearchRequest) -> Ranking:
        filter_ = build_filter(request, request.level, self._tasks)
        listed = browse(self._store, _collection(name, request), filter_, request, None)
        key = order_key(request)
        return Ranking(
            [
                Candidate(str(record.id), float((record.payload or {})[key]))
                for record, _ in islice(listed, POOL)
            ]
        )

    def _hits(
        self, name: str, request: SearchRequest, page: Sequence[Item], known: dict[str, Payload]
    ) -> list[Hit]:
        wanted = {item.candidate.id for item in page}
        wanted.update(each for item in page for each in item.joined)
        if request.level == "clip":
            pairs = [item.candidate.joined for item in page if item.candidate.joined]
            wanted.update(found.payload[CLIP_ID] for both in pairs for found in both)
        missing = sorted(wanted - known.keys())
        payloads = {**known, **self._payloads(name, request, missing)}
        return [
            self._hit(request, item, payloads) for item in page if item.candidate.id in payloads
        ]

    def _hit(self, request: SearchRequest, item: Item, payloads: Mapping[str, Payload]) -> Hit:
        candidate = item.candidate
        why = [tell(reason, self._words) for reason in candidate.reasons]
        if not why:
            why = [Why(route="filter", rank=1, score=candidate.score)]
        payload = payloads[candidate.id]
        hit = make_hit(candidate.id, payload, candidate.score, why)
        if candidate.joined:
            first, second = candidate.joined
            then = [tell(reason, self._words) for reason in candidate.second_reasons]
            parts = [make_part(first.id, first.payload, why)]
            parts.append(make_part(second.id, second.payload, then))
            last = payloads[second.payload[CLIP_ID]] if request.level == "clip" else second.payload
            spans = [payload] if last == payload else [payload, last]
            return spanning(hit, spans, parts)
        if len(item.joined) > 1:
            spans = [payloads[each] for each in item.joined]
            parts = [make_part(each, payloads[each], []) for each in item.joined]
            return spanning(hit, spans, sorted(parts, key=lambda part: part.start_frame))
        return hit

    def _payloads(
        self, name: str, request: SearchRequest, ids: Sequence[str]
    ) -> dict[str, Payload]:
        if not ids:
            return {}
        records = self._store.retrieve(_collection(name, request), ids, with_vectors=False)
        return {str(record.id): record.payload or {} for record in records}


def _collection(name: str, request: SearchRequest) -> str:
    shots, clips = pair(name)
    return shots if request.level == "shot" else clips


def _browsed_hit(record: models.Record, key: str, place: int) -> Hit:
    payload = record.payload or {}
    score = float(payload.get(key) or 0.0)
    return make_hit(str(record.id), payload, score, [Why(route="filter", rank=place, score=score)])


def _plain_hit(record: models.Record) -> Hit:
    payload = record.payload or {}
    return make_hit(str(record.id), payload, float(payload["clip_worthiness"]), [])


def _group(items: Sequence[Item], payloads: Mapping[str, Payload]) -> Group:
    payload = payloads[items[0].candidate.id]
    shown = [item.candidate.id for item in items[:OF_TITLE]]
    return Group(title_id=payload["title_id"], title=payload["title"], count=len(items), hits=shown)
