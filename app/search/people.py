"""People as filters of a search: points hold groups of faces, and somebody says whose they are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qdrant_client import models

from app.search.request import RequestError
from indexer.traits import FIELD, PERSON, stored, stored_of_clip

Groups = Mapping[str, Sequence[int]]
"""Groups of faces: their numbers by the id of their title."""


def _no_groups(names: Sequence[str]) -> Groups:
    raise RequestError(
        "person",
        f"{names[0]}: nobody is recognised here; set who.enabled, and run `reelfind index`",
    )


@dataclass(frozen=True)
class People:
    """Who may be asked for.

    Args:
        groups: returns the groups of all people with these ids or names, and raises
            ``RequestError`` where there is no such person.
        counted: returns by id the groups of each person that facets count.
    """

    groups: Callable[[Sequence[str]], Groups] = _no_groups
    counted: Callable[[], Mapping[str, Groups]] = dict


NOBODY = People()


def shows(groups: Groups, of_clip: bool = False) -> models.Condition:
    """Return the condition that a point has any of these groups.

    With ``of_clip``, that a shot's clip has.
    """
    each = [
        models.Filter(
            must=[
                models.FieldCondition(key="title_id", match=models.MatchValue(value=title_id)),
                models.FieldCondition(
                    key=FIELD, match=models.MatchAny(any=list(_values(numbers, of_clip)))
                ),
            ]
        )
        for title_id, numbers in groups.items()
    ]
    # Somebody whose titles were all removed is in no title at all.
    nowhere = models.FieldCondition(key="title_id", match=models.MatchValue(value=""))
    return models.Filter(should=each or [nowhere])


def is_in(payload: Mapping[str, Any], groups: Groups) -> bool:
    """Return whether a point has any of these groups."""
    numbers = groups.get(payload["title_id"], ())
    return not set(_values(numbers)).isdisjoint(payload.get(FIELD, []))


def _values(numbers: Sequence[int], of_clip: bool = False) -> Iterator[str]:
    for number in numbers:
        value = stored(PERSON, str(number))
        yield stored_of_clip(value) if of_clip else value
