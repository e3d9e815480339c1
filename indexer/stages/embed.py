"""Stage ``embed``: the three modality embeddings of every shot, and the fused embedding."""

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from indexer.artefacts import (
    read_json,
    read_shots,
    read_timed_text,
    read_vectors,
    write_json,
    write_vectors,
)
from indexer.cores import map_on_cores
from indexer.decoding import open_audio
from indexer.fused import ShotMeans, fuse
from indexer.stages import decode, shots, stills, text
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.text.assign import assign

VIDEO, AUDIO, DIALOGUE, FUSED = "video", "audio", "dialogue", "fused"
FEATURES = "features.npy"
ALIGNED = "aligned.npy"
VECTORS = "vectors.npy"
TEXTS = "texts.json"
BATCH = 32
"""Stills embedded at once: bounds the memory and paces the progress."""


def _run_video(work: TitleWork, out: Path) -> None:
    table = pl.read_parquet(work.artefact(stills.NAME, stills.TABLE)).filter("embedded")
    frames = table["frame"].to_list()
    owner = table["shot"].to_numpy()
    count = int(owner.max()) + 1
    backbone = work.models.backbones.video
    pooled: dict[str, ShotMeans] = {}
    for start in range(0, len(frames), BATCH):
        batch = slice(start, start + BATCH)
        found = backbone.embed_frames(
            list(map_on_cores(partial(stills.read_still, work), frames[batch]))
        )
        for name, vectors in ((FEATURES, found.features), (ALIGNED, found.aligned)):
            if name not in pooled:
                pooled[name] = ShotMeans(count, vectors.shape[1])
            pooled[name].add(vectors, owner[batch])
        work.report(min(1.0, (start + BATCH) / len(frames)))
    for name, shot_means in pooled.items():
        write_vectors(out / name, shot_means.means())


def _run_audio(work: TitleWork, out: Path) -> None:
    fps = work.title.media.fps
    spans = [
        (float(shot.start_frame / fps), float(shot.end_frame / fps))
        for shot in read_shots(work.artefact(shots.NAME, shots.TABLE))
    ]
    samples = open_audio(work.result(decode.NAME))
    backbone = work.models.backbones.audio
    if samples is not None:
        vectors = backbone.embed_spans(samples, spans)
    else:
        vectors = np.zeros((len(spans), backbone.dimension), dtype=np.float32)
    write_vectors(out / VECTORS, vectors)


def _run_dialogue(work: TitleWork, out: Path) -> None:
    folder = work.result(text.NAME)
    lines = read_timed_text(folder).lines
    spans = read_shots(work.artefact(shots.NAME, shots.TABLE))
    texts = assign(lines, spans, work.title.media.fps)
    write_json(out / TEXTS, texts)
    write_vectors(out / VECTORS, work.models.backbones.text.embed_texts(texts))


def _run_fused(work: TitleWork, out: Path) -> None:
    write_vectors(
        out / VECTORS,
        fuse(
            {
                "video": read_vectors(work.artefact(VIDEO, FEATURES)),
                "audio": read_vectors(work.artefact(AUDIO, VECTORS)),
                "text": read_vectors(work.artefact(DIALOGUE, VECTORS)),
            }
        ),
    )


def read_texts(work: TitleWork) -> list[str]:
    """Return the dialogue of each shot."""
    texts: list[str] = read_json(work.artefact(DIALOGUE, TEXTS))
    return texts


VIDEO_STAGE = Stage(
    VIDEO,
    1,
    (decode.NAME, stills.NAME),
    lambda work: {"backbone": work.models.description.video},
    _run_video,
    doing="embedding pictures",
    rate=0.02,
)
AUDIO_STAGE = Stage(
    AUDIO,
    1,
    (decode.NAME, shots.NAME),
    lambda work: {"backbone": work.models.description.audio},
    _run_audio,
    doing="embedding sound",
    rate=0.008,
)
DIALOGUE_STAGE = Stage(
    DIALOGUE,
    1,
    (text.NAME, shots.NAME),
    lambda work: {"backbone": work.models.description.text},
    _run_dialogue,
    doing="embedding dialogue",
    rate=0.0005,
)
FUSED_STAGE = Stage(
    FUSED, 1, (VIDEO, AUDIO, DIALOGUE), lambda _: {}, _run_fused, doing="fusing", rate=0.0001
)
