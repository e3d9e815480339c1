"""Paths of films as JSON: a file name may hold bytes that are no text, and JSON is text."""

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote_to_bytes

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_SCHEME = "file:///" if os.name == "nt" else "file://"


def _written(path: Path) -> str:
    """Return a path as it is; one that is no text as a file URI, which keeps its bytes."""
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return path.absolute().as_uri()
    return text


def _read(value: object) -> object:
    if isinstance(value, str) and value.startswith(_SCHEME):
        return os.fsdecode(unquote_to_bytes(value.removeprefix(_SCHEME)))
    return value


StoredPath = Annotated[
    Path,
    BeforeValidator(_read),
    PlainSerializer(_written, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "path"}),
]
"""A path that pydantic writes to JSON and reads back as the same, whatever bytes it has."""
