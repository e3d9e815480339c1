"""Active learning: the clips of the catalogue that should be labelled next for a task."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.labelling.data import ProbeData
from indexer.trained import ProbeInUse
from probes.labels.matching import ShotRange
from probes.suggestions import suggest
from probes.tasks import Task


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
        task: to be labelled; it may be narrowed to some of its classes.
        trained: the probe that scores the task, if there is one; else its prompts do.
        count: how many, at most.
    """
    clips = [clip for name in sorted(data.clips) for clip in data.clips[name]]
    if not clips:
        return []
    embeddings = data.represent(clips).read_by(task.level)
    scores = data.prompted(task, clips)
    if trained is not None:
        scores = np.full((len(clips), len(task.classes)), np.nan)
        for name, column in trained.scores(embeddings).items():
            if name in task.class_names:
                scores[:, task.class_names.index(name)] = column
    found = suggest(
        task.kind,
        embeddings,
        [clip.title_id for clip in clips],
        _labelled(clips, data.labelled(task).items),
        count,
        scores=scores,
        score_kind="trained" if trained is not None else "zero-shot",
        settings=data.settings,
    )
    names = task.class_names
    return [Suggested(clips[each.row], tuple(names[at] for at in each.classes)) for each in found]


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
