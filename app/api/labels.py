"""Labels: what people say of spans of titles, which probes are trained and measured on."""

import datetime
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from app.api.deps import RuntimeDep, Writer
from app.api.gates import gated
from app.labelling.records import (
    LabelFilter,
    LabelPage,
    NewLabel,
    NewLabels,
    Removed,
    StoredLabel,
    StoredLabels,
    Written,
)
from app.labelling.store import LabelStore
from app.labelling.titles import ServedTitles
from app.problems import FieldProblem, FieldsError
from probes.labels.matching import Unmatched, match
from probes.labels.records import Label, LabelError
from probes.labels.rows import Defaults, Row, read_row

router = APIRouter(tags=["labels"], route_class=gated("database"))

NOBODY = "api"
"""Who labels without a key and without saying a name."""


EXAMPLES: dict[str, Any] = {
    "a thumb up": {
        "summary": "A span is worth clipping",
        "value": {
            "labels": [
                {
                    "task": "clip-worthiness",
                    "title": "Bikes",
                    "start": 1.2,
                    "end": 3.04,
                    "value": 1,
                    "annotator": "ann",
                }
            ]
        },
    },
    "a tone, in frames": {
        "summary": "A span is playful",
        "value": {
            "labels": [
                {
                    "task": "tone",
                    "class": "playful",
                    "title": "Bikes",
                    "start_frame": 30,
                    "end_frame": 76,
                    "annotator": "ann",
                }
            ]
        },
    },
}


@router.get("/labels")
def list_labels(only: Annotated[LabelPage, Query()], runtime: RuntimeDep) -> StoredLabels:
    """List labels: all, or those of a task, class, title, span or annotator."""
    known = LabelStore(runtime.database).all(task=only.task, title_id=only.title_id)
    fields = only.model_dump(exclude={"from_", "limit"}, exclude_none=True)
    found = [each for each in known if all(getattr(each, k) == v for k, v in fields.items())]
    last = only.from_ + only.limit
    shown = found[only.from_ : last]
    titles = ServedTitles(runtime)
    earlier = titles.earlier({each.title_id for each in shown})
    page = [
        StoredLabel.model_validate({**asdict(each), "earlier_version": each.title_id in earlier})
        for each in shown
    ]
    return StoredLabels(labels=page, next=last if last < len(found) else None)


@router.post("/labels")
def add_labels(
    new: Annotated[NewLabels, Body(openapi_examples=EXAMPLES)], runtime: RuntimeDep, caller: Writer
) -> Written:
    """Write labels, all or none; what an annotator says again replaces what they said."""
    titles = ServedTitles(runtime)
    defaults = Defaults(datetime.date.today(), annotator=caller.name or NOBODY)
    read: list[Label] = []
    wrong: list[FieldProblem] = []
    for place, each in enumerate(new.labels):
        try:
            label = read_row(_row(each), titles, runtime.tasks, defaults)
            found = match(label, titles.shots(label.title_id))
            if isinstance(found, Unmatched):
                raise LabelError(f"{found.reason}: {found.message}")
            read.append(label)
        except LabelError as error:
            wrong.append(FieldProblem(field=f"labels.{place}", detail=str(error)))
    if wrong:
        raise FieldsError(wrong)
    added, replaced = LabelStore(runtime.database).add(read)
    return Written(added=added, replaced=replaced)


@router.delete("/labels")
def remove_labels(
    only: Annotated[LabelFilter, Query()], runtime: RuntimeDep, _caller: Writer
) -> Removed:
    """Remove the labels that are as said in every respect given; at least one must be."""
    fields = only.model_dump(exclude_none=True)
    if not fields:
        names = ", ".join(field.alias or name for name, field in LabelFilter.model_fields.items())
        raise FieldsError([FieldProblem(field="query", detail=f"say which labels, by {names}")])
    return Removed(removed=LabelStore(runtime.database).remove(**fields))


def _row(label: NewLabel) -> Row:
    """Return a label as the row of a table that would state it."""
    row = label.model_dump(by_alias=True, exclude_none=True)
    return {name: str(value) for name, value in row.items()}
