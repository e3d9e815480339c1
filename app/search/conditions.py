"""The filters of a request as conditions of the store, by the level of the points they apply to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qdrant_client import models

from app.search.filters import COMPARED, Compare, Condition, Filters, parse_condition
from app.search.people import NOBODY, People, shows
from app.search.request import Level, RequestError
from app.search.worth import WORTH, Percentiles
from indexer.scoring import CLIP_PREFIX, field_of
from indexer.traits import PERSON, stored, stored_of_clip
from probes.tasks import Task

Tasks = Mapping[str, Task]


@dataclass(frozen=True)
class Filter:
    """One filter of a request.

    Args:
        field: of the request; of ``where``, ``where:`` and the name of the task.
        on_hits: conditions on a point of the level that is asked for.
        on_shots: the same on the shots of such a point; None where shots do not carry it.
        negated: no condition may hold, rather than all.
        of_title: all points of a title pass, or none.
    """

    field: str
    on_hits: tuple[models.Condition, ...]
    on_shots: tuple[models.Condition, ...] | None
    negated: bool = False
    of_title: bool = False


@dataclass(frozen=True)
class FilterSet:
    """All filters of a request, joined for the store; None stands for no filter.

    Args:
        filters: one by one.
        on_hits: what points of the level that is asked for must be.
        on_shots: what the shots must be by which hits are found.
        on_clips: what clips must be beside that, as their shots do not carry it.
    """

    filters: tuple[Filter, ...] = ()
    on_hits: models.Filter | None = None
    on_shots: models.Filter | None = None
    on_clips: models.Filter | None = None

    @classmethod
    def of(cls, filters: Iterable[Filter]) -> "FilterSet":
        """Join filters."""
        own = tuple(filters)
        return cls(
            own,
            _filter_of((each.on_hits, each.negated) for each in own),
            _filter_of((each.on_shots or (), each.negated) for each in own),
            _filter_of((each.on_hits, each.negated) for each in own if each.on_shots is None),
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that filter."""
        return tuple(each.field for each in self.filters)

    @property
    def of_titles(self) -> "FilterSet":
        """The filters that all points of a title pass, or none."""
        return self.of(each for each in self.filters if each.of_title)

    def without(self, *fields: str) -> "FilterSet":
        """Return the filters of the other fields."""
        return self.of(each for each in self.filters if each.field not in fields)


def compile_filters(
    request: Filters,
    level: Level,
    tasks: Tasks,
    percentiles: Percentiles,
    people: People = NOBODY,
) -> FilterSet:
    """Return the filters of a request for hits of a level.

    Args:
        request: the filters; those of clip-worthiness are percentiles.
        level: of the hits.
        tasks: that ``where`` may name.
        percentiles: of the level's collection.
        people: whom ``person`` may name.

    Raises:
        RequestError: ``where`` names no task, or compares classes with a number; ``person`` names
            nobody.
    """
    found = [
        _filter(name, compare, _score(compare, value, percentiles), level)
        for name, compare in COMPARED.items()
        if (value := getattr(request, name)) not in (None, []) and compare.kind != PERSON
    ]
    if request.person:
        groups = people.groups(request.person)
        found.append(Filter("person", (shows(groups),), (shows(groups, level == "clip"),)))
    found += [_on_task(parse_condition(each), tasks, level) for each in request.where]
    return FilterSet.of(found)


def _score(compare: Compare, value: Any, percentiles: Percentiles) -> Any:
    """Return the score that a percentile of clip-worthiness stands for; other values unchanged."""
    if compare.key != WORTH:
        return value
    return percentiles.least(value) if compare.how == "min" else percentiles.most(value)


def _filter(name: str, compare: Compare, value: Any, level: Level) -> Filter:
    if compare.kind:
        value = [stored(compare.kind, each) for each in value]
    on_hits = tuple(_conditions(compare, compare.key, value))
    on_shots: tuple[models.Condition, ...] | None = on_hits
    if level == "clip" and compare.owner == "span":
        on_shots = None
    elif level == "clip" and compare.kind:
        of_clip = [stored_of_clip(each) for each in value]
        on_shots = tuple(_conditions(compare, compare.key, of_clip))
    elif level == "clip" and compare.owner == "clip":
        on_shots = tuple(_conditions(compare, CLIP_PREFIX + compare.key, value))
    return Filter(
        *(name, on_hits, on_shots),
        negated=compare.how == "none",
        of_title=compare.owner == "title",
    )


def _conditions(compare: Compare, key: str, value: Any) -> Iterator[models.Condition]:
    if compare.how in ("min", "max"):
        bound = {"gte": value} if compare.how == "min" else {"lte": value}
        yield models.FieldCondition(key=key, range=models.Range(**bound))
    elif compare.how == "is":
        yield models.FieldCondition(key=key, match=models.MatchValue(value=int(value)))
    elif compare.how == "all":
        yield from (_any(key, [each]) for each in value)
    elif key != "title":
        yield _any(key, value)
    elif compare.how == "none":
        yield from (_any(each, value) for each in ("title_id", "title"))
    else:
        yield models.Filter(should=[_any(each, value) for each in ("title_id", "title")])


def _on_task(condition: Condition, tasks: Tasks, level: Level) -> Filter:
    task = tasks.get(condition.task)
    if task is None:
        known = ", ".join(sorted(tasks)) or "none"
        raise RequestError("where", f"there is no task {condition.task}; there are: {known}")
    lists = task.kind == "multi-label"
    if lists != (condition.operator in ("=", "!=")):
        way = f"{task.name}=CLASS" if lists else f"{task.name}>=NUMBER"
        raise RequestError("where", f"{task.name} is asked for as {way}")
    key = field_of(task.name)
    through = CLIP_PREFIX + key if level == "clip" and task.level == "clip" else key
    return Filter(
        f"where:{task.name}",
        (_compared(condition, key),),
        (_compared(condition, through),),
        negated=condition.operator == "!=",
        of_title=task.level == "title",
    )


def _compared(condition: Condition, key: str) -> models.FieldCondition:
    if condition.operator in ("=", "!="):
        return _any(key, [condition.value])
    number = float(condition.value)
    bound = {"gte": number} if condition.operator == ">=" else {"lte": number}
    return models.FieldCondition(key=key, range=models.Range(**bound))


def _any(key: str, values: Any) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))


def _filter_of(
    filters: Iterable[tuple[tuple[models.Condition, ...], bool]],
) -> models.Filter | None:
    must: list[models.Condition] = []
    must_not: list[models.Condition] = []
    for conditions, negated in filters:
        (must_not if negated else must).extend(conditions)
    if not must and not must_not:
        return None
    return models.Filter(must=must or None, must_not=must_not or None)
