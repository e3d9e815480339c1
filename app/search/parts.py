"""The parts of a search in words: each is a chip on the page, and words of a summary."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from app.search.filters import COMPARED, Filters
from app.search.request import SearchRequest, Sought

_PREFIX = re.compile("^(min|max|has)_")
_SIGNS = {"min": "≥", "max": "≤"}
_SHARES = ("clip_worthiness", "popularity")
_LABELS = {
    "then": "then “{}”",
    "within": "within {:g} s",
    "also": "also “{}”",
    "story": "{:.0%} by story",
    "tail": "with weak matches",
    "group": "grouped by title",
    "merge": "touching hits joined",
    "diverse": "different hits first",
    "limit": "{} on a page",
}
"""How a field reads that is no list, filter or order, where it differs from its default."""
LISTS = sorted(
    (name for name, field in SearchRequest.model_fields.items() if field.get_default() == []),
    key=[*Filters.model_fields, *Sought.model_fields].index,
)
"""The fields that hold several values, filters before examples."""
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Part(NamedTuple):
    """A part of a search: a field of the request, with one of its values if it has several."""

    label: str
    field: str
    value: object = None


def parts_of(
    request: SearchRequest,
    names: Mapping[str, str] = _NO_NAMES,
    usual: SearchRequest | None = None,
) -> Iterator[Part]:
    """Yield the parts of a search beside its words, level, order and files.

    Args:
        request: the search.
        names: of titles, people, and clips that are examples, by id.
        usual: has the defaults; otherwise those of the API.
    """
    usual = usual or SearchRequest(q="")
    for field, label in _LABELS.items():
        value = getattr(request, field)
        if value != getattr(usual, field):
            yield Part(label.format(value), field)
    for field in LISTS:
        for value in dict.fromkeys(getattr(request, field)):
            yield Part(f"{name_of(field)}: {names.get(value, str(value))}", field, value)
    for field, compare in COMPARED.items():
        value = getattr(request, field)
        if compare.how in _SIGNS and value is not None:
            said = f"{value:.0%}" if compare.key in _SHARES else f"{value:g}"
            yield Part(f"{name_of(field)} {_SIGNS[compare.how]} {said}", field)
        elif compare.how == "is" and value is not None:
            yield Part(f"{'with' if value else 'without'} {name_of(field)}", field)


def name_of(field: str) -> str:
    """Return what a part calls a field of the request."""
    compare = COMPARED.get(field)
    return (compare and compare.label) or _PREFIX.sub("", field).replace("_", " ")


def without(
    request: SearchRequest, part: Part, usual: SearchRequest | None = None
) -> SearchRequest:
    """Return a search without one of its parts; without the part, the search itself."""
    values = getattr(request, part.field)
    if isinstance(values, list):
        left: object = [each for each in values if each != part.value]
    else:
        left = getattr(usual or SearchRequest(q=""), part.field)
    return request.model_copy(update={part.field: left})
