"""The store's interface: what the rest of Reelfind may ask of Qdrant, wherever it runs.

It speaks ``qdrant_client.models``. Conventions that both backends keep:

- Point ids are UUIDs, and always ``str`` in what comes back.
- A payload and a filter hold strings, numbers, None, and lists or objects of these. A
  boolean is refused with a ``TypeError``: the embedded engine does not match one as a server
  does, so a flag is stored as the integer 0 or 1.
- Vectors are named. A point may lack some: it is then never found by them. An upsert writes
  a point whole: what the new one does not have is gone.
- Writes return when they are in the write-ahead log, so a killed process loses nothing; a
  power cut may, unless ``flush`` came after.
- A server that is away is asked again (see ``patience``), then a ``ServerAwayError`` is
  raised; every write may be repeated.
- A ``ReelfindError`` is raised where a collection does not exist, the engine fails or a
  server refuses; a ``TypeError`` where a filter cannot be expressed on both backends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

from qdrant_client import models

from indexer.store.schema import CollectionSchema


class ScoredPoint(NamedTuple):
    """A point that a query found. A search makes a thousand, so it is lighter than the client's."""

    id: str
    score: float
    payload: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Nearest:
    """What ``Store.query`` asks: the nearest points to ``query`` by the vector ``using``.

    The score is the dot product (for the sparse vector, weighted by inverse document frequency);
    only points with a score above ``score_threshold`` count. Points come with payload, of which
    only ``fields`` where they are given, and without vectors.
    """

    query: Sequence[float] | models.SparseVector
    using: str
    limit: int
    filter: models.Filter | None = None
    offset: int = 0
    score_threshold: float | None = None
    fields: Sequence[str] | None = None


class Store(Protocol):
    """Collections of points with named vectors and a payload. A context manager."""

    @property
    def place(self) -> str:
        """Where it is, for messages: a folder, or the address of a server."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether each question is a request to a server, so that several are best asked at once.

        The embedded engine takes as long for a batch as for its queries one by one.
        """
        ...

    def collections(self) -> list[str]:
        """Return the names of all collections, sorted."""
        ...

    def exists(self, collection: str) -> bool:
        """Return whether the collection is there, whole."""
        ...

    def ensure_schema(self, collection: str, schema: CollectionSchema) -> None:
        """Make the collection, or add the payload indexes it lacks.

        Raises:
            ReelfindError: it exists with other vectors (names or sizes).
        """
        ...

    def schema(self, collection: str) -> CollectionSchema:
        """Return the vectors of the collection and its payload indexes."""
        ...

    def prepare(self, schema: CollectionSchema, count: int) -> None:
        """Get ready for ``count`` collections that ``ensure_schema`` will be asked for.

        Meant for another thread while there is time; a store that makes them quickly does nothing.
        """
        ...

    def upsert(self, collection: str, points: Sequence[models.PointStruct]) -> None:
        """Write points whole, replacing those with the same id.

        Raises:
            TypeError: a payload holds a boolean.
        """
        ...

    def overwrite_payloads(
        self, collection: str, payloads: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Replace the payloads of points, by id; their vectors stay, unknown ids are skipped.

        Raises:
            TypeError: a payload holds a boolean.
        """
        ...

    def query(self, collection: str, wanted: Nearest) -> list[ScoredPoint]:
        """Return the nearest points, best first."""
        ...

    def query_batch(
        self, collection: str, wanted: Sequence[Nearest]
    ) -> Sequence[list[ScoredPoint]]:
        """Return what ``query`` returns for each; of a server, in one request."""
        ...

    def scroll(
        self,
        collection: str,
        *,
        filter: models.Filter | None = None,
        limit: int,
        offset: str | None = None,
        order_by: models.OrderBy | None = None,
        with_vectors: bool = False,
        fields: Sequence[str] | None = None,
    ) -> tuple[list[models.Record], str | None]:
        """Return a page of points with payload, and the offset of the next page or None.

        Of the payload only ``fields`` come where they are given. Pages are in order of id. With
        ``order_by`` there is one page only, of the first ``limit`` points that have the key, which
        must have a payload index with a number.

        Raises:
            ValueError: both ``offset`` and ``order_by`` are given.
        """
        ...

    def retrieve(
        self, collection: str, ids: Sequence[str], with_vectors: bool
    ) -> list[models.Record]:
        """Return the points with these ids, in the order asked for; unknown ids are skipped."""
        ...

    def facets(
        self, collection: str, key: str, *, filter: models.Filter | None = None, limit: int
    ) -> list[models.FacetValueHit]:
        """Count the points of each value of ``key``, exactly: most first, ties by value.

        ``key`` must have a keyword or integer payload index. A list counts for each of its
        values.
        """
        ...

    def count(self, collection: str, filter: models.Filter | None = None) -> int:
        """Count the points that the filter leaves, exactly."""
        ...

    def delete(self, collection: str, filter: models.Filter) -> None:
        """Delete the points that the filter matches."""
        ...

    def drop(self, collection: str) -> None:
        """Delete the collection, if it exists."""
        ...

    def flush(self, collection: str) -> None:
        """Return when everything written to the collection survives a power cut."""
        ...

    def maintain(self, collection: str, begun: Callable[[], None] | None = None) -> bool:
        """Make search quick again after many writes, if it is worth it; return whether it was.

        It may take minutes: meanwhile search goes on as before, and writes wait. ``begun`` is
        called first if so.

        Raises:
            ReelfindError: it could not be done; the collection is as it was.
        """
        ...

    def current(self) -> str | None:
        """Return the name of the pair that search reads; None if there is none, or not whole."""
        ...

    def set_current(self, name: str) -> None:
        """Let search read the pair ``name`` from now on, both collections at once.

        Raises:
            ReelfindError: a collection of the pair does not exist.
        """
        ...

    def close(self) -> None:
        """Release the engine. Closing twice does no harm."""
        ...

    def __enter__(self) -> Self:
        """Return the store itself."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        ...
