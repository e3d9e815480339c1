"""Shots and clips as points of the store, with all that search needs to find and show them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from qdrant_client import models

from indexer.alike import alike
from indexer.artefacts import read_clips, read_shots, read_table, read_timed_text, read_vectors
from indexer.describing import describe
from indexer.framing.faces import read_faces
from indexer.framing.quality import read_qualities
from indexer.framing.score import score_stills
from indexer.look.still import GOOD, choose_still
from indexer.onscreen.values import texts_of
from indexer.pooling import pool_clips, unit
from indexer.records import Clip, Line, Shot
from indexer.scoring import CLIP_PREFIX, VECTOR, ZERO_SHOT_FIELD
from indexer.stages import clips, context, embed, framing, look, onscreen, scores, shots, text
from indexer.stages.work import TitleWork
from indexer.store.names import (
    ALIKE,
    CLIP_ID,
    CONTEXT,
    DIALOGUE,
    PICTURE,
    PREDICTED,
    WORDS,
    Level,
    point_id,
)
from indexer.store.sparse import Bm25Words, joined
from indexer.timecode import timecode
from indexer.traits import FIELD
from indexer.versions import SCHEMA_VERSION

SCREEN_TEXT = "screen_text"
"""What a point carries of the text on screen: its lines."""

Vectors = NDArray[np.float32]


def build_points(work: TitleWork, level: Level) -> Iterator[models.PointStruct]:
    """Yield a title's points of one level, in order of time.

    One by one, since the vectors of a long film as Python's numbers take some hundred megabytes.
    """
    spans = _spans(work, level)
    vectors = _vectors(work, spans)
    words = Bm25Words()
    for span, (identity, payload) in zip(spans, build_payloads(work, level).items(), strict=True):
        named: dict[str, Any] = {
            name: own[span.index].tolist() for name, own in vectors.items() if own[span.index].any()
        }
        texts = (" ".join(payload[name]) for name in ("lines", SCREEN_TEXT))
        sparse = joined([words.document(each) for each in texts])
        if sparse is not None:
            named[WORDS] = sparse
        yield models.PointStruct(id=identity, vector=named, payload=payload)


def build_payloads(work: TitleWork, level: Level) -> dict[str, dict[str, Any]]:
    """Return the payloads of a title's points of one level by point id, in order of time."""
    spans = _spans(work, level)
    said = _lines_of(work, level, spans)
    shown = _shown_in(work, spans)
    pictures = _stills_of(work, spans)
    traits = describe(work, level)
    title = _title_payload(work)
    owners = _owners(work) if level == "shot" else [{} for _ in spans]
    scored = _scored(work, level)
    return {
        point_id(work.title.media.content_hash, level, span.index, SCHEMA_VERSION): {
            **title,
            **_span_payload(work, span),
            **owner,
            **row,
            ZERO_SHOT_FIELD: [*row[ZERO_SHOT_FIELD], *title[ZERO_SHOT_FIELD]],
            "level": level,
            "lines": lines,
            "has_dialogue": int(bool(lines)),
            SCREEN_TEXT: texts,
            "still": still,
            FIELD: values,
        }
        for span, row, lines, texts, still, values, owner in zip(
            spans, scored, said, shown, pictures, traits, owners, strict=True
        )
    }


def lines_in(lines: Sequence[Line], start: float, end: float) -> list[str]:
    """Return the lines of dialogue in a span: those with most of their time inside it."""
    inside = []
    for line in lines:
        shared = min(line.end, end) - max(line.start, start)
        if shared > 0 and shared >= (line.end - line.start) / 2:
            inside.append(line.text)
    return inside


def _spans(work: TitleWork, level: Level) -> list[Clip]:
    """Return the spans of a level's points; a shot as a clip of one shot."""
    if level == "clip":
        return read_clips(work.artefact(clips.NAME, clips.TABLE))
    return [
        Clip(shot.index, shot.index, shot.index + 1, shot.start_frame, shot.end_frame)
        for shot in _shots(work)
    ]


def _shots(work: TitleWork) -> list[Shot]:
    return read_shots(work.artefact(shots.NAME, shots.TABLE))


def _owners(work: TitleWork) -> list[dict[str, Any]]:
    """Return for each shot the payload fields about its clip."""
    owners: list[dict[str, Any]] = []
    for clip, row in zip(_spans(work, "clip"), _scored(work, "clip"), strict=True):
        identity = point_id(work.title.media.content_hash, "clip", clip.index, SCHEMA_VERSION)
        own = {CLIP_PREFIX + name: value for name, value in row.items() if name != ZERO_SHOT_FIELD}
        owners += [{CLIP_ID: identity, **own}] * (clip.end_shot - clip.first_shot)
    return owners


def _scored(work: TitleWork, level: Level) -> list[dict[str, Any]]:
    """Return the probes' payload fields of each shot or clip."""
    table = pl.read_parquet(work.artefact(scores.NAME, f"{level}s.parquet"))
    return table.select(pl.exclude(f"^{VECTOR}.*$")).to_dicts()


def _lines_of(work: TitleWork, level: Level, spans: Sequence[Clip]) -> list[list[str]]:
    if level == "shot":
        return [[said] if said else [] for said in embed.read_texts(work)]
    fps = work.title.media.fps
    lines = read_timed_text(work.result(text.NAME)).lines
    return [
        lines_in(lines, float(span.start_frame / fps), float(span.end_frame / fps))
        for span in spans
    ]


def _shown_in(work: TitleWork, spans: Sequence[Clip]) -> list[list[str]]:
    """Return the lines of text on screen of each span."""
    read = onscreen.read_screen(work, _shots(work))
    return [
        texts_of(line for own in read[span.first_shot : span.end_shot] for line in own.lines)
        for span in spans
    ]


def _stills_of(work: TitleWork, spans: Sequence[Clip]) -> list[int]:
    """Return for each span the frame of the still that it is shown by.

    One near the middle that is about as good as the best, of those that were measured and have no
    text; else the nearest to the middle that is not too dark.
    """
    table = read_table(work.artefact(look.NAME, look.STILLS))
    frames, light = table["frame"].to_numpy(), table["lightness"].to_numpy()
    good = _good_stills(work)
    found = []
    for span in spans:
        own = slice(*np.searchsorted(frames, [span.start_frame, span.end_frame]))
        middle = (span.start_frame + span.end_frame) / 2
        scored = np.array([good.get(frame, 0.0) for frame in frames[own].tolist()], np.float32)
        if scored.any():
            found.append(choose_still(frames[own], scored, middle, GOOD))
        else:
            found.append(choose_still(frames[own], light[own], middle))
    return found


def _good_stills(work: TitleWork) -> dict[int, float]:
    """Return the scores of stills that could stand for their shots, by frame."""
    scored = score_stills(
        read_qualities(work.artefact(framing.NAME, framing.QUALITIES)),
        read_faces(work.artefact(framing.NAME, framing.FACES)),
        work.settings.framing.certain,
    )
    read = onscreen.read_screen(work, _shots(work))
    written = {still.frame for shot in read for still in shot.stills}
    return {frame: score for frame, score in scored.items() if score > 0 and frame not in written}


def _vectors(work: TitleWork, spans: Sequence[Clip]) -> dict[str, Vectors]:
    """Return the vectors of spans by name; of those predicted, what words can fill."""
    artefacts = {
        PICTURE: (embed.VIDEO, embed.ALIGNED),
        DIALOGUE: (embed.DIALOGUE, embed.VECTORS),
        CONTEXT: (context.NAME, context.IN_CONTEXT),
        PREDICTED: (context.NAME, context.PREDICTED),
    }
    vectors = {}
    for name, artefact in artefacts.items():
        vectors[name] = unit(pool_clips(read_vectors(work.artefact(*artefact)), spans))
    worded = [vectors[PREDICTED][:, part] for part in work.models.description.worded]
    fused = read_vectors(work.artefact(embed.FUSED, embed.VECTORS))
    weights, text_size = work.frozen_encoder.input_weights, work.models.description.text.dimension
    return vectors | {
        PREDICTED: np.concatenate(worded, axis=1),
        ALIKE: alike(fused, spans, weights, text_size),
    }


def _title_payload(work: TitleWork) -> dict[str, Any]:
    scored = scores.read_title_scores(work)
    metadata = work.title.metadata
    folder = work.result(text.NAME)
    return {
        "title_id": work.title.title_id,
        "title": metadata.name,
        "series": metadata.series,
        "season": metadata.season,
        "episode": metadata.episode,
        "language": metadata.language or read_timed_text(folder).language,
        **scored.fields,
        "genres_from": scored.genres_from,
        "scored_by": dict(scored.scored_by),
        ZERO_SHOT_FIELD: scored.zero_shot,
        "fps": f"{work.title.media.fps.numerator}/{work.title.media.fps.denominator}",
        "picture_start": float(work.title.media.picture_start),
    }


def _span_payload(work: TitleWork, span: Clip) -> dict[str, Any]:
    fps = work.title.media.fps
    start_timecode = work.title.media.start_timecode
    start, end = float(span.start_frame / fps), float(span.end_frame / fps)
    return {
        "index": span.index,
        "first_shot": span.first_shot,
        "end_shot": span.end_shot,
        "start_frame": span.start_frame,
        "end_frame": span.end_frame,
        "start_seconds": start,
        "end_seconds": end,
        "duration": end - start,
        "timecode_in": timecode(span.start_frame, fps, start_timecode),
        "timecode_out": timecode(span.end_frame, fps, start_timecode),
    }
