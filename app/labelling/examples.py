"""Stores the places of an evaluation's examples next to it, for the browser.

An evaluation refers to examples by row number, which is meaningful only while it runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app.labelling.evaluating import Measured
from encoder.atomic import write_text
from indexer.errors import ReelfindError
from probes.evaluation.records import Evaluation, Example

SUFFIX = ".examples.json"
"""In place of the evaluation's own ``.json``."""


@dataclass(frozen=True)
class ExamplePlace:
    """An item: its title, its shots (``end`` exclusive), and start and end as people read them."""

    title_id: str
    title: str
    first: int
    end: int
    starts: str
    ends: str


_PLACES = TypeAdapter(dict[int, ExamplePlace])


def write_examples(measured: Measured, evaluation: Path) -> None:
    """Write the places of the examples to a file next to the JSON file ``evaluation``.

    Raises:
        OSError: it cannot be written.
    """
    rows = {example.row for example in _examples(measured.evaluation)}
    places = {row: _place(measured, row) for row in sorted(rows)}
    text = _PLACES.dump_json(places, indent=1).decode()
    write_text(evaluation.with_suffix(SUFFIX), text)


def read_examples(evaluation: Path) -> dict[int, ExamplePlace]:
    """Return the places of the examples by row; empty if the file was never written.

    Raises:
        ReelfindError: it cannot be read.
    """
    file = evaluation.with_suffix(SUFFIX)
    if not file.is_file():
        return {}
    try:
        return _PLACES.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise ReelfindError(
            f"{file}: cannot be read; evaluate again with `reelfind probes evaluate`"
        ) from error


def _examples(evaluation: Evaluation) -> Iterator[Example]:
    for task in evaluation.tasks:
        for each in task.classes:
            yield from (*each.examples.found, *each.examples.mistaken, *each.examples.missed)


def _place(measured: Measured, row: int) -> ExamplePlace:
    item, words = measured.items[row], measured[row]
    return ExamplePlace(item.title_id, words.title, item.first, item.end, words.start, words.end)
