"""Data to train and measure probes on: labelled spans of titles, with several embeddings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from encoder.batches import TitleSequence
from encoder.model import Encoder
from indexer.errors import ReelfindError
from probes.labels.items import LabelledItems, labelled_items
from probes.labels.matching import ShotRange, ShotTimes
from probes.labels.records import Label
from probes.metrics import Scores
from probes.representations import Representations
from probes.settings import ProbeSettings
from probes.tasks import Task


@dataclass(frozen=True, eq=False)
class ProbeData:
    """Titles with their labels, and an encoder that reads them.

    ``sequences``, ``times``, ``clips`` and ``names`` are by title id; ``splits`` names the
    published part of a title, where there is one. ``prompted`` scores items [n, classes] by a
    task's prompts (NaN for a class without), or returns None if there is no text space.
    ``still`` returns the JPEG of an item, or None. ``place`` describes where an item lies.
    """

    source: str
    profile: str
    encoder_id: str
    encoder: Encoder
    settings: ProbeSettings
    tasks: Mapping[str, Task]
    labels: Sequence[Label]
    sequences: Mapping[str, TitleSequence]
    times: Mapping[str, ShotTimes | None]
    clips: Mapping[str, Sequence[ShotRange]]
    names: Mapping[str, str]
    splits: Mapping[str, str]
    prompted: Callable[[Task, Sequence[ShotRange]], Scores | None]
    still: Callable[[ShotRange], bytes | None]
    place: Callable[[ShotRange], str]

    def task(self, name: str) -> Task:
        """Return a task by name.

        Raises:
            ReelfindError: there is none.
        """
        if name not in self.tasks:
            known = ", ".join(self.tasks)
            raise ReelfindError(f"{name}: no such task; there are {known}")
        return self.tasks[name]

    def labelled(self, task: Task) -> LabelledItems:
        """Return the labels of a task as items with one value per class."""
        return labelled_items(task, self.labels, self.times, self.clips)

    def with_labels(self, names: Sequence[str]) -> list[Task]:
        """Return the tasks with these names; without names, all tasks with labels.

        Raises:
            ReelfindError: no such task, or there are no labels at all.
        """
        chosen = [self.task(name) for name in names]
        labelled = {label.task for label in self.labels}
        if not labelled:
            raise ReelfindError(
                f"{self.source}: no labels yet; `reelfind labels import TABLE` adds some"
            )
        return chosen or [task for name, task in self.tasks.items() if name in labelled]

    def seconds(self, item: ShotRange) -> tuple[float, float]:
        """Return when an item starts and ends, to the millisecond."""
        times = self.times[item.title_id]
        if times is None:
            raise KeyError(f"{item.title_id}: no shots of this title are known")
        return round(float(times[item.first, 0]), 3), round(float(times[item.end - 1, 1]), 3)

    def represent(self, items: Sequence[ShotRange]) -> Representations:
        """Return the representations of items, each made when it is asked for."""
        return Representations(self.encoder, self.sequences, items, self.times)
