"""Titles that are like one: in what is said, how they look and how they sound."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from qdrant_client import models

from app.runtime import NotFoundError, Runtime
from app.summaries import summary
from app.titles.records import Aspect, SimilarTitle, SimilarTitles
from indexer.store.base import Nearest
from indexer.store.names import TITLE, title_point_id, titles_of
from indexer.title_vectors import PARTS, Part, Vector, Widths, some, split, title_vector


def similar_titles(
    runtime: Runtime, title_id: str, by: Sequence[Aspect] = (), limit: int = 10
) -> SimilarTitles:
    """Return the titles that are most like one.

    Without ``by``, story, look and sound are compared, and what the encoder makes of them in
    context. A title that has nothing of what is compared has no similar ones and is none.

    Raises:
        NotFoundError: no such title, or the index is of an earlier version.
        ReelfindError: the title's embeddings cannot be read.
    """
    title = runtime.title(title_id)
    name, aspects = runtime.index.pair(), tuple(dict.fromkeys(by))
    vector, widths = title_vector(title)
    if name is None or runtime.store.schema(titles_of(name)).dense.get(TITLE) != len(vector):
        raise NotFoundError(
            f"{title_id}: titles of this index cannot be compared; run `reelfind index` to bring "
            "it up to date"
        )
    compared: Collection[Part] = aspects or tuple(widths)
    query = some(vector, widths, compared)
    if not query.any():
        return SimilarTitles(title_id=title_id, by=list(aspects), titles=[])
    itself = models.HasIdCondition(has_id=[title_point_id(title_id)])
    others = models.Filter(must_not=[itself])
    wanted = Nearest(query.tolist(), TITLE, limit, others, fields=())
    ids = [each.id for each in runtime.store.query(titles_of(name), wanted)]
    rows = _rows(runtime, titles_of(name), ids, split(query, widths), widths)
    return SimilarTitles(title_id=title_id, by=list(aspects), titles=rows)


def _rows(
    runtime: Runtime,
    collection: str,
    ids: Sequence[str],
    wanted: Mapping[Part, Vector],
    widths: Widths,
) -> list[SimilarTitle]:
    """Return titles by the ids of their points, with how much they are like the parts wanted."""
    parts: dict[str, dict[Part, float]] = {}
    for record in runtime.store.retrieve(collection, ids, with_vectors=True) if ids else ():
        assert isinstance(record.vector, dict)
        own = split(np.asarray(record.vector[TITLE], np.float32), widths)
        cosines = {part: float(own[part] @ wanted[part]) for part in own.keys() & wanted.keys()}
        if cosines:
            parts[(record.payload or {})["title_id"]] = cosines
    scores = {title_id: sum(own.values()) / len(wanted) for title_id, own in parts.items()}
    known = runtime.listing.of(parts)
    return [
        SimilarTitle(
            title=summary(known[title_id]),
            score=round(scores[title_id], 4),
            parts={
                part: round(parts[title_id][part], 4) for part in PARTS if part in parts[title_id]
            },
        )
        for title_id in sorted(known, key=lambda each: (-scores[each], each))
    ]
