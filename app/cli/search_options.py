"""The words and options of a search, one for each field of a request."""

import base64
import inspect
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from app.search.request import SearchRequest, SearchRoute
from indexer.errors import ReelfindError

NAMES = {"q": "words", "routes": "route"}
"""Fields that have another name on the command line."""
FLAGS = {
    "has_dialogue": "--dialogue/--no-dialogue",
    "merge": "--merge",
    "diverse": "--diverse",
}
HELP = {
    "q": 'What is seen or said, such as "snow and mountains".',
    "then": "Words that follow in the same title.",
    "within": "Seconds between the words and --then.",
    "also": "Words that hold for the same clip or shot.",
    "still": "A picture to be like.",
    "clip": "A film of up to 60 s to be like.",
    "routes": f"Search by this route only: {', '.join(get_args(SearchRoute))}.",
    "where": "Condition on a task of your own: mood=dark, risk>=0.5.",
    "level": "What to find.",
}
"""Where the command line differs from the API; other options have the description of the field."""
FILES = ("still", "clip")
LIMIT = 10
"""Hits on a terminal's page."""


def takes_search(command: Callable[..., None], left_out: Sequence[str] = ()) -> Callable[..., None]:
    """Give a command the words and options of a search in place of its ``**looked_for``."""
    own = [
        each
        for each in inspect.signature(command).parameters.values()
        if each.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    asked = [each for each in _parameters() if each.name not in left_out]
    # Arguments stand in the order of the line.
    first = [each for each in own if each.default is inspect.Parameter.empty]
    every = [*first, *asked, *(each for each in own if each not in first)]
    command.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in every}
    return command


def request_of(looked_for: dict[str, Any]) -> SearchRequest:
    """Return the search that words and options say, by the names of ``takes_search``.

    Raises:
        ReelfindError: they make no sense, and which.
    """
    given = {
        field: looked_for[NAMES.get(field, field)]
        for field in SearchRequest.model_fields
        if looked_for.get(NAMES.get(field, field)) is not None
    }
    for field in given.keys() & FILES:
        given[field] = base64.b64encode(given[field].read_bytes()).decode()
    try:
        return SearchRequest(**given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        name = "--" + NAMES.get(field, field).replace("_", "-")
        raise ReelfindError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error


def _parameters() -> Iterator[inspect.Parameter]:
    """Yield the words and options, in the order of the fields."""
    for field, info in SearchRequest.model_fields.items():
        default = LIMIT if field == "limit" else info.get_default()
        yield inspect.Parameter(
            NAMES.get(field, field),
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None if default == [] else default,
            annotation=_annotation(field, info),
        )


def _annotation(field: str, info: FieldInfo) -> Any:
    help_ = HELP.get(field, info.description) or ""
    if field == "q":
        return Annotated[str, typer.Argument(help=help_)]
    if field in FILES:
        return Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=help_)]
    if field in FLAGS:
        return Annotated[info.annotation, typer.Option(FLAGS[field], help=help_)]
    if info.get_default() == []:
        kind = _value_type(info)
        return Annotated[
            list[kind] | None, typer.Option(help=f"{help_.rstrip('.')}; repeatable.")  # type: ignore[valid-type]
        ]
    kind, min_, max_ = _bounds(info)
    return Annotated[kind, typer.Option(min=min_, max=max_, help=help_)]


def _value_type(info: FieldInfo) -> type[int | str]:
    """Return the type of the values of a list."""
    (value,) = get_args(info.annotation)
    return int if value is int or int in get_args(value) else str


def _bounds(info: FieldInfo) -> tuple[Any, float | None, float | None]:
    """Return the type of an option and its bounds."""
    kind, limits = info.annotation, list(info.metadata)
    bare = next((each for each in get_args(kind) if each is not type(None)), kind)
    if get_origin(bare) is Annotated:
        plain, *more = get_args(bare)
        kind = plain | None
        limits += [limit for each in more for limit in each.metadata]
    min_ = next((each.ge for each in limits if hasattr(each, "ge")), None)
    max_ = next((each.le for each in limits if hasattr(each, "le")), None)
    return kind, min_, max_
