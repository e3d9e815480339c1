"""Values of filters as people write them, and as the index has them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from qdrant_client import models

from app.search.filters import COMPARED, Filters, parse_condition
from app.search.request import RequestError, SearchRequest
from indexer.scoring import field_of
from indexer.store.base import Store
from probes.messages import shortened
from probes.tasks import AD_RELEVANCY, GENRE, TONE, Task

_TASKS = {"tones": TONE, "genres": GENRE, "ad_categories": AD_RELEVANCY}
"""By the field of a point: the task whose classes it holds."""
LISTED = 10_000
"""Values of a field among which one that is not there is looked for in other spellings."""


@dataclass(frozen=True)
class Values:
    """The values that filters may have over an index.

    Args:
        store: has the points.
        clips: their collection.
        tasks: whose classes filters may name.
    """

    store: Store
    clips: str
    tasks: Mapping[str, Task]

    def settle(self, request: SearchRequest) -> SearchRequest:
        """Return a request whose filters have the names that points have.

        A class may be given by a synonym, or by the name or id that a taxonomy gives it; all values
        in other case. Values in one text with commas between them are several.

        Raises:
            RequestError: a value is not there; it names the nearest.
        """
        changed = {}
        for field, compare in COMPARED.items():
            given = getattr(request, field)
            if compare.how in ("any", "all", "none") and not compare.kind and given:
                found = [each for one in given for each in self._values(field, compare.key, one)]
                changed[field] = list(dict.fromkeys(found))
        for each in request.where:
            self._check_condition(each)
        return request.model_copy(update=changed)

    def _values(self, field: str, key: str, given: Any) -> Iterator[Any]:
        """Yield what a value stands for: one value, or several with commas between them."""
        found = self._known(key, given)
        parts = [part.strip() for part in str(given).split(",") if part.strip()]
        if found is None and len(parts) > 1:
            for part in parts:
                yield from self._values(field, key, part)
            return
        if found is None:
            raise RequestError(field, self._unknown(key, given))
        yield found

    def _known(self, key: str, given: Any) -> Any:
        """Return the value as points have it; None if none has it."""
        names = self._classes.get(key, {})
        if given in names.values():
            return given
        # An index may have values that an earlier vocabulary had.
        if self._is_there(key, given) or (key == "title" and self._is_there("title_id", given)):
            return given
        if key not in _TASKS and isinstance(given, str):
            names = _own_names(self._listed(key))
        return names.get(_folded(given))

    def _is_there(self, key: str, value: Any) -> bool:
        match = models.FieldCondition(key=key, match=models.MatchValue(value=value))
        return self.store.count(self.clips, models.Filter(must=[match])) > 0

    def _listed(self, key: str) -> list[Any]:
        return [each.value for each in self.store.facets(self.clips, key, limit=LISTED)]

    @cached_property
    def _classes(self) -> Mapping[str, Mapping[str, str]]:
        """By field of a point: class names by all that they may be called."""
        return {
            key: _names(self.tasks[task]) if task in self.tasks else {}
            for key, task in _TASKS.items()
        }

    def _unknown(self, key: str, given: Any) -> str:
        known = self._classes[key] if key in _TASKS else _own_names(self._listed(key))
        return f"there is no {shortened(repr(given))}{_nearest(str(given), known)}"

    def _check_condition(self, text: str) -> None:
        condition = parse_condition(text)
        task = self.tasks.get(condition.task)
        if task is None or task.kind != "multi-label" or condition.operator not in ("=", "!="):
            return  # What is wrong with it otherwise, its own compilation says.
        names = _own_names(task.class_names)
        if condition.value not in task.class_names and not self._is_there(
            field_of(task.name), condition.value
        ):
            said = shortened(repr(condition.value))
            nearest = _nearest(condition.value, names)
            raise RequestError("where", f"task {task.name} has no class {said}{nearest}")


def _names(task: Task) -> Mapping[str, str]:
    """Return the names of a task's classes by all that they may be called."""
    also = {
        _folded(other): each.name
        for each in task.classes
        for other in (*each.synonyms, each.title, each.id)
        if other
    }
    return also | {_folded(each.name): each.name for each in task.classes}


def _own_names(values: Sequence[Any]) -> Mapping[str, str]:
    return {_folded(each): str(each) for each in values}


def _nearest(given: str, known: Mapping[str, str]) -> str:
    """Return a question after the nearest value, or the values if there are few."""
    near = get_close_matches(_folded(given), known, n=1)
    if near:
        return f"; did you mean {known[near[0]]!r}?"
    names = sorted(set(known.values()))
    return f"; there are {', '.join(names)}" if 0 < len(names) <= 12 else ""


def _folded(value: Any) -> str:
    return str(value).strip().casefold().replace("-", " ").replace("_", " ")


def check_bounds(filters: Filters) -> None:
    """Check that no least value lies above the most.

    Raises:
        RequestError: one does.
    """
    for field in COMPARED:
        if not field.startswith("min_"):
            continue
        most = "max_" + field.removeprefix("min_")
        low, high = getattr(filters, field), getattr(filters, most)
        if low is not None and high is not None and low > high:
            raise RequestError(field, f"{low:g} is above {most}, {high:g}, so nothing is found")
