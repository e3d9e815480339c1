"""Paths of films as JSON: a file name may hold bytes that are no text, and JSON is text.

What is kept is written and read with the ``NamedRoots`` of the machine as pydantic's context.
Without them, as in the API, paths are those of the machine.
"""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
)

from indexer.named_roots import NO_ROOTS, NamedRoots
from indexer.remote_path import path_of

_SCHEME = "file:///" if os.name == "nt" else "file://"


def path_text(path: Path, roots: NamedRoots = NO_ROOTS) -> str:
    """Return a path below a root by its name, and any other as it is.

    One that is no text becomes a file URI, which keeps its bytes.
    """
    named = roots.written(path)
    if named is not None:
        return named
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return path.absolute().as_uri()
    return text


def _written(path: Path, info: SerializationInfo) -> str:
    return path_text(path, _roots(info.context))


def _read(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith(_SCHEME):
        return os.fsdecode(unquote_to_bytes(value.removeprefix(_SCHEME)))
    return str(_roots(info.context).path(value))


def _written_line(line: str, info: SerializationInfo) -> str:
    return _roots(info.context).line(line)


def _read_line(value: object, info: ValidationInfo) -> object:
    return _roots(info.context).line_here(value) if isinstance(value, str) else value


def _roots(context: Any) -> NamedRoots:
    return context if isinstance(context, NamedRoots) else NO_ROOTS


StoredPath = Annotated[
    Path,
    BeforeValidator(_read),
    AfterValidator(path_of),
    PlainSerializer(_written, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "path"}),
]
"""A path that pydantic writes to JSON and reads back as the same, whatever bytes it has."""

StoredLine = Annotated[
    str,
    BeforeValidator(_read_line),
    PlainSerializer(_written_line, return_type=str, when_used="json"),
]
"""A message that begins with the path of a film or of a file beside it."""
