"""The results of an evaluation in sentences."""

from collections.abc import Sequence

from probes.blocks import PROBE, context_words
from probes.evaluation.records import Cell, Evaluation, Measured, TaskEvaluation, number, signed
from probes.reading import BlockRecord

BLOCKS_NOTE = (
    "Each block adds to those above it: the first one to chance, and one that was left out to all "
    "that are read. Differences and intervals are of the titles that the blocks were chosen on."
)


def verdict(task: TaskEvaluation) -> list[str]:
    """Return sentences on a task's first metric: its value, and the columns above and below it."""
    measured = task.measures[0]
    at = task.reference_column
    value = measured.cells[at].value
    subject = "The probe" if task.reference == PROBE else _capital(task.reference)
    sentences = [
        f"{subject} reaches {measured.metric} {number(value.value)} "
        f"({number(value.low)} to {number(value.high)}); chance is {number(measured.chance)}."
    ]
    if not value.low > measured.chance:
        sentences.append("On these titles it does not differ significantly from chance.")
    better = [(name, cell) for name, cell in _others(task, measured) if cell.sign < 0]
    worse = [(name, cell) for name, cell in _others(task, measured) if cell.sign > 0]
    even = [name for name, cell in _others(task, measured) if cell.sign == 0]
    if better:
        sentences.append(f"It is better than {_list([_by(*each) for each in better])}.")
    if worse:
        sentences.append(f"It is worse than {_list([_by(*each) for each in worse])}.")
    if even:
        sentences.append(f"No difference was shown to {_list(even)}.")
    return sentences


def protocol(task: TaskEvaluation) -> str:
    """Return how a task was measured."""
    measured = f"{task.labels:,} labels on {_items(task.items, task)} of {_titles(task.titles)}"
    if task.held_out:
        return (
            f"{measured}, held out: heads, strengths and thresholds were chosen on "
            f"{_items(task.learned_items, task)} of other titles, by {task.folds} folds by title."
        )
    return (
        f"{measured}, each scored by heads that saw nothing of its title, in {task.folds} folds "
        "by title; strengths were chosen within the other folds."
    )


def by_reference(
    evaluation: Evaluation,
) -> list[tuple[str, list[str], list[TaskEvaluation]]]:
    """Return a table per reference: its name, its tasks' columns without repeats, its tasks."""
    tables: dict[str, list[TaskEvaluation]] = {}
    for task in evaluation.tasks:
        tables.setdefault(task.reference, []).append(task)
    return [
        (reference, list(dict.fromkeys(name for task in tasks for name in task.columns)), tasks)
        for reference, tasks in tables.items()
    ]


def block_rows(blocks: Sequence[BlockRecord]) -> list[list[str]]:
    """Return for each block its name, value alone, what it adds, the 95 % interval, and a remark.

    What the first block adds is over chance, what one left out would add is over all that are read.
    """
    rows = []
    for each in blocks:
        remark = "" if each.is_read else "left out"
        if each.known_titles:
            remark = f"by likeness to {each.known_titles:,} titles"
        span = f"{signed(each.low)} to {signed(each.high)}"
        rows.append([each.name, number(each.alone), signed(each.adds), span, remark])
    return rows


def blocks_read(blocks: Sequence[BlockRecord]) -> str:
    """Return which blocks a probe reads, and what it reads of the title around its items."""
    read = [each.name for each in blocks if each.is_read]
    return f"The probe reads {_list(read)}. {context_words(read)}"


def pooled_chance(task: TaskEvaluation) -> float:
    """Return the chance of the curves in which all labels are pooled."""
    return task.measures[-1].chance


def cell_words(cell: Cell) -> str:
    """Return the meaning of a difference in words, so that colour is not the only sign."""
    if cell.difference is None:
        return "reference"
    return {1: "better", -1: "worse", 0: "no difference shown"}[cell.sign]


def _others(task: TaskEvaluation, measured: Measured) -> list[tuple[str, Cell]]:
    pairs = zip(task.columns, measured.cells, strict=True)
    return [(name, cell) for name, cell in pairs if cell.difference is not None]


def _by(name: str, cell: Cell) -> str:
    assert cell.difference is not None, "the reference is not compared with itself"
    return f"{name} (by {signed(abs(cell.difference.value)).lstrip('+')})"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _items(count: int, task: TaskEvaluation) -> str:
    word = "clip" if task.level == "clip" else "item"
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _titles(count: int) -> str:
    return f"{count:,} title{'' if count == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
