"""A request's filters in the store's terms."""

from collections.abc import Mapping, Sequence

from qdrant_client import models

from app.search.request import Condition, Level, RequestError, SearchRequest
from indexer.scoring import CLIP_PREFIX, field_of
from probes.tasks import Task

Tasks = Mapping[str, Task]


def build_filter(
    request: SearchRequest, points: Level, tasks: Tasks | None = None
) -> models.Filter | None:
    """Return the store's filter for a request, or None if nothing is filtered.

    Args:
        request: what is filtered, at the level the request asks for.
        points: the level of the points that are searched; a shot also carries what its clip is
            filtered by, so that clips can be found through their shots. What a shot does not
            carry of its clip is left to ``of_the_span``.
        tasks: the tasks that ``where`` may name.

    Raises:
        RequestError: ``where`` names no task, or compares classes with a number.
    """
    through = request.level == "clip" and points == "shot"
    of_clip = CLIP_PREFIX if through else ""
    must: list[models.Condition] = []
    must_not: list[models.Condition] = []
    lists = {
        f"{of_clip}tones": (request.tone, request.tone_all, request.tone_none),
        f"{of_clip}ad_categories": (
            request.ad_category,
            request.ad_category_all,
            request.ad_category_none,
        ),
        "genres": (request.genre, request.genre_all, request.genre_none),
        "series": (request.series, [], request.series_none),
        "language": (request.language, [], request.language_none),
    }
    for key, (any_, all_, none) in lists.items():
        must += [_any(key, any_)] if any_ else []
        must += [_any(key, [each]) for each in all_]
        must_not += [_any(key, none)] if none else []
    if request.season:
        must.append(models.FieldCondition(key="season", match=models.MatchAny(any=request.season)))
    if request.title:
        must.append(models.Filter(should=_named(request.title)))
    must_not += _named(request.title_none) if request.title_none else []
    must += _range(f"{of_clip}clip_worthiness", request.min_worthiness, request.max_worthiness)
    must += _range(f"{of_clip}popularity", request.min_popularity, request.max_popularity)
    for condition in request.conditions:
        kept = must_not if condition.operator == "!=" else must
        kept.append(_where(condition, tasks or {}, through))
    if not through:
        must += of_the_span(request)
    if not must and not must_not:
        return None
    return models.Filter(must=must or None, must_not=must_not or None)


def of_the_span(request: SearchRequest) -> list[models.Condition]:
    """Return the conditions on a clip or shot as a span: of a clip, its shots do not know them."""
    conditions = _range("duration", request.min_duration, request.max_duration)
    conditions += _range("start_seconds", request.min_start, request.max_start)
    if request.has_dialogue is not None:
        flag = models.MatchValue(value=int(request.has_dialogue))
        conditions.append(models.FieldCondition(key="has_dialogue", match=flag))
    return conditions


def _any(key: str, values: Sequence[str]) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))


def _named(titles: Sequence[str]) -> list[models.Condition]:
    return [_any(key, titles) for key in ("title_id", "title")]


def _range(key: str, least: float | None, most: float | None) -> list[models.Condition]:
    if least is None and most is None:
        return []
    return [models.FieldCondition(key=key, range=models.Range(gte=least, lte=most))]


def _where(condition: Condition, tasks: Tasks, through: bool) -> models.FieldCondition:
    task = tasks.get(condition.task)
    if task is None:
        known = ", ".join(sorted(tasks)) or "none"
        raise RequestError("where", f"there is no task {condition.task}; there are: {known}")
    key = field_of(task.name)
    if through and task.level == "clip":
        key = CLIP_PREFIX + key
    lists = task.kind == "multi-label"
    if lists != (condition.operator in ("=", "!=")):
        way = f"{task.name}=CLASS" if lists else f"{task.name}>=NUMBER"
        raise RequestError("where", f"{task.name} is asked for as {way}")
    if lists:
        return _any(key, [condition.value])
    number = float(condition.value)
    bound = {"gte": number} if condition.operator == ">=" else {"lte": number}
    return models.FieldCondition(key=key, range=models.Range(**bound))
