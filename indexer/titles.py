"""The titles of an index as the store lists, counts and finds them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qdrant_client import models

from indexer.arrivals import FIRST, Arrival
from indexer.manifest import Manifest, by_name, by_time, manifest_of
from indexer.named_roots import NO_ROOTS, NamedRoots
from indexer.store.base import Store
from indexer.store.names import pair, title_point_id, titles_of
from indexer.title_payload import (
    GRAM,
    exact_key,
    grams,
    name_key,
    path_keys,
    path_of,
    start_key,
    words_of,
)

PAGE = 500
"""Titles read at once where all are wanted."""
FIELDS = ("manifest", "indexed", "number", "place")


class Titles:
    """The titles that are indexed whole, by name and id.

    Only ``every`` and ``films`` read all titles, and only ``page`` gets slower with its offset.

    Every method raises ``ReelfindError`` where the store cannot be asked.

    Args:
        store: has the pair; None where nothing was ever indexed.
        name: of the pair that search reads; None where there is none.
        roots: of this machine, that paths of films are kept by.
    """

    def __init__(self, store: Store | None, name: str | None, roots: NamedRoots = NO_ROOTS) -> None:
        self._roots = roots
        self._store = store if name is not None else None
        self.pair = name

    def count(self, words: str = "") -> int:
        """Return how many titles there are; with ``words``, see ``page``."""
        if self._store is None:
            return 0
        return self._store.count(self._collection, _having(words))

    def page(self, limit: int, offset: int = 0, words: str = "") -> list[Manifest]:
        """Return titles in order.

        Args:
            limit: how many, at most.
            offset: how many come before them.
            words: each is part of a title's name, series, genres, tags, year, language or file.
                A longer word than ``GRAM`` letters is compared by all its parts of that length,
                so a title may be found that has the parts in different places.
        """
        if not offset:
            return [manifest for _, manifest in self._ordered(limit, _having(words))]
        if self._store is None:
            return []
        order = models.OrderBy(key="place")
        points, _ = self._store.scroll(
            self._collection,
            filter=_having(words),
            limit=offset + limit,
            order_by=order,
            fields=(),
        )
        ids = [str(point.id) for point in points[offset:]]
        return list(map(self._manifest, self._store.retrieve(self._collection, ids, False)))

    def after(self, title_id: str, limit: int, words: str = "") -> list[Manifest] | None:
        """Return the titles that follow one in order; None where there is no such title."""
        found = self._retrieve([title_id])
        if not found:
            return None
        beyond = _above("place", (found[0].payload or {})["place"])
        return [each for _, each in self._ordered(limit, _having(words, beyond))]

    def every(self) -> Iterator[Manifest]:
        """Yield all titles in order: for answers that list them all."""
        place = None
        while True:
            beyond = None if place is None else _above("place", place)
            found = self._ordered(PAGE, _having("", beyond))
            yield from (manifest for _, manifest in found)
            if len(found) < PAGE:
                return
            place = found[-1][0]

    def films(self) -> Iterator[tuple[str, Path]]:
        """Yield the id and the film of every title, in no order."""
        offset: str | None = None
        while self._store is not None:
            points, offset = self._store.scroll(
                self._collection, limit=PAGE, offset=offset, fields=("title_id", "path")
            )
            for payload in (point.payload or {} for point in points):
                yield payload["title_id"], path_of(payload["path"], self._roots)
            if offset is None:
                return

    def spans(self) -> tuple[int, int]:
        """Return how many shots and how many clips can be searched."""
        if self._store is None or self.pair is None:
            return 0, 0
        shots, clips = pair(self.pair)
        return self._store.count(shots), self._store.count(clips)

    def of(self, title_ids: Iterable[str]) -> dict[str, Manifest]:
        """Return the titles with these ids, by id; others are left out."""
        found = map(self._manifest, self._retrieve(list(dict.fromkeys(title_ids))))
        return {each.title.title_id: each for each in found}

    def called(self, name: str) -> tuple[list[Manifest], ...]:
        """Return the titles that a name may mean.

        Returns:
            Those of this id or file name, of this name in any case, and whose id begins so.
        """
        keys = (exact_key(name), name_key(name), start_key(name))
        conditions = (
            models.FieldCondition(key="called", match=models.MatchValue(value=key)) for key in keys
        )
        return tuple(by_name(self._matching(models.Filter(must=[each]))) for each in conditions)

    def at(self, paths: Sequence[Path]) -> dict[Path, Manifest]:
        """Return the titles that were indexed from these files, by path; others are left out."""
        found: dict[Path, Manifest] = {}
        for start in range(0, len(paths), PAGE):
            some = paths[start : start + PAGE]
            keys = [key for path in some for key in path_keys(path, self._roots)]
            own = models.FieldCondition(key="path", match=models.MatchAny(any=keys))
            manifests = self._matching(models.Filter(must=[own]))
            found |= {each.title.media.path: each for each in manifests}
        return found

    def since(self, moment: datetime = FIRST, number: int | None = None) -> list[Manifest]:
        """Return the titles that were first indexed after others, oldest first.

        One of which nobody noted the time is left out.

        Args:
            moment: counts for titles without a number, and without ``number`` for all.
            number: of the last title before; clocks may be set back.
        """
        later = _above("indexed_at", moment.timestamp())
        if number is None:
            return by_time(self._matching(models.Filter(must=[later])))
        dated = _above("indexed_at", FIRST.timestamp())
        unnumbered = models.FieldCondition(key="number", match=models.MatchValue(value=0))
        either = [_above("number", max(0, number)), models.Filter(must=[unnumbered, later])]
        return by_time(self._matching(models.Filter(must=[dated], should=either)))

    def latest(self, limit: int) -> list[Manifest]:
        """Return the titles that were indexed last, newest first."""
        order = models.OrderBy(key="indexed_at", direction=models.Direction.DESC)
        return by_time(self._first(limit, order))[::-1]

    def last_number(self, until: datetime | None = None) -> int:
        """Return the highest number of titles, of those that were indexed until a moment.

        0 where none has one.
        """
        order = models.OrderBy(key="number", direction=models.Direction.DESC)
        seconds = None if until is None else models.Range(lte=until.timestamp())
        before = models.FieldCondition(key="indexed_at", range=seconds)
        found = self._first(1, order, None if until is None else models.Filter(must=[before]))
        return (found[0].number or 0) if found else 0

    @property
    def _collection(self) -> str:
        assert self.pair is not None
        return titles_of(self.pair)

    def _ordered(self, limit: int, filter_: models.Filter | None) -> list[tuple[float, Manifest]]:
        """Return the first titles in order that a filter leaves, each with its place."""
        if self._store is None:
            return []
        points, _ = self._store.scroll(
            self._collection,
            filter=filter_,
            limit=limit,
            order_by=models.OrderBy(key="place"),
            fields=FIELDS,
        )
        return [((point.payload or {})["place"], self._manifest(point)) for point in points]

    def _first(
        self, limit: int, order: models.OrderBy, filter_: models.Filter | None = None
    ) -> list[Manifest]:
        if self._store is None:
            return []
        points, _ = self._store.scroll(
            self._collection, filter=filter_, limit=limit, order_by=order, fields=FIELDS
        )
        return list(map(self._manifest, points))

    def _retrieve(self, title_ids: Sequence[str]) -> list[models.Record]:
        if self._store is None or not title_ids:
            return []
        ids = [title_point_id(each) for each in title_ids]
        return self._store.retrieve(self._collection, ids, with_vectors=False)

    def _matching(self, filter_: models.Filter) -> list[Manifest]:
        """Return all titles that a filter leaves, in no order."""
        found: list[Manifest] = []
        offset: str | None = None
        while self._store is not None:
            points, offset = self._store.scroll(
                self._collection, filter=filter_, limit=PAGE, offset=offset, fields=FIELDS
            )
            found += map(self._manifest, points)
            if offset is None:
                break
        return found

    def _manifest(self, point: models.Record) -> Manifest:
        known = point.payload or {}
        when = known["indexed"]
        number = known["number"] or None
        arrival = None if when is None else Arrival(datetime.fromisoformat(when), number)
        return manifest_of(known["manifest"], arrival, self._roots)


def has_words(title: Manifest, words: str) -> bool:
    """Return whether a title has every word in what ``Titles.page`` looks at."""
    known = words_of(title)
    return all(any(word in each for each in known) for word in words.casefold().split())


def _above(key: str, value: float) -> models.FieldCondition:
    return models.FieldCondition(key=key, range=models.Range(gt=value))


def _having(words: str, beyond: models.FieldCondition | None = None) -> models.Filter | None:
    """Return the filter by words and by place; None where it leaves all."""
    asked = words.casefold().split()
    parts = sorted(each for each in grams(asked) if len(each) == GRAM) + sorted(
        {word for word in asked if len(word) < GRAM}
    )
    must: list[Any] = [
        models.FieldCondition(key="grams", match=models.MatchValue(value=part)) for part in parts
    ]
    if beyond is not None:
        must.append(beyond)
    return models.Filter(must=must) if must else None
