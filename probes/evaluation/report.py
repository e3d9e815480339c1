"""An evaluation as one HTML file that opens from disk and loads nothing."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, StrictUndefined

from encoder.atomic import write_text
from probes.evaluation import charts, words
from probes.evaluation.records import Evaluation, TaskEvaluation, number, signed, span

MAGIC = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG", "png"), (b"RIFF", "webp"))


@dataclass(frozen=True)
class Item:
    """A row in words: the title's name, and where it starts and ends, as timecode or the like."""

    title: str
    start: str
    end: str


class Items(Protocol):
    """The items by row number: a mapping or a sequence."""

    def __getitem__(self, row: int, /) -> Item:
        """Return the item of a row."""


Still = Callable[[int], bytes | None]
"""A JPEG, WebP or PNG of a row, or None where there is none."""


def write_report(evaluation: Evaluation, path: Path, items: Items, still: Still) -> None:
    """Write the report; an older one at the path is replaced when the new one is whole.

    Raises:
        ValueError: a still is of another format.
    """
    write_text(path, render(evaluation, items, still))


def render(evaluation: Evaluation, items: Items, still: Still) -> str:
    """Return the report as HTML; the arguments are as for ``write_report``."""

    @cache
    def picture(row: int) -> str | None:
        data = still(row)
        return None if data is None else _data_uri(row, data)

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("probes.evaluation").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        evaluation=evaluation,
        items=items,
        picture=picture,
        pictured=pictured,
        charts=charts,
        words=words,
        number=number,
        signed=signed,
        span=span,
    )


def pictured(task: TaskEvaluation, most: int = 24) -> set[str]:
    """Return the classes whose examples get stills: of ``most``, half the best and half the worst.

    Best means furthest above chance.
    """
    at = task.reference_column
    order = sorted(
        task.classes, key=lambda each: each.cells[at].value.value - each.chance, reverse=True
    )
    chosen = order if len(order) <= most else [*order[: most // 2], *order[-(most // 2) :]]
    return {each.name for each in chosen}


def _data_uri(row: int, data: bytes) -> str:
    for magic, kind in MAGIC:
        if data.startswith(magic):
            return f"data:image/{kind};base64,{b64encode(data).decode()}"
    raise ValueError(f"the still of row {row} is neither JPEG, WebP nor PNG: make it again")
