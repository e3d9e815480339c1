"""Probe scores of shots and clips: tone and clip-worthiness; genre for the title."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indexer.artefacts import read_clips, read_json, read_vectors, write_json
from indexer.models import ZeroShotProbes
from indexer.pooling import pool_clips, unit
from indexer.stages import clips, embed
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from probes.tasks import CLIP_WORTHINESS, GENRE, TONE, load_task
from probes.zero_shot import text_space_embeddings

NAME = "scores"
TITLE = "title.json"
TONES_SHOWN = 3
"""The most tones that one shot or clip carries."""
GENRES_SHOWN = 2
SURE_TONE = 2.0
SURE_GENRE = 3.0
"""How many times its even share a class must score to be carried. A genre stands for a whole
title, and is better left out than wrong."""


@dataclass(frozen=True)
class TitleScores:
    """The genres a title carries, whether ``genres_from`` is "metadata" or "zero-shot", and the
    kind of its tone and clip-worthiness scores."""

    genres: list[str]
    genres_from: str
    score_kind: str


def top_classes(
    scores: NDArray[np.float32], names: tuple[str, ...], most: int, sure: float
) -> list[str]:
    """Return the names of the classes that a row [classes] carries, best first, ``most`` at most.

    A class is carried when it scores at least ``sure`` times its even share.
    """
    order = np.argsort(-scores, kind="stable")[:most]
    return [names[i] for i in order if scores[i] * len(names) >= sure]


def _score_rows(
    probes: ZeroShotProbes, picture: NDArray[np.float32], dialogue: NDArray[np.float32]
) -> pl.DataFrame:
    embeddings = text_space_embeddings(unit(picture), unit(dialogue))
    tones = probes.tone.scores(embeddings)
    worthiness = probes.clip_worthiness.scores(embeddings)[:, 0]
    return pl.DataFrame(
        {
            "tones": [
                top_classes(row, probes.tone.classes, TONES_SHOWN, SURE_TONE) for row in tones
            ],
            "tone_scores": tones.tolist(),
            "clip_worthiness": worthiness.tolist(),
        },
        schema={
            "tones": pl.List(pl.String),
            "tone_scores": pl.List(pl.Float32),
            "clip_worthiness": pl.Float32,
        },
    )


def _settings(work: TitleWork) -> dict[str, object]:
    return {
        "tasks": [load_task(name).fingerprint for name in (TONE, GENRE, CLIP_WORTHINESS)],
        "genres": list(work.title.metadata.genres),
    }


def _run(work: TitleWork, out: Path) -> None:
    probes = work.models.zero_shot
    picture = read_vectors(work.artefact(embed.VIDEO, embed.ALIGNED))
    dialogue = read_vectors(work.artefact(embed.DIALOGUE, embed.VECTORS))
    _score_rows(probes, picture, dialogue).write_parquet(out / "shots.parquet")
    own = read_clips(work.artefact(clips.NAME, clips.TABLE))
    clip_picture, clip_dialogue = pool_clips(picture, own), pool_clips(dialogue, own)
    _score_rows(probes, clip_picture, clip_dialogue).write_parquet(out / "clips.parquet")
    whole = text_space_embeddings(
        unit(clip_picture.mean(axis=0, keepdims=True)),
        unit(clip_dialogue.mean(axis=0, keepdims=True)),
    )
    scores = probes.genre.scores(whole)[0]
    guessed = top_classes(scores, probes.genre.classes, GENRES_SHOWN, SURE_GENRE)
    known = list(work.title.metadata.genres)
    write_json(
        out / TITLE,
        {
            "genres": known or guessed,
            "genres_from": "metadata" if known else "zero-shot",
            "genre_scores": dict(zip(probes.genre.classes, map(float, scores), strict=True)),
            "score_kind": probes.tone.kind,
        },
    )


def read_title_scores(work: TitleWork) -> TitleScores:
    """Return a title's genres, where they are from, and the kind of its scores."""
    facts = read_json(work.artefact(NAME, TITLE))
    return TitleScores(**{field.name: facts[field.name] for field in fields(TitleScores)})


SCORES = Stage(NAME, 2, (clips.NAME, embed.VIDEO, embed.DIALOGUE), _settings, _run)
