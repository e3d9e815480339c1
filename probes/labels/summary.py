"""Counts of labels by task and class, and how well their annotators agree."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from probes.labels.agreement import Agreement, MatchedLabel, agreement, ratings
from probes.labels.matching import Reason, ShotRange, ShotTimes, Unmatched, match
from probes.labels.records import Label, is_yes_no
from probes.tasks import Task

_EARLIER: Reason = "made on an earlier version of the file"


@dataclass(frozen=True)
class ClassSummary:
    """The labels of one class of one task.

    ``positives`` and ``negatives`` count labels; None for a ranking. ``unmatched`` counts the
    labels that match no shots of the present catalogue, by reason; only ``labels``,
    ``positives``, ``negatives`` and ``annotators`` include them.
    """

    task: str
    class_name: str
    labels: int
    positives: int | None
    negatives: int | None
    titles: int
    annotators: tuple[str, ...]
    agreement: Agreement
    unmatched: Mapping[Reason, int]


def summarise(
    labels: Iterable[Label],
    shots: Mapping[str, ShotTimes | None],
    tasks: Mapping[str, Task],
    replaced: Collection[str] = (),
) -> list[ClassSummary]:
    """Return a summary of each task and class that has labels, by name.

    Args:
        labels: of any tasks.
        shots: the times of the shots of each title; missing or None when it is not known.
        tasks: by name; the labels of a task that is no longer there are summarised as numbers.
        replaced: ids of titles whose file was replaced by another cut.
    """
    by_class: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for label in labels:
        by_class[label.task, label.class_name].append(label)
    return [_summary(by_class[key], shots, tasks.get(key[0]), replaced) for key in sorted(by_class)]


def match_all(
    labels: Iterable[Label],
    shots: Mapping[str, ShotTimes | None],
    task: Task | None,
    replaced: Collection[str] = (),
) -> tuple[list[MatchedLabel], list[tuple[Label, Unmatched]]]:
    """Return labels of one task with the items they match, and those that match none.

    An item is a range of shots. For a task about titles it is all shots of the title, whatever part
    of it a label names.
    """
    matched: list[MatchedLabel] = []
    unmatched: list[tuple[Label, Unmatched]] = []
    for label in labels:
        times = shots.get(label.title_id)
        found = match(label, times)
        if times is None and label.title_id in replaced:
            found = Unmatched(_EARLIER, f"{label.title_id}: {_EARLIER}")
        if isinstance(found, Unmatched):
            unmatched.append((label, found))
        elif task is not None and task.level == "title" and times is not None:
            matched.append((label, ShotRange(label.title_id, 0, len(times))))
        else:
            matched.append((label, found))
    return matched, unmatched


def _summary(
    labels: list[Label],
    shots: Mapping[str, ShotTimes | None],
    task: Task | None,
    replaced: Collection[str],
) -> ClassSummary:
    matched, unmatched = match_all(labels, shots, task, replaced)
    yes_no = task is not None and is_yes_no(task)
    return ClassSummary(
        task=labels[0].task,
        class_name=labels[0].class_name,
        labels=len(labels),
        positives=sum(label.value == 1 for label in labels) if yes_no else None,
        negatives=sum(label.value == 0 for label in labels) if yes_no else None,
        titles=len({item.title_id for _, item in matched}),
        annotators=tuple(sorted({label.annotator for label in labels})),
        agreement=agreement(ratings(matched), yes_no),
        unmatched=Counter(why.reason for _, why in unmatched),
    )
