"""A request's filters in the store's terms."""

from qdrant_client import models

from app.results import Level, SearchRequest
from indexer.points import CLIP_SCORE, CLIP_TONES


def build_filter(request: SearchRequest, points: Level) -> models.Filter | None:
    """Return the store's filter for a request, or None if nothing is filtered.

    Args:
        request: what is filtered, at the level the request asks for.
        points: the level of the points that are searched; a shot also carries what its clip is
            filtered by, so that clips can be found through their shots.
    """
    through_shots = request.level == "clip" and points == "shot"
    tones = CLIP_TONES if through_shots else "tones"
    worthiness = CLIP_SCORE if through_shots else "clip_worthiness"
    must: list[models.Condition] = []
    for key, values in ((tones, request.tone), ("genres", request.genre)):
        if values:
            must.append(models.FieldCondition(key=key, match=models.MatchAny(any=values)))
    if request.title:
        named = models.MatchAny(any=request.title)
        conditions: list[models.Condition] = [
            models.FieldCondition(key=key, match=named) for key in ("title_id", "title")
        ]
        must.append(models.Filter(should=conditions))
    if request.min_worthiness is not None:
        least = models.Range(gte=request.min_worthiness)
        must.append(models.FieldCondition(key=worthiness, range=least))
    return models.Filter(must=must) if must else None
