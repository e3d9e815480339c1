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
from indexer.backbones.base import SAMPLE_RATE, OmniBackbone, ShotContent, Vectors
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
    spans = _spans(work)
    samples = open_audio(work.result(decode.NAME))
    backbone = work.models.backbones.audio
    if samples is not None:
        vectors = backbone.embed_spans(samples, spans)
    else:
        vectors = np.zeros((len(spans), backbone.dimension), dtype=np.float32)
    write_vectors(out / VECTORS, vectors)


def _spans(work: TitleWork) -> list[tuple[float, float]]:
    """Return the start and end of each shot in seconds."""
    fps = work.title.media.fps
    return [
        (float(shot.start_frame / fps), float(shot.end_frame / fps))
        for shot in read_shots(work.artefact(shots.NAME, shots.TABLE))
    ]


def _run_dialogue(work: TitleWork, out: Path) -> None:
    folder = work.result(text.NAME)
    lines = read_timed_text(folder).lines
    spans = read_shots(work.artefact(shots.NAME, shots.TABLE))
    texts = assign(lines, spans, work.title.media.fps)
    write_json(out / TEXTS, texts)
    write_vectors(out / VECTORS, work.models.backbones.text.embed_texts(texts))


def _run_fused(work: TitleWork, out: Path) -> None:
    omni = work.models.backbones.omni
    if omni is not None:
        write_vectors(out / VECTORS, fuse({"omni": _read_whole(work, omni)}))
        return
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


def _read_whole(work: TitleWork, omni: OmniBackbone) -> Vectors:
    """Embed each shot's frames, sound and dialogue together: [shots, d]."""
    table = pl.read_parquet(work.artefact(stills.NAME, stills.TABLE)).filter("embedded")
    frames = dict(table.sort("frame").group_by("shot").agg("frame").iter_rows())
    spans, texts = _spans(work), read_texts(work)
    samples = open_audio(work.result(decode.NAME))

    def content(shot: int) -> ShotContent:
        pictures = tuple(map_on_cores(partial(stills.read_still, work), frames.get(shot, [])))
        start, end = (int(seconds * SAMPLE_RATE) for seconds in spans[shot])
        sound = np.zeros(0, np.int16) if samples is None else np.asarray(samples[start:end])
        return ShotContent(pictures, sound, texts[shot])

    rows = []
    for start in range(0, len(spans), BATCH):
        batch = range(start, min(start + BATCH, len(spans)))
        rows.append(omni.embed_shots([content(shot) for shot in batch]))
        work.report(batch.stop / len(spans))
    return np.concatenate(rows)


def _fused_settings(work: TitleWork) -> dict[str, object]:
    omni = work.models.description.omni
    return {} if omni is None else {"backbone": omni}


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
    FUSED, 1, (VIDEO, AUDIO, DIALOGUE), _fused_settings, _run_fused, doing="fusing", rate=0.0001
)
