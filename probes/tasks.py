"""Tasks and their classes, declared as data.

The shipped tasks are in ``probes/vocabulary``. Users add tasks and classes of their own in the
settings file, and the same rules apply to both.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Literal, cast, get_args

TaskKind = Literal["multi-label", "binary", "ranking"]
TaskLevel = Literal["clip", "title"]
ScoreKind = Literal["zero-shot", "trained"]

ZERO_SHOT: ScoreKind = "zero-shot"
"""Scores by prompts, without any labels."""

TONE = "tone"
GENRE = "genre"
CLIP_WORTHINESS = "clip-worthiness"
POPULARITY = "popularity"
AD_RELEVANCY = "ad-relevancy"

METRICS: Mapping[TaskKind, str] = {
    "multi-label": "average precision, micro and macro",
    "binary": "average precision at one positive to three negatives",
    "ranking": "Kendall's tau-b within a title, averaged over titles",
}
LISTS = ("prompts", "against", "synonyms")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class TaskError(ValueError):
    """A task is declared wrongly; the message names the task and the class."""


@dataclass(frozen=True)
class TaskClass:
    """One class: its name, its meaning for editors, and its prompts.

    ``against`` are prompts of the opposite, which a binary or ranking task needs to be scored
    without labels; in a multi-label task the other classes are the opposite. ``group`` puts
    classes together where there are many. ``id`` and ``title`` are what a published taxonomy
    calls the class. ``synonyms`` are other words for it, which searches take for its name; scores
    do not depend on them.
    """

    name: str
    meaning: str
    prompts: tuple[str, ...]
    against: tuple[str, ...] = ()
    group: str = ""
    id: str = ""
    title: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A question that a probe answers for every clip or title."""

    name: str
    kind: TaskKind
    level: TaskLevel
    metric: str
    classes: tuple[TaskClass, ...]
    fingerprint: str
    """Of all that was declared: scores of another wording are other scores."""
    cattax: int | None = None
    """Which taxonomy the classes' ids belong to, as AdCOM numbers them (9: IAB Content 3.1)."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of a probe's rows."""
        return tuple(each.name for each in self.classes)

    @property
    def prompted(self) -> tuple[TaskClass, ...]:
        """The classes that can be scored without labels; none if only one class of a multi-label
        task has prompts, as it needs another to be compared with."""
        found = tuple(each for each in self.classes if each.prompts)
        alone = self.kind == "multi-label" and len(found) == 1
        return () if alone else found


def known_tasks(extra: Mapping[str, object] = {}) -> dict[str, Task]:
    """Return the shipped tasks with the user's, by name, in the order of their names.

    ``extra`` is what stands under ``[tasks]`` in the settings file. Under a new name it declares
    a task: ``kind``, ``level`` ("clip" by default) and ``classes``. Under the name of a shipped
    task it adds classes, or rewords those of the same name by the fields it gives.

    Raises:
        TaskError: a declaration contradicts itself or the shipped task of its name.
    """
    declared = dict(_shipped())
    for name, more in extra.items():
        if not isinstance(more, Mapping):
            raise TaskError(f"task {name}: expected a table with `classes`")
        declared[name] = _merged(name, declared[name], more) if name in declared else more
    return {name: _task(name, declared[name]) for name in sorted(declared)}


@cache
def _shipped() -> Mapping[str, Mapping[str, object]]:
    """The tables of ``probes/vocabulary`` by task name: the file's, with hyphens."""
    folder = files("probes").joinpath("vocabulary")
    tables = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return {
        file.name.removesuffix(".toml").replace("_", "-"): tomllib.loads(
            file.read_text(encoding="utf-8")
        )
        for file in tables
    }


def _merged(
    name: str, shipped: Mapping[str, object], more: Mapping[str, object]
) -> Mapping[str, object]:
    """Add a user's classes to a shipped task's; those of a known name change in place."""
    for field in ("kind", "level", "cattax"):
        if field in more and more[field] != shipped.get(field):
            raise TaskError(
                f"task {name}: its {field} is {shipped.get(field)} and cannot be changed; "
                "declare a task under another name"
            )
    added = _tables(name, more)
    _refuse_duplicates(name, added)
    by_name = {str(each["name"]): dict(each) for each in _tables(name, shipped)}
    for each in added:
        by_name[str(each["name"])] = by_name.get(str(each["name"]), {}) | dict(each)
    return {**shipped, **more, "classes": list(by_name.values())}


def _task(name: str, table: Mapping[str, object]) -> Task:
    if not NAME.fullmatch(name):
        raise TaskError(f"task {name}: a name has lowercase letters, digits and hyphens only")
    unknown = sorted(set(table) - {"kind", "level", "classes", "cattax"})
    if unknown:
        raise TaskError(f"task {name}: unknown field {unknown[0]}")
    kind, level = table.get("kind"), table.get("level", "clip")
    for field, value, known in (("kind", kind, TaskKind), ("level", level, TaskLevel)):
        if value not in get_args(known):
            raise TaskError(f"task {name}: {field} must be one of {', '.join(get_args(known))}")
    kind, level = cast(TaskKind, kind), cast(TaskLevel, level)
    tables = _tables(name, table)
    _refuse_duplicates(name, tables)
    classes = tuple(_task_class(name, kind, each) for each in tables)
    if kind != "multi-label" and len(classes) > 1:
        raise TaskError(f"task {name}: a {kind} task has one class, and this has {len(classes)}")
    cattax = cast("int | None", table.get("cattax"))
    declared = [_without_synonyms(asdict(each)) for each in classes]
    content = json.dumps([name, kind, level, cattax, declared])
    fingerprint = sha256(content.encode()).hexdigest()[:16]
    return Task(name, kind, level, METRICS[kind], classes, fingerprint, cattax)


def _without_synonyms(declared: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in declared.items() if name != "synonyms"}


def _tables(name: str, table: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    classes = table.get("classes")
    if not isinstance(classes, Sequence) or not classes:
        raise TaskError(f"task {name}: no classes; write [[tasks.{name}.classes]] for each")
    for each in classes:
        if not isinstance(each, Mapping) or not NAME.fullmatch(str(each.get("name", ""))):
            given = each.get("name", "") if isinstance(each, Mapping) else each
            raise TaskError(
                f"task {name}: class {given!r}: a name has lowercase letters, digits and hyphens "
                "only"
            )
    return classes


def _refuse_duplicates(name: str, tables: Sequence[Mapping[str, object]]) -> None:
    names = [each["name"] for each in tables]
    for index, each in enumerate(names):
        if each in names[:index]:
            raise TaskError(f"task {name}: class {each} is declared twice")


def _task_class(task: str, kind: TaskKind, table: Mapping[str, object]) -> TaskClass:
    """Return one class after checking its fields, and its opposites where the kind needs them."""
    where = f"task {task}: class {table['name']}"
    unknown = sorted(set(table) - set(TaskClass.__dataclass_fields__))
    if unknown:
        raise TaskError(f"{where}: unknown field {unknown[0]}")
    prompts, against, synonyms = (_texts(where, field, table.get(field, ())) for field in LISTS)
    if kind == "multi-label" and against:
        raise TaskError(f"{where}: `against` is for binary and ranking tasks")
    if kind != "multi-label" and bool(prompts) != bool(against):
        raise TaskError(f"{where}: a {kind} class has both `prompts` and `against`, or neither")
    words = {"meaning": ""} | {key: str(table[key]) for key in table if key not in LISTS}
    return TaskClass(prompts=prompts, against=against, synonyms=synonyms, **words)


def _texts(where: str, field: str, texts: object) -> tuple[str, ...]:
    if isinstance(texts, str) or not isinstance(texts, Sequence):
        raise TaskError(f"{where}: {field} must be a list of texts")
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise TaskError(f"{where}: {field} holds something that is not a text, or is empty")
    return tuple(texts)
