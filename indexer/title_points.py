"""Titles as points of the store: one a title, in the collection ``<pair>-titles``.

A title's file ``title.json`` is the truth; its point is a copy with what lists and filters need,
written after the file. What an interruption or another program left different is found by
comparing stamps, see ``TitlePoints.fill``.

The vector of a title, see ``indexer.title_vectors``, is missing where the title's shots are in
another pair, since their encoder may be another, and in collections that a version before made.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from qdrant_client import models

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.library import IndexedTitle
from indexer.manifest import Manifest
from indexer.store.base import Store
from indexer.store.names import CONTEXT, TITLE, pair, title_point_id, titles_of
from indexer.store.schema import TITLE_INDEXES, title_schema
from indexer.title_payload import title_payload
from indexer.title_vectors import Vector, title_vector

VERSION = 1
"""Of what a point holds: with a higher one, every point is written again."""
BATCH = 256
"""Points sent or read at once."""
ROUNDS = 5
"""Times that ``fill`` compares, at most: another process may write at the same time."""

T = TypeVar("T")


class Known(NamedTuple):
    """What the store has of a title.

    ``stamp`` says what its point was made from; ``shots`` and ``clips`` of it are in ``pair``.
    """

    title: str
    title_id: str
    place: float
    stamp: str
    pair: str
    shots: int
    clips: int


class TitlePoints:
    """Keeps the titles of a pair in the store as they are in the catalogue.

    Titles are listed by name, then id. The store orders by numbers only, so each point has a
    ``place``, a number between those of its neighbours in the list.

    Args:
        catalogue: has the titles.
        store: has the shots of the pair.
        name: of the pair.
    """

    def __init__(self, catalogue: Catalogue, store: Store, name: str) -> None:
        self._catalogue = catalogue
        self._store = store
        self._pair = name
        self._collection = titles_of(name)
        self._known: dict[str, Known] = {}
        self._unflushed = False

    def fill(self) -> None:
        """Write the points that are missing or behind, and delete those of titles that are gone.

        It compares until nothing differs, so that an older point which was written over that of
        another process does not stay.

        Raises:
            ReelfindError: the store cannot be read or written.
        """
        self._ensure_collection()
        for _ in range(ROUNDS):
            if not self._catch_up():
                return
            self._store.flush(self._collection)

    def totals(self) -> tuple[int, int]:
        """Return how many shots and clips the titles have in the pair; ``fill`` came before."""
        own = [each for each in self._known.values() if each.pair == self._pair]
        return sum(each.shots for each in own), sum(each.clips for each in own)

    def write(self, title_id: str) -> None:
        """Write the point of a title whose manifest was written just now; ``fill`` came before.

        A power cut may lose it until ``flush``; the next run then writes it.

        Raises:
            ReelfindError: the store cannot be written.
        """
        stamp, manifest = self._stamp(title_id), self._catalogue.readable(title_id)
        if stamp is not None and manifest is not None:
            self._put({title_id: (manifest, stamp)})
            self._unflushed = True

    def flush(self) -> None:
        """Make what ``write`` wrote survive a power cut."""
        if self._unflushed:
            self._store.flush(self._collection)
            self._unflushed = False

    def _ensure_collection(self) -> None:
        """Make the collection; where it is whole nothing is written, as on a disk that is full."""
        if self._store.exists(self._collection):
            known = self._store.schema(self._collection)
            if TITLE_INDEXES.keys() - known.indexes.keys():
                indexes = {**known.indexes, **TITLE_INDEXES}
                self._store.ensure_schema(self._collection, replace(known, indexes=indexes))
        else:
            self._store.ensure_schema(self._collection, title_schema(self._width()))

    def _catch_up(self) -> bool:
        """Write and delete what differs from the catalogue; return whether anything did."""
        self._known = {each.title_id: each for each in self._read()}
        stamps = {title_id: self._stamp(title_id) for title_id in self._catalogue.title_ids()}
        behind = [
            title_id
            for title_id, stamp in stamps.items()
            if title_id not in self._known or self._known[title_id].stamp != stamp
        ]
        changed: dict[str, tuple[Manifest, str]] = {}
        for title_id in behind:
            stamp, manifest = stamps[title_id], self._catalogue.readable(title_id)
            if stamp is not None and manifest is not None:
                changed[title_id] = manifest, stamp
        whole = {title_id for title_id in stamps if title_id not in behind} | changed.keys()
        gone = self._known.keys() - whole
        if gone:
            delete_titles(self._store, self._collection, gone)
            self._known = {key: each for key, each in self._known.items() if key in whole}
        return self._put(changed, check=True) or bool(gone)

    def _stamp(self, title_id: str) -> str | None:
        stamp = self._catalogue.stamp(title_id)
        return None if stamp is None else f"{VERSION}-{stamp}"

    def _read(self) -> Iterator[Known]:
        offset: str | None = None
        while True:
            page, offset = self._store.scroll(
                self._collection, limit=BATCH, offset=offset, fields=Known._fields
            )
            for point in page:
                yield _known(point.payload or {})
            if offset is None:
                return

    def _put(self, changed: Mapping[str, tuple[Manifest, str]], check: bool = False) -> bool:
        """Write points, each at its place in the order; return whether anything was written.

        Where a title keeps its name, the order is only looked at with ``check``.
        """
        new = {
            key: manifest.title.metadata.name
            for key, (manifest, _) in changed.items()
            if key not in self._known or self._known[key].title != manifest.title.metadata.name
        }
        known_places = {key: each.place for key, each in self._known.items()}
        places = self._order(new) if new or check else known_places
        moved = {key: places[key] for key, each in self._known.items() if places[key] != each.place}
        self._move({key: place for key, place in moved.items() if key not in changed})
        for batch in _batches(changed):
            points = []
            vectors = self._vectors(changed[key][0] for key in batch)
            for key, vector in zip(batch, vectors, strict=True):
                manifest, stamp = changed[key]
                payload = {
                    **title_payload(manifest, self._catalogue.roots),
                    "place": places[key],
                    "stamp": stamp,
                }
                points.append(
                    models.PointStruct(id=title_point_id(key), vector=vector, payload=payload)
                )
                self._known[key] = _known(payload)
            self._store.upsert(self._collection, points)
        return bool(moved or changed)

    def _order(self, new: Mapping[str, str]) -> dict[str, float]:
        """Return the place of every title; ``new`` are the names of those that have none yet."""
        known = [each for key, each in self._known.items() if key not in new]
        order = sorted(
            [(each.title, each.title_id) for each in known]
            + [(name, key) for key, name in new.items()]
        )
        before = [None if key in new else self._known[key].place for _, key in order]
        return {key: place for (_, key), place in zip(order, places_of(before), strict=True)}

    def _move(self, places: Mapping[str, float]) -> None:
        for batch in _batches(places):
            ids = [title_point_id(title_id) for title_id in batch]
            found = self._store.retrieve(self._collection, ids, with_vectors=False)
            payloads = {str(point.id): point.payload or {} for point in found}
            self._store.overwrite_payloads(
                self._collection,
                {key: {**own, "place": places[own["title_id"]]} for key, own in payloads.items()},
            )
        for title_id, place in places.items():
            self._known[title_id] = self._known[title_id]._replace(place=place)

    def _vectors(self, manifests: Iterable[Manifest]) -> Iterator[dict[str, Any]]:
        """Yield the vectors of titles; none where the collection or the title has none."""
        width = self._store.schema(self._collection).dense.get(TITLE)
        for manifest in manifests:
            vector = self._vector(manifest)
            yield {TITLE: vector.tolist()} if vector is not None and len(vector) == width else {}

    def _vector(self, manifest: Manifest) -> Vector | None:
        if manifest.pair != self._pair:
            return None
        # A title whose file is damaged is listed all the same; reading it says what is wrong.
        with suppress(ReelfindError, OSError):
            vector, _ = title_vector(IndexedTitle(manifest, self._catalogue))
            return vector if vector.any() else None
        return None

    def _width(self) -> int:
        """Return the width of the titles' vectors; without a title, that of an empty collection."""
        readable = filter(None, map(self._catalogue.readable, self._catalogue.title_ids()))
        vectors = (self._vector(each) for each in readable)
        known = next((len(each) for each in vectors if each is not None), None)
        return known or self._store.schema(pair(self._pair)[0]).dense[CONTEXT]


def _known(payload: Mapping[str, Any]) -> Known:
    return Known(**{name: payload[name] for name in Known._fields})


def fill_titles(catalogue: Catalogue, store: Store) -> None:
    """Bring the titles of the pair that search reads up to date, if there is one."""
    name = store.current()
    if name is not None:
        TitlePoints(catalogue, store, name).fill()


def places_of(places: Sequence[float | None]) -> list[float]:
    """Return places in increasing order: those given stay, and the others lie between them.

    Where that cannot be, all are numbered anew from 0.
    """
    found = list(places)
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and found[end] is None:
            end += 1
        if end > start:
            before = found[start - 1] if start else None
            after = found[end] if end < len(found) else None
            found[start:end] = _between(before, after, end - start)
        start = end + 1
    numbers = [float(each or 0.0) for each in found]
    if any(one >= two for one, two in pairwise(numbers)):
        return [float(number) for number in range(len(numbers))]
    return numbers


def delete_titles(store: Store, collection: str, title_ids: Iterable[str]) -> None:
    """Delete the points of titles from a collection of titles, durably."""
    ids = models.HasIdCondition(has_id=[title_point_id(each) for each in title_ids])
    store.delete(collection, models.Filter(must=[ids]))
    store.flush(collection)


def _between(before: float | None, after: float | None, count: int) -> list[float]:
    """Return ``count`` numbers in order, after one and before another, as far as there are any."""
    if before is None:
        first = 0.0 if after is None else after - count
        return [first + number for number in range(count)]
    step = 1.0 if after is None else (after - before) / (count + 1)
    return [before + step * (number + 1) for number in range(count)]


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
