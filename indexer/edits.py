"""What a person said of a title after it was indexed: kept in its folder, and stronger than files.

``titles/<title id>/edited.json`` goes with the title when that is removed, and stays whatever
else is done to it. Deleting the file, and indexing the film again, takes the edits back.
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


def edit(folder: TitleFolder, said: Mapping[str, object]) -> None:
    """Keep what is said of a title: fields of ``Metadata``, empty where nothing is known.

    Fields that were edited before and are not in ``said`` stay as they were said.

    Raises:
        ReelfindError: there is no such field, a value is of a wrong kind, or the name is empty.
    """
    known = {name: _value(name, value, "edit") for name, value in said.items()}
    write_text(folder.path / FILE, json.dumps(_edits(folder) | known, indent=1))


def edited(folder: TitleFolder, metadata: Metadata) -> Metadata:
    """Return a title's metadata with what was said of it since.

    Raises:
        ReelfindError: the edits cannot be read.
    """
    where = str(folder.path / FILE)
    said = {name: _value(name, value, where) for name, value in _edits(folder).items()}
    return replace(metadata, **said)


def carry_over(old: TitleFolder, new: TitleFolder, without: Collection[str] = ()) -> None:
    """Give a title the edits of another, which its file was before; its own are stronger.

    Args:
        old: of the title that the file was.
        new: of the title that it is.
        without: fields that are not taken over.

    Raises:
        ReelfindError: edits cannot be read.
    """
    before = {name: said for name, said in _edits(old).items() if name not in without}
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
    """Return a value as its field has it, which for an empty one is that of nothing known."""
    valid = checked(name, value, where) if name not in KNOWN or not is_empty(value) else None
    if not is_empty(valid):
        return valid
    if name == "name":
        raise ReelfindError(f"{where}: name: a title needs one; write it")
    return asdict(Metadata(name=""))[name]
