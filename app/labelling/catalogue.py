"""The indexed catalogue as data to train and measure probes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from app.database.engine import Database
from app.labelling.data import ProbeData
from app.labelling.store import LabelStore
from app.labelling.titles import CatalogueTitles
from indexer.artefacts import read_clips, read_shots, read_vectors
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import load_current
from indexer.encoding import read_sequences
from indexer.errors import ReelfindError
from indexer.models import Models
from indexer.pooling import pool_clips, unit
from indexer.preparation import Preparation
from indexer.records import Clip
from indexer.settings import Settings
from indexer.stages import clips, decode, embed, shots, stills
from indexer.stages.work import TitleWork
from indexer.timecode import timecode
from probes.labels.matching import ShotRange
from probes.labels.records import Label
from probes.metrics import Scores
from probes.tasks import Task
from probes.zero_shot import text_space_embeddings


def stored_labels(data: Path, settings: Settings) -> list[Label]:
    """Return all labels of a data directory.

    Raises:
        ReelfindError: they cannot be read.
    """
    with Database.of(data, settings) as database:
        return LabelStore(database).all()


def open_catalogue(data: Path, settings: Settings, models: Models | None = None) -> ProbeData:
    """Return the titles of a data directory with their labels and the encoder in use.

    Args:
        data: the data directory.
        settings: its settings.
        models: networks that are loaded already, of the same profile.

    Raises:
        ReelfindError: nothing is indexed there.
    """
    catalogue, models = Catalogue(data), models or Models(settings)
    works = Preparation(catalogue, settings, models).others([])
    encoder = load_current(catalogue)
    if encoder is None or not works:
        raise ReelfindError(f"{data}: nothing is indexed here; index films first")
    titles = CatalogueTitles(data)
    by_id = {work.title.title_id: work for work in works}
    seen = _Seen(by_id, models)
    return ProbeData(
        source=str(data),
        profile=settings.profile,
        encoder_id=encoder.checkpoint_id,
        encoder=encoder.encoder,
        settings=settings.probes,
        tasks=settings.known_tasks(),
        labels=stored_labels(data, settings),
        sequences={each.title_id: each for each in read_sequences(works)},
        times={name: titles.shots(name) for name in by_id},
        clips={name: _clips_of(work) for name, work in by_id.items()},
        names={name: work.title.metadata.name for name, work in by_id.items()},
        splits={},
        prompted=seen.prompted,
        still=seen.still,
        place=seen.place,
    )


def _clips_of(work: TitleWork) -> list[ShotRange]:
    own = read_clips(work.artefact(clips.NAME, clips.TABLE))
    return [ShotRange(work.title.title_id, clip.first_shot, clip.end_shot) for clip in own]


@dataclass(frozen=True, eq=False)
class _Seen:
    """Zero-shot scores, stills and places of the catalogue's items."""

    works: dict[str, TitleWork]
    models: Models

    def prompted(self, task: Task, items: Sequence[ShotRange]) -> Scores | None:
        probe = self.models.zero_shot.get(task.name)
        if probe is None:
            return None
        rows = np.empty((len(items), probe.weight.shape[1]), dtype=np.float32)
        by_title: dict[str, list[int]] = {}
        for row, item in enumerate(items):
            by_title.setdefault(item.title_id, []).append(row)
        for title_id, own in by_title.items():
            work = self.works[title_id]
            spans = [Clip(row, items[row].first, items[row].end, 0, 0) for row in own]
            picture = read_vectors(work.artefact(embed.VIDEO, embed.ALIGNED))
            dialogue = read_vectors(work.artefact(embed.DIALOGUE, embed.VECTORS))
            rows[own] = text_space_embeddings(
                unit(pool_clips(picture, spans)), unit(pool_clips(dialogue, spans))
            )
        scores = np.full((len(items), len(task.classes)), np.nan)
        found = dict(zip(probe.classes, probe.scores(rows).T, strict=True))
        for column, name in enumerate(task.class_names):
            if name in found:
                scores[:, column] = found[name]
        return scores

    def still(self, item: ShotRange) -> bytes | None:
        """Return the JPEG nearest to the middle of an item."""
        work = self.works[item.title_id]
        start, end = self._frames(item)
        frames = pl.read_parquet(work.artefact(stills.NAME, stills.TABLE))["frame"]
        nearest = min(frames, key=lambda frame: abs(frame - (start + end) / 2))
        for stage in (decode.NAME, stills.NAME):
            path = work.artefact(stage, stills.FOLDER, stills.still_name(nearest))
            if path.is_file():
                return path.read_bytes()
        return None

    def place(self, item: ShotRange) -> str:
        """Return the timecodes of an item's first frame and of the one after its last."""
        media = self.works[item.title_id].title.media
        start, end = (
            timecode(frame, media.fps, media.start_timecode) for frame in self._frames(item)
        )
        return f"{start} – {end}"

    def _frames(self, item: ShotRange) -> tuple[int, int]:
        frames = _frames_of(self.works[item.title_id].artefact(shots.NAME, shots.TABLE))
        return frames[item.first][0], frames[item.end - 1][1]


@cache
def _frames_of(table: Path) -> list[tuple[int, int]]:
    return [(shot.start_frame, shot.end_frame) for shot in read_shots(table)]
