"""Training on labelled items with the record that is kept: ``reelfind probes train``."""

from datetime import date

import numpy as np

from probes.labels.items import LabelledItems
from probes.metrics import Scores
from probes.probe import Blocks
from probes.recipes import recipe_for
from probes.saved import ClassRecord, MeasureRecord, ProbeRecord, SavedProbe
from probes.settings import DEFAULTS, ProbeSettings
from probes.tasks import Task
from probes.training import TrainedProbe, train_probe


def train_and_record(
    task: Task,
    labelled: LabelledItems,
    blocks: Blocks,
    zero_shot: Scores | None,
    *,
    profile: str,
    encoder: str,
    made: date,
    settings: ProbeSettings = DEFAULTS,
) -> SavedProbe:
    """Train a probe, and measure it beside the prompts' scores.

    Args:
        task: of ``labelled``.
        labelled: n items.
        blocks: of the items, to choose from, the simplest first: [n, d] float32 each.
        zero_shot: [n, classes] scores of the same items by prompts, NaN where a class has no
            prompts; None where the profile's text space is not available.
        profile: of the embeddings.
        encoder: the id of the checkpoint that made them.
        made: today.
        settings: of the training.

    Raises:
        ValueError: as for ``train_probe``.
    """
    trained = train_probe(task, blocks, labelled.values, labelled.titles, settings)
    classes = _classes(task, labelled, trained, zero_shot)
    return SavedProbe(
        trained.probe,
        ProbeRecord(
            task=task.name,
            kind=task.kind,
            profile=profile,
            encoder=encoder,
            labels=labelled.digest,
            items=len(trained.rows),
            titles=len({labelled.items[row].title_id for row in trained.rows}),
            made=made.isoformat(),
            head=_head(trained),
            strength=float(trained.strength),
            expected_error=(
                ()
                if trained.reliability is None
                else tuple(map(float, trained.reliability.expected_error()))
            ),
            classes=classes,
            measures=_measures(task, trained),
            left_out={
                each.name: each.lacks for each in trained.counts if each.lacks and each.labelled
            },
            blocks=trained.blocks,
        ),
    )


def _head(trained: TrainedProbe) -> str:
    known = max(each.known_titles for each in trained.blocks)
    return f"{trained.head} on likeness to {known} titles" if known else trained.head


def _measures(task: Task, trained: TrainedProbe) -> tuple[MeasureRecord, ...]:
    # With a single class the mean over classes and the pool of all labels are the same.
    measures = trained.measures[:1] if task.kind == "binary" else trained.measures
    return tuple(
        MeasureRecord(
            "AP" if task.kind == "binary" else each.name,
            float(each.interval.value),
            float(each.interval.low),
            float(each.interval.high),
            float(each.chance),
        )
        for each in measures
    )


def _classes(
    task: Task, labelled: LabelledItems, trained: TrainedProbe, zero_shot: Scores | None
) -> tuple[ClassRecord, ...]:
    quality = recipe_for(task.kind).quality
    names = list(task.class_names)
    counts = {each.name: each for each in trained.counts}
    found = []
    for column, name in enumerate(trained.probe.classes):
        prompts = None
        own = [names.index(name)]
        if zero_shot is not None and not np.isnan(zero_shot[:, own]).any():
            prompts = float(quality(labelled.values[:, own], zero_shot[:, own], labelled.titles)[0])
        threshold = float(trained.thresholds[column])
        found.append(
            ClassRecord(
                name=name,
                positives=counts[name].positives,
                negatives=counts[name].negatives,
                titles=counts[name].titles,
                quality=float(trained.quality[column]),
                chance=float(trained.class_chance[column]),
                zero_shot=prompts,
                threshold=None if np.isnan(threshold) else threshold,
            )
        )
    return tuple(found)
