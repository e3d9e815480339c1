"""One row of a table of labels, read into a label."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from probes.labels.matching import ShotTimes
from probes.labels.records import Label, LabelError, is_yes_no
from probes.messages import quoted, shortened
from probes.tasks import Task

Row = Mapping[str, str]
"""A row's cells that are not empty, by column."""

_TIMECODE = re.compile(r"\d+:\d+:\d+[:;]\d+")
_YES_NO = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


class Titles(Protocol):
    """Look-ups of titles; each raises ``LabelError`` if it finds nothing."""

    def find(self, name: str) -> str:
        """Return the id of the one title of this id, start of an id, name or file name."""

    def seconds(self, title_id: str) -> float:
        """Return a title's length in seconds."""

    def at_frame(self, title_id: str, frame: int) -> float:
        """Return when a frame, counted from 0, is on screen: seconds from the film's start."""

    def at_timecode(self, title_id: str, timecode: str) -> float:
        """Return the seconds from the film's start to a timecode on its start timecode."""

    def clip(self, clip_id: str) -> tuple[str, float, float]:
        """Return a clip's title id, start and end in seconds."""

    def shots(self, title_id: str) -> ShotTimes | None:
        """Return the times of a title's shots; None when it is not in the catalogue."""


@dataclass(frozen=True)
class Defaults:
    """Values for rows that do not state them, and how exact times have to be."""

    today: date
    task: str | None = None
    annotator: str | None = None
    overrun: float = 1.0
    """Seconds that a span may end after its title: tables of whole seconds round up."""


def read_row(row: Row, titles: Titles, tasks: Mapping[str, Task], defaults: Defaults) -> Label:
    """Return the label that a row states.

    Raises:
        LabelError: it states none; the message says why.
    """
    task = _task(row.get("task") or defaults.task, tasks)
    annotator = row.get("annotator") or defaults.annotator
    if annotator is None:
        raise LabelError("no annotator; add the column or --annotator")
    title_id, start, end = (
        _clip(row, titles) if "clip_id" in row else _span(row, titles, task, defaults.overrun)
    )
    return Label(
        task=task.name,
        class_name=_class(row.get("class"), task),
        title_id=title_id,
        start=start,
        end=end,
        value=_value(row.get("value"), task),
        annotator=annotator,
        date=_date(row["date"]) if "date" in row else defaults.today,
    )


def _task(name: str | None, tasks: Mapping[str, Task]) -> Task:
    if name is None:
        raise LabelError("no task; add the column or --task")
    task = tasks.get(name.replace("_", "-").casefold())
    if task is None:
        raise LabelError(f"no task {quoted(name)}; there are: {', '.join(tasks)}")
    return task


def _class(name: str | None, task: Task) -> str:
    if name is None:
        if len(task.classes) == 1:
            return task.class_names[0]
        raise LabelError(f"no class, and task {task.name} has {len(task.classes)}")
    for known in task.class_names:
        if known.casefold() == name.casefold():
            return known
    raise LabelError(f"task {task.name} has no class {quoted(name)}")


def _clip(row: Row, titles: Titles) -> tuple[str, float, float]:
    also = {"start", "end", "start_frame", "end_frame"} & row.keys()
    if also:
        raise LabelError(f"has a clip_id and {', '.join(sorted(also))}; give one or the other")
    title_id, start, end = titles.clip(row["clip_id"])
    if "title" in row and titles.find(row["title"]) != title_id:
        raise LabelError(f"clip {row['clip_id']} is not of title {shortened(row['title'])}")
    return title_id, start, end


def _span(row: Row, titles: Titles, task: Task, overrun: float) -> tuple[str, float, float]:
    if "title" not in row:
        raise LabelError("no title and no clip_id")
    title_id = titles.find(row["title"])
    given = {"start", "end", "start_frame", "end_frame"} & row.keys()
    if not given and task.level == "title":
        return title_id, 0.0, titles.seconds(title_id)
    start, end = (_time(side, row, titles, title_id) for side in ("start", "end"))
    units = [_unit(row.get(side)) for side in ("start", "end")]
    if units[0] != units[1]:
        raise LabelError(f"start is in {units[0]} and end in {units[1]}; give both in one unit")
    length = titles.seconds(title_id)
    if end > length + overrun:
        raise LabelError(
            f"outside the title: {start:.3f} to {end:.3f} s ends after its {length:.3f} s"
        )
    return title_id, start, end


def _unit(text: str | None) -> str:
    if text is None:
        return "frames"
    return "timecode" if _TIMECODE.fullmatch(text) else "seconds"


def _time(side: str, row: Row, titles: Titles, title_id: str) -> float:
    """Return the start or end of a row's span in seconds."""
    text, frame = row.get(side), row.get(f"{side}_frame")
    if (text is None) == (frame is None):
        fault = f"no {side}" if text is None else f"both {side} and {side}_frame"
        raise LabelError(f"{fault}; give seconds, a timecode, or {side}_frame")
    if frame is not None:
        number = _number(frame)
        if number is None or not number.is_integer():
            raise LabelError(f"{side}_frame {quoted(frame)} is not a whole number")
        return titles.at_frame(title_id, int(number))
    if _TIMECODE.fullmatch(text or ""):
        return titles.at_timecode(title_id, text or "")
    seconds = _number(text or "")
    if seconds is None:
        raise LabelError(
            f"{side} {quoted(text)} is neither seconds (12.5) nor a timecode (01:00:10:12)"
        )
    return seconds


def _value(text: str | None, task: Task) -> float:
    if text is None:
        if is_yes_no(task):
            return 1.0
        raise LabelError(f"no value, and task {task.name} asks how much")
    if not is_yes_no(task):
        number = _number(text)
        if number is None:
            raise LabelError(f"value {quoted(text)} is not a number")
        return number
    value = _YES_NO.get(text.casefold(), _number(text))
    if value not in (0.0, 1.0):
        raise LabelError(f"value {quoted(text)} is not 0 or 1, yes or no, true or false")
    return value


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _date(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise LabelError(f"date {quoted(text)} is not as 2026-01-31") from None
