"""A value of each field of a search, other than its default."""

from typing import Any

from app.search.request import SearchRequest

_NAMED: dict[str, Any] = {
    "q": "a street",
    "without": "rain",
    "then": "a cyclist",
    "within": 12.5,
    "also": "a taxi",
    "still": "AAAA",
    "clip": "AAAA",
    "routes": ["picture"],
    "season": [2],
    "where": ["risk>=0.5"],
    "has_dialogue": False,
    "order": "time",
    "tail": "keep",
    "group": "title",
    "merge": True,
    "diverse": True,
    "level": "shot",
    "limit": 7,
    "cursor": "abc",
}
SAMPLES: dict[str, Any] = {
    name: _NAMED.get(name, ["one"] if field.get_default() == [] else 0.5)
    for name, field in SearchRequest.model_fields.items()
}
