"""Active learning: suggests the clips to label next for a task."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.labelling.catalogue import open_catalogue
from app.labelling.data import ProbeData
from app.labelling.store import LabelStore
from app.labelling.titles import ServedTitles
from app.records import Hit
from app.runtime import NotFoundError, Runtime
from indexer.errors import ReelfindError
from indexer.trained import ProbeInUse, TrainedProbes, fitting
from probes.blocks import IN_CONTEXT
from probes.labels.matching import ShotRange
from probes.labels.records import is_yes_no
from probes.labels.summary import ClassSummary, summarise
from probes.suggestions import suggest
from probes.tasks import Task, TaskClass


@dataclass(frozen=True)
class Suggested:
    """A clip to label for some ``classes`` of a task; with none named, for all of them."""

    item: ShotRange
    classes: tuple[str, ...]


def suggest_clips(
    data: ProbeData, task: Task, trained: ProbeInUse | None, count: int
) -> list[Suggested]:
    """Return the clips whose labels would improve a probe most, the most useful first.

    Args:
        data: the catalogue.
        task: to label; it may be reduced to some of its classes.
        trained: the probe that scores the task; without one, its prompts do.
        count: how many, at most.
    """
    clips = [clip for name in sorted(data.clips) for clip in data.clips[name]]
    if not clips:
        return []
    whole = task.level == "title"
    items = [_title_of(clip, data) for clip in clips] if whole else clips
    # Until there is a probe, clips are unlike each other as their context tells.
    blocks = data.represent(items).blocks(trained.reads if trained else (IN_CONTEXT,))
    scores = data.prompted(task, clips)
    if trained is not None:
        scores = np.full((len(clips), len(task.classes)), np.nan)
        for name, column in trained.scores(blocks).items():
            if name in task.class_names:
                scores[:, task.class_names.index(name)] = column
    found = suggest(
        task.kind,
        np.concatenate(list(blocks.values()), axis=1),
        [clip.title_id for clip in clips],
        _labelled(clips, data.labelled(task).items),
        count,
        scores=scores,
        score_kind="trained" if trained is not None else "zero-shot",
        settings=data.settings,
    )
    names = task.class_names
    return [Suggested(clips[each.row], tuple(names[at] for at in each.classes)) for each in found]


def _title_of(clip: ShotRange, data: ProbeData) -> ShotRange:
    """Return all shots of a clip's title."""
    return ShotRange(clip.title_id, 0, len(data.sequences[clip.title_id]))


def _labelled(
    clips: Sequence[ShotRange], items: Sequence[ShotRange]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return [clips], True where a label lies on most of a clip's shots."""
    shots = {(item.title_id, shot) for item in items for shot in range(item.first, item.end)}
    known = [
        2 * sum((clip.title_id, shot) in shots for shot in range(clip.first, clip.end))
        > clip.end - clip.first
        for clip in clips
    ]
    return np.array(known, dtype=np.bool_)


@dataclass(frozen=True)
class Question:
    """Whether a clip has a class of a task."""

    hit: Hit
    task: str
    class_name: str


def askable(task: Task) -> bool:
    """Return whether a task's labels are yes or no."""
    return is_yes_no(task)


def narrowed(task: Task, chosen: TaskClass) -> Task:
    """Return a task reduced to one class."""
    return replace(task, classes=(chosen,))


def questions(
    runtime: Runtime, task: Task, class_name: str, count: int, passed: Collection[str] = ()
) -> list[Question]:
    """Return questions about clips without labels, the most informative first.

    Args:
        runtime: of the catalogue.
        task: with labels yes and no.
        class_name: to ask for; "" asks for each clip's most uncertain classes.
        count: the most clips.
        passed: ids of clips to leave out.

    Raises:
        ReelfindError: nothing is indexed, or it cannot be read.
    """
    if class_name:
        (chosen,) = (each for each in task.classes if each.name == class_name)
        task = narrowed(task, chosen)
    data = open_catalogue(runtime.catalogue.path, runtime.settings, runtime.models)
    probes = TrainedProbes(runtime.catalogue.probes_path).in_use()
    trained, _ = fitting(probes, data.encoder_id)
    asked: list[Question] = []
    titles: set[str] = set()
    for each in suggest_clips(data, task, trained.get(task.name), count + len(passed)):
        hit = _hit(runtime, each.item)
        if hit is None or hit.id in passed:
            continue
        if task.level == "title" and hit.title_id in titles:
            continue  # One answer holds for the whole title.
        titles.add(hit.title_id)
        names = each.classes or task.class_names[:1]
        asked += [Question(hit, task.name, name) for name in names]
        count -= 1
        if not count:
            break
    return asked


def known(runtime: Runtime, task: Task, class_name: str) -> ClassSummary | None:
    """Return the counts of a class's labels and the annotators' agreement; None without labels.

    Raises:
        ReelfindError: the labels cannot be read.
    """
    labels = [
        each
        for each in LabelStore(runtime.database).all(task=task.name)
        if each.class_name == class_name
    ]
    titles = ServedTitles(runtime)
    times = {title_id: titles.shots(title_id) for title_id in {each.title_id for each in labels}}
    found = summarise(labels, times, {task.name: task}, titles.earlier(times))
    return found[0] if found else None


def _hit(runtime: Runtime, item: ShotRange) -> Hit | None:
    """Return a clip as a hit; None if it is no longer indexed."""
    try:
        title = runtime.title(item.title_id)
        own = {(each.first_shot, each.end_shot): each.index for each in title.clips}
        identity = title.point("clip", own[item.first, item.end])
        return runtime.neighbours(identity, before=0, after=0).hit
    except (NotFoundError, ReelfindError, KeyError):
        # Removed, or embedded again, since the suggestion was made.
        return None
