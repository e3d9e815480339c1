"""A feature set as data to train and measure probes on, without films."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from app.labelling.data import ProbeData
from encoder.runs import checkpoint_of
from encoder.stored import CheckpointError
from indexer.errors import ReelfindError
from indexer.features.feature_set import FeatureSet, load_features
from indexer.settings import Settings
from probes.labels.matching import ShotRange, ShotTimes
from probes.labels.records import Label, LabelError
from probes.labels.rows import Defaults
from probes.labels.table import read_table
from probes.metrics import Scores
from probes.tasks import Task

SPLIT = "split"
IN_SECONDS = "a feature set has no frame rate; give start and end in seconds"


class FeatureTitles:
    """Resolves the titles and times of labels in a feature set.

    Shots without times count as a second each, by their index.
    """

    def __init__(self, features: FeatureSet) -> None:
        self._features = features

    def find(self, name: str) -> str:
        """Return the id of a title by its id or name."""
        found = self._ids.get(name)
        if found is None:
            raise LabelError(f"no title {name!r} among these features")
        return found

    def seconds(self, title_id: str) -> float:
        """Return when a title's last shot ends, in seconds."""
        return float(self._times[title_id][-1, 1])

    def at_frame(self, title_id: str, frame: int) -> float:
        """Refuse: there are no frames here."""
        raise LabelError(f"title {title_id}, frame {frame}: {IN_SECONDS}")

    def at_timecode(self, title_id: str, timecode: str) -> float:
        """Refuse: there are no frames here."""
        raise LabelError(f"title {title_id}, timecode {timecode}: {IN_SECONDS}")

    def clip(self, clip_id: str) -> tuple[str, float, float]:
        """Refuse: there are no clips here."""
        raise LabelError(f"clip {clip_id}: a feature set has no clips; give a title and a span")

    def shots(self, title_id: str) -> ShotTimes | None:
        """Return the start and end of a title's shots in seconds, [n, 2] float64."""
        return self._times.get(title_id)

    @cached_property
    def _ids(self) -> dict[str, str]:
        titles = self._features.titles
        names = dict(zip(titles["name"], titles["title_id"], strict=True))
        return names | {title: title for title in titles["title_id"]}

    @cached_property
    def _times(self) -> dict[str, ShotTimes]:
        index = pl.col("index").cast(pl.Float64)
        table = self._features.shots.select(
            "title_id",
            pl.col("start").cast(pl.Float64).fill_null(index),
            pl.col("end").cast(pl.Float64).fill_null(index + 1),
        )
        return {
            str(key[0]): rows.select("start", "end").to_numpy()
            for key, rows in table.group_by("title_id", maintain_order=True)
        }


def open_features(
    folder: Path, checkpoint: Path, table: Path, settings: Settings, task: str | None = None
) -> ProbeData:
    """Return the titles of a feature set with labels from a table, read by an encoder.

    Args:
        folder: a feature set from ``reelfind features import``.
        checkpoint: of an encoder that reads embeddings of these widths.
        table: of labels; see ``docs/probes.md``. Rows that are no labels are printed.
        settings: the tasks that labels may be of, and how their probes are trained.
        task: of rows that do not name one.

    Raises:
        ReelfindError: any of the three cannot be read, or they do not fit each other.
    """
    features = load_features(folder)
    try:
        found = checkpoint_of(checkpoint)
    except CheckpointError as error:
        raise ReelfindError(str(error)) from error
    widths = (features.fused.shape[1], features.metadata.shape[1])
    if widths != (found.encoder.config.fused_dim, found.encoder.config.metadata_dim):
        raise ReelfindError(
            f"{checkpoint}: reads embeddings {found.encoder.config.fused_dim} wide with metadata "
            f"{found.encoder.config.metadata_dim} wide, and those of {folder} are {widths[0]} and "
            f"{widths[1]}; train an encoder on them with `reelfind encoder train --features`"
        )
    titles, tasks = FeatureTitles(features), settings.known_tasks()
    sequences = {each.title_id: each for each in features.sequences()}
    return ProbeData(
        source=str(folder),
        profile=features.profile,
        encoder_id=found.checkpoint_id,
        encoder=found.encoder,
        settings=settings.probes,
        tasks=tasks,
        labels=_labels(table, titles, tasks, task),
        sequences=sequences,
        times={name: titles.shots(name) for name in sequences},
        clips={
            name: [ShotRange(name, shot, shot + 1) for shot in range(len(title))]
            for name, title in sequences.items()
        },
        names=dict(zip(features.titles["title_id"], features.titles["name"], strict=True)),
        splits=_splits(features.titles),
        prompted=_no_prompts,
        still=lambda _: None,
        place=lambda item: _place(item, titles),
    )


def _labels(
    table: Path, titles: FeatureTitles, tasks: Mapping[str, Task], task: str | None
) -> Sequence[Label]:
    try:
        reading = read_table(table, titles, tasks, Defaults(date.today(), task, table.stem))
    except LabelError as error:
        raise ReelfindError(str(error)) from error
    for problem in reading.problems:
        print(f"reelfind: {table}: row {problem.row}: {problem.reason}", file=sys.stderr)
    return reading.labels


def _splits(titles: pl.DataFrame) -> dict[str, str]:
    if SPLIT not in titles.columns:
        return {}
    known = titles.filter(pl.col(SPLIT).is_not_null())
    return dict(zip(known["title_id"], known[SPLIT].cast(pl.String), strict=True))


def _no_prompts(_task: Task, _items: Sequence[ShotRange]) -> Scores | None:
    """Return None: a feature set has no text space for prompts."""
    return None


def _place(item: ShotRange, titles: FeatureTitles) -> str:
    times = titles.shots(item.title_id)
    assert times is not None
    return f"{times[item.first, 0]:.1f} – {times[item.end - 1, 1]:.1f} s"
