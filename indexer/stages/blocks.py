"""The blocks of a title that the probes in use read, from the results of earlier stages."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indexer.artefacts import read_shots, read_vectors
from indexer.stages import context, embed, shots
from indexer.stages.work import TitleWork
from probes.probe import Blocks
from probes.tasks import TaskLevel

if TYPE_CHECKING:
    from encoder.batches import TitleSequence
    from probes.labels.matching import ShotTimes


class TitleBlocks:
    """Computes blocks of runs of one title's shots; none where no trained probe is in use."""

    def __init__(self, work: TitleWork) -> None:
        self._work = work

    def of(self, level: TaskLevel, spans: Sequence[tuple[int, int]]) -> Blocks:
        """Return the blocks that probes of this level read, for runs of shots, end exclusive."""
        tasks = self._work.settings.known_tasks()
        names = {
            name
            for task, probe in self._work.trained.items()
            if task in tasks and tasks[task].level == level
            for name in probe.reads
        }
        if not names:
            return {}
        # These load PyTorch, which scores by prompts do without.
        from probes.labels.matching import ShotRange
        from probes.representations import Representations

        title = self._work.title.title_id
        return Representations(
            self._work.frozen_encoder.encoder,
            {title: self._sequence},
            [ShotRange(title, first, end) for first, end in spans],
            {title: self._times},
            {title: read_vectors(self._work.artefact(context.NAME, context.IN_CONTEXT))},
        ).blocks(sorted(names))

    @cached_property
    def _sequence(self) -> "TitleSequence":
        from encoder.batches import TitleSequence

        fused = read_vectors(self._work.artefact(embed.FUSED, embed.VECTORS), mapped=True)
        # [GLOBAL] is in the in-context embeddings already.
        metadata = np.zeros(self._work.frozen_encoder.config.metadata_dim, np.float32)
        return TitleSequence(self._work.title.title_id, fused, metadata)

    @cached_property
    def _times(self) -> "ShotTimes":
        every = read_shots(self._work.artefact(shots.NAME, shots.TABLE))
        frames = np.array([(each.start_frame, each.end_frame) for each in every], dtype=np.float64)
        return frames / float(self._work.title.media.fps)
