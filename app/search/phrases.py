"""Phrases in quotes: dialogue or text on screen that hits must contain word for word."""

from collections.abc import Iterator, Sequence

from qdrant_client import models

from app.search.plan import SearchPlan
from app.search.quotes import find_phrase
from indexer.errors import ReelfindError
from indexer.points import SCREEN_TEXT
from indexer.store.base import Nearest, ScoredPoint, Store
from indexer.store.names import WORDS
from indexer.store.sparse import Bm25Words
from indexer.traits import FIELD, VALUES, stored

PAGE = 256


def phrase_matches(plan: SearchPlan, store: Store, phrases: Sequence[str]) -> set[str]:
    """Return the ids of clips or shots that pass the filters and contain all ``phrases``.

    Raises:
        ReelfindError: the phrases share words with too many, see ``phrase_depth`` in the settings.
    """
    found = set()
    for identity, texts in _candidates(plan, store, " ".join(phrases)):
        if all(any(find_phrase(text, phrase) for text in texts) for phrase in phrases):
            found.add(identity)
    return found


def _candidates(plan: SearchPlan, store: Store, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the ids of what shares a word with ``text``, with what is said and what is shown there;
    everything with text if it has only stop words, which are in no vector."""
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
                plan.collection, filter=_with_text(filter_), limit=PAGE, offset=offset
            )
            more = offset is not None
        for point in points:
            payload = point.payload or {}
            yield (
                str(point.id),
                [" ".join(payload.get(each, ())) for each in ("lines", SCREEN_TEXT)],
            )
        if not more:
            return
        seen += len(points)
    raise ReelfindError(
        f"the words in quotes are in more than {depth} places; use rarer words or filters"
    )


def _with_text(filter_: models.Filter | None) -> models.Filter:
    spoken = models.FieldCondition(key="has_dialogue", match=models.MatchValue(value=1))
    kinds = [stored("onscreen", each) for each in VALUES["onscreen"]]
    shown = models.FieldCondition(key=FIELD, match=models.MatchAny(any=kinds))
    return models.Filter(should=[spoken, shown], must=[filter_] if filter_ is not None else None)
