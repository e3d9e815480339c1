"""Phrases in quotes: dialogue that hits must contain word for word."""

from collections.abc import Iterator, Sequence

from qdrant_client import models

from app.search.plan import SearchPlan
from app.search.quotes import find_phrase
from indexer.errors import ReelfindError
from indexer.store.base import Nearest, ScoredPoint, Store
from indexer.store.names import WORDS
from indexer.store.sparse import Bm25Words

PAGE = 256


def phrase_matches(plan: SearchPlan, store: Store, phrases: Sequence[str]) -> set[str]:
    """Return the ids of clips or shots that pass the filters and contain all ``phrases``.

    Raises:
        ReelfindError: the phrases share words with too many, see ``phrase_depth`` in the settings.
    """
    found = set()
    for identity, lines in _candidates(plan, store, " ".join(phrases)):
        said = " ".join(lines)
        if all(find_phrase(said, phrase) for phrase in phrases):
            found.add(identity)
    return found


def _candidates(plan: SearchPlan, store: Store, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the ids and lines that share a word with ``text``; all lines if it has only stop words,
    which are in no vector."""
    vector, filter_ = Bm25Words().query(text), plan.filters.on_hits
    seen, depth = 0, plan.settings.phrase_depth
    offset: str | None = None
    while seen < depth:
        if vector is not None:
            points: Sequence[ScoredPoint | models.Record] = store.query(
                plan.collection,
                Nearest(query=vector, using=WORDS, filter=filter_, limit=PAGE, offset=seen),
            )
            more = len(points) == PAGE
        else:
            points, offset = store.scroll(
                plan.collection, filter=_spoken(filter_), limit=PAGE, offset=offset
            )
            more = offset is not None
        for point in points:
            yield str(point.id), (point.payload or {})["lines"]
        if not more:
            return
        seen += len(points)
    raise ReelfindError(
        f"the words in quotes are in more than {depth} places; use rarer words or filters"
    )


def _spoken(filter_: models.Filter | None) -> models.Filter:
    spoken = models.FieldCondition(key="has_dialogue", match=models.MatchValue(value=1))
    return models.Filter(must=[spoken, *([filter_] if filter_ is not None else [])])
