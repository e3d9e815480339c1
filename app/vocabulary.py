"""The tasks that clips are scored by and their classes, as programs and people read them."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field

from app.records import Record
from probes.tasks import Task, TaskClass, TaskKind, TaskLevel


class TaskClassRow(Record):
    """A class of a task: a tone, a genre, an ad category, or one of your own."""

    name: str = Field(description="What filters, labels and hits call it.")
    title: str = Field(description="Its name in a published taxonomy; else empty.")
    id: str = Field(description="Its id in that taxonomy; else empty.")
    group: str = Field(description="What it stands under where there are many; else empty.")
    meaning: str = Field(description="What it means, for editors.")
    synonyms: list[str] = Field(description="Other words for it, which filters take as well.")
    prompted: bool = Field(description="Whether clips can be scored for it without any labels.")

    @classmethod
    def of(cls, each: TaskClass) -> Self:
        """Return a class as a row."""
        return cls(
            name=each.name,
            title=each.title,
            id=each.id,
            group=each.group,
            meaning=each.meaning,
            synonyms=list(each.synonyms),
            prompted=bool(each.prompts),
        )


class TaskRow(Record):
    """A question that a probe answers for every clip or title."""

    name: str = Field(description="What labels and `scored_by` call it.")
    kind: TaskKind = Field(description="Several classes at once, yes or no, or a rank.")
    level: TaskLevel = Field(description="Whether clips or whole titles are scored.")
    own: bool = Field(description="Whether your settings file declares it.")
    cattax: int | None = Field(
        description="The taxonomy of its classes' ids, by AdCOM's list (9 is IAB Content 3.1)."
    )
    classes: list[TaskClassRow]


def task_rows(tasks: Mapping[str, Task]) -> list[TaskRow]:
    """Return the tasks with their classes, by name."""
    # Imported here: the client reads these rows without numpy and the store.
    from indexer.scoring import SHIPPED

    return [
        TaskRow(
            name=task.name,
            kind=task.kind,
            level=task.level,
            own=task.name not in SHIPPED,
            cattax=task.cattax,
            classes=class_rows(task),
        )
        for task in tasks.values()
    ]


def class_rows(task: Task) -> list[TaskClassRow]:
    """Return the classes of a task in the order of their declaration."""
    return list(map(TaskClassRow.of, task.classes))
