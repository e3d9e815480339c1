"""Metadata that people edited after indexing: kept in the title's folder; overrides the files'.

``titles/<title id>/edited.json`` is deleted only with the title. To undo the edits, delete the
file and index the film again.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

from encoder.atomic import write_text
from indexer.errors import ReelfindError
from indexer.metadata_fields import KNOWN, checked, is_empty
from indexer.records import Metadata
from indexer.stages.base import TitleFolder

FILE = "edited.json"


def edit(folder: TitleFolder, fields: Mapping[str, object]) -> None:
    """Save edited fields of a title's ``Metadata``; an empty value clears the field.

    Earlier edits of other fields are kept.

    Raises:
        ReelfindError: there is no such field, a value is of a wrong kind, or the name is empty.
    """
    known = {name: _value(name, value, "edit") for name, value in fields.items()}
    write_text(folder.path / FILE, json.dumps(_edits(folder) | known, indent=1))


def edited(folder: TitleFolder, metadata: Metadata) -> Metadata:
    """Return a title's metadata with its edits applied.

    Raises:
        ReelfindError: the edits cannot be read.
    """
    where = str(folder.path / FILE)
    fields = {name: _value(name, value, where) for name, value in _edits(folder).items()}
    return replace(metadata, **fields)


def carry_over(old: TitleFolder, new: TitleFolder, without: Collection[str] = ()) -> None:
    """Copy the edits of a file's earlier title to its successor, whose own edits take precedence.

    Args:
        old: folder of the earlier title.
        new: folder of its successor.
        without: fields that are not taken over.

    Raises:
        ReelfindError: edits cannot be read.
    """
    before = {name: value for name, value in _edits(old).items() if name not in without}
    if before:
        write_text(new.path / FILE, json.dumps(before | _edits(new), indent=1))


def _edits(folder: TitleFolder) -> dict[str, Any]:
    file = folder.path / FILE
    if not file.is_file():
        return {}
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(said, dict):
            raise ValueError("not a JSON object")
    except (OSError, ValueError) as error:
        raise ReelfindError(f"{file}: cannot be read ({error}); correct or remove it") from error
    return said


def _value(name: str, value: object, where: str) -> Any:
    """Return the valid value of a field; for an empty one, the field's default."""
    valid = checked(name, value, where) if name not in KNOWN or not is_empty(value) else None
    if not is_empty(valid):
        return valid
    if name == "name":
        raise ReelfindError(f"{where}: name: a title needs one; write it")
    return asdict(Metadata(name=""))[name]
