"""What is scored: tasks and their classes, declared as data in ``probes/vocabulary``."""

import hashlib
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

TaskKind = Literal["multi-label", "binary", "ranking"]
TaskLevel = Literal["clip", "title"]

TONE = "tone"
GENRE = "genre"
CLIP_WORTHINESS = "clip_worthiness"


@dataclass(frozen=True)
class TaskClass:
    """One class: its name, what an editor should understand by it, and its prompts.

    ``against`` are prompts of the opposite, which a binary task needs to be scored without
    labels; in a multi-label task the other classes are the opposite.
    """

    name: str
    meaning: str
    prompts: tuple[str, ...]
    against: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A question that a probe answers for every clip or title."""

    name: str
    kind: TaskKind
    level: TaskLevel
    metric: str
    classes: tuple[TaskClass, ...]
    fingerprint: str
    """Of the file it was read from: scores of another wording are other scores."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of a probe's rows."""
        return tuple(each.name for each in self.classes)


def load_task(name: str) -> Task:
    """Read a task from ``probes/vocabulary/<name>.toml``.

    Raises:
        FileNotFoundError: there is no such task.
    """
    text = files("probes").joinpath("vocabulary", f"{name}.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    classes = tuple(
        TaskClass(
            each["name"],
            each["meaning"],
            tuple(each["prompts"]),
            tuple(each.get("against", ())),
        )
        for each in raw["classes"]
    )
    return Task(
        raw["name"],
        raw["kind"],
        raw["level"],
        raw["metric"],
        classes,
        hashlib.sha256(text.encode()).hexdigest()[:16],
    )
