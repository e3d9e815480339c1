"""Stage ``scores``: probe scores of shots, of clips and of the whole title, and score curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indexer.artefacts import read_clips, read_json, read_shots, read_vectors, write_json
from indexer.backbones.base import Vectors
from indexer.onscreen.values import kinds_of_shots
from indexer.pooling import pool_clips, unit
from indexer.records import Clip
from indexer.scoring import Limit, Seen, TaskScores, field_of, score_table, score_task, smooth
from indexer.stages import clips, context, embed, onscreen, shots
from indexer.stages.base import Stage
from indexer.stages.blocks import TitleBlocks
from indexer.stages.work import TitleWork
from probes.tasks import CLIP_WORTHINESS, GENRE, ZERO_SHOT, Task
from probes.zero_shot import text_space_embeddings

Shares = NDArray[np.float32]

NAME = "scores"
SHOTS = "shots.parquet"
CLIPS = "clips.parquet"
CURVES = "curves.parquet"
TITLE = "title.json"
TONES_SHOWN = 3
"""The most tones that one shot or clip carries."""
GENRES_SHOWN = 2
SURE_TONE = 7.0
SURE_GENRE = 4.0
"""How many times what the other classes score on average a class must score to be carried. With
7, nine clips in ten of the three films of ``bench/queries.md`` carry one to three tones. A genre
stands for a whole title, and is better left out than wrong."""
SMOOTHING = 8.0
"""Seconds, the standard deviation: a curve along a film shows scenes, not cuts."""


@dataclass(frozen=True)
class TitleScores:
    """Classes of a whole title, and their sources.

    ``fields`` are payload fields by name, from tasks about whole titles. ``genres_from`` is
    "metadata", "trained" or "zero-shot". ``scored_by`` gives for each task the id of its trained
    probe or "zero-shot"; ``zero_shot`` are the classes in ``fields`` that only prompts scored.
    """

    fields: Mapping[str, Any]
    genres_from: str
    scored_by: Mapping[str, str]
    zero_shot: list[str]


@dataclass(frozen=True)
class _Scoring:
    """Scores a title's rows by its tasks."""

    work: TitleWork

    @cached_property
    def tasks(self) -> dict[str, Task]:
        return self.work.settings.known_tasks()

    @cached_property
    def limits(self) -> dict[str, Limit]:
        usual = dict.fromkeys(self.tasks, Limit(TONES_SHOWN, SURE_TONE))
        return usual | {GENRE: Limit(GENRES_SHOWN, SURE_GENRE)}

    def score(self, level: str, seen: Seen) -> list[TaskScores]:
        """Score rows by every task of a level that has prompts or a probe, in order of name."""
        prompted, trained = self.work.models.zero_shot, self.work.trained
        found = (
            score_task(task, seen, prompted.get(name), trained.get(name))
            for name, task in self.tasks.items()
            if task.level == level
        )
        return [scores for scores in found if scores is not None]


def _settings(work: TitleWork) -> dict[str, object]:
    return {
        "tasks": {name: task.fingerprint for name, task in work.settings.known_tasks().items()},
        "genres": list(work.title.metadata.genres),
        "credits": [work.settings.onscreen.credits_lines, work.settings.onscreen.credits_part],
        "trained": {name: [probe.probe_id, *probe.classes] for name, probe in work.trained.items()},
    }


def _run(work: TitleWork, out: Path) -> None:
    scoring = _Scoring(work)
    picture = read_vectors(work.artefact(embed.VIDEO, embed.ALIGNED))
    dialogue = read_vectors(work.artefact(embed.DIALOGUE, embed.VECTORS))
    own = read_clips(work.artefact(clips.NAME, clips.TABLE))
    clip_picture, clip_dialogue = pool_clips(picture, own), pool_clips(dialogue, own)
    blocks = TitleBlocks(work)
    shot_spans = [(index, index + 1) for index in range(len(picture))]
    clip_spans = [(each.first_shot, each.end_shot) for each in own]
    of_shots = scoring.score("clip", Seen(_words(picture, dialogue), blocks.of("clip", shot_spans)))
    of_clips = scoring.score(
        "clip", Seen(_words(clip_picture, clip_dialogue), blocks.of("clip", clip_spans))
    )
    in_credits = _in_credits(work)
    tables = (
        (SHOTS, score_table(of_shots, scoring.limits, len(picture)), in_credits),
        (CLIPS, score_table(of_clips, scoring.limits, len(own)), _pooled(work, in_credits, own)),
    )
    for name, table, share in tables:
        _without(table, share).write_parquet(out / name)
    _curves(work, of_shots).write_parquet(out / CURVES)
    of_title = scoring.score(
        "title",
        Seen(
            _words(
                clip_picture.mean(axis=0, keepdims=True), clip_dialogue.mean(axis=0, keepdims=True)
            ),
            blocks.of("title", [(0, len(picture))]),
        ),
    )
    known = list(work.title.metadata.genres)
    write_json(out / TITLE, _title(of_title, [*of_clips, *of_title], scoring.limits, known))


def _words(picture: Vectors, dialogue: Vectors) -> Vectors:
    return text_space_embeddings(unit(picture), unit(dialogue))


def _in_credits(work: TitleWork) -> Shares:
    """Return for each shot 1 if it shows credits, else 0."""
    every = read_shots(work.artefact(shots.NAME, shots.TABLE))
    read = onscreen.read_screen(work, every)
    kinds = kinds_of_shots(every, read, work.settings.onscreen)
    return np.array([kind == "credits" for kind in kinds], dtype=np.float32)


def _pooled(work: TitleWork, shares: Shares, own: Sequence[Clip]) -> Shares:
    """Return for each clip the share of its frames that shots' shares are of."""
    every = read_shots(work.artefact(shots.NAME, shots.TABLE))
    frames = np.array([shot.end_frame - shot.start_frame for shot in every])
    pooled = [
        np.average(
            shares[each.first_shot : each.end_shot], weights=frames[each.first_shot : each.end_shot]
        )
        for each in own
    ]
    return np.array(pooled, dtype=np.float32)


def _without(table: pl.DataFrame, credits: Shares) -> pl.DataFrame:
    """Return the table with less clip-worthiness where there are credits: nobody cuts them out."""
    field = field_of(CLIP_WORTHINESS)
    if field not in table.columns:
        return table
    return table.with_columns(table[field] * pl.Series(1 - credits))


def _curves(work: TitleWork, scored: list[TaskScores]) -> pl.DataFrame:
    """Return the scores of every class along the title: a row per shot, smoothed over time."""
    own = read_shots(work.artefact(shots.NAME, shots.TABLE))
    fps = float(work.title.media.fps)
    starts = np.array([shot.start_frame for shot in own]) / fps
    ends = np.array([shot.end_frame for shot in own]) / fps
    curves = {
        f"{scores.task.name}: {name}": values
        for scores in scored
        for name, values in scores.values.items()
    }
    smoothed = smooth(np.stack(list(curves.values()), axis=1), starts, ends, SMOOTHING)
    columns = dict(zip(curves, smoothed.T, strict=True))
    return pl.DataFrame({"start_seconds": starts, "end_seconds": ends, **columns})


def _title(
    of_title: list[TaskScores],
    everything: list[TaskScores],
    limits: Mapping[str, Limit],
    known_genres: list[str],
) -> dict[str, object]:
    fields: dict[str, Any] = {}
    zero_shot: list[str] = []
    genres_from: str = ZERO_SHOT
    for scores in of_title:
        task = scores.task
        if task.kind == "multi-label":
            carried = scores.carried(0, limits[task.name])
            if task.name == GENRE and known_genres:
                carried, genres_from = known_genres, "metadata"
            else:
                prompted = [name for name in carried if not scores.is_trained(name)]
                zero_shot += prompted
                if task.name == GENRE and carried and not prompted:
                    genres_from = "trained"
            fields[field_of(task.name)] = carried
        else:
            ((name, values),) = scores.values.items()
            fields[field_of(task.name)] = float(values[0])
            zero_shot += [] if scores.is_trained(name) else [task.name]
    return {
        "fields": fields,
        "genres_from": genres_from,
        "scored_by": {scores.task.name: scores.scored_by for scores in everything},
        "zero_shot": zero_shot,
        "scores": {
            scores.task.name: {name: float(values[0]) for name, values in scores.values.items()}
            for scores in of_title
        },
        "classes": {scores.task.name: list(scores.values) for scores in everything},
    }


def read_title_scores(work: TitleWork) -> TitleScores:
    """Return the classes of a whole title."""
    facts = read_json(work.artefact(NAME, TITLE))
    return TitleScores(
        facts["fields"], facts["genres_from"], facts["scored_by"], facts["zero_shot"]
    )


SCORES = Stage(
    NAME,
    3,
    (clips.NAME, context.NAME, shots.NAME, embed.VIDEO, embed.DIALOGUE, onscreen.NAME),
    _settings,
    _run,
    doing="scoring",
    rate=0.0005,
)
