"""A saved search in a line of words."""

from typing import Any

from app.saved.records import SavedSearch
from app.search.request import SearchRequest


def summary(saved: SavedSearch) -> str:
    """Return what a saved search looks for, or why it cannot be run, in a line."""
    if saved.request is None:
        return f"cannot be run: {saved.problem}"
    return describe(saved.request) or "Everything in the catalogue"


def describe(request: SearchRequest) -> str:
    """Return what a search looks for, in a line; empty where it looks for everything."""
    fields = request.model_dump(mode="json", exclude_defaults=True)
    words = fields.pop("q", "")
    for large in ("still", "clip"):
        if large in fields:
            fields[large] = "…"
    return " ".join([words, *(f"{name}={_value(each)}" for name, each in fields.items())]).strip()


def _value(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
