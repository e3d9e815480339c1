"""A value of each field of a search, other than its default."""

from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from app.search.request import SearchRequest

_NAMED: dict[str, Any] = {
    "q": "a street",
    "then": "a cyclist",
    "within": 12.5,
    "story": 0.25,
    "also": "a taxi",
    "still": "AAAA",
    "clip": "AAAA",
    "routes": ["picture"],
    "where": ["risk>=0.5"],
    "order": "time",
    "tail": "keep",
    "group": "title",
    "merge": True,
    "diverse": True,
    "level": "shot",
    "limit": 7,
    "cursor": "abc",
}


def _sample(field: FieldInfo) -> Any:
    """Return a value that a filter can compare with."""
    if field.get_default() == []:
        (value,) = get_args(field.annotation)
        if get_origin(value) is Literal:
            return [get_args(value)[-1]]
        return [2] if int in get_args(value) else ["one"]
    return False if bool in get_args(field.annotation) else 0.5


SAMPLES: dict[str, Any] = {
    name: _NAMED[name] if name in _NAMED else _sample(field)
    for name, field in SearchRequest.model_fields.items()
}
