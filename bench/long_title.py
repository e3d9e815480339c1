"""A film of feature length, made of an indexed one repeated: real stills, scores and vectors."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from qdrant_client import models

from indexer.artefacts import read_clips, read_shots, write_clips, write_shots, write_timed_text
from indexer.catalogue import Catalogue
from indexer.manifest import Manifest
from indexer.opening import open_index
from indexer.records import Line, TimedText
from indexer.settings import load_settings
from indexer.stages import clips, decode, scores, shots, stills, text
from indexer.store.base import Store
from indexer.store.names import CLIP_ID, Level, pair, point_id
from indexer.timecode import timecode
from indexer.versions import SCHEMA_VERSION

TITLE_ID = "10260f11a0000001"
CONTENT_HASH = "10260f11a000000110260f11a0000001"
NAME = "A long film"
SECONDS_A_LINE = 5.0


def add_long_title(data: Path, least_shots: int) -> Manifest:
    """Add to a data directory its title of most shots, repeated until it has ``least_shots``."""
    catalogue = Catalogue(data)
    short = max(catalogue.manifests(), key=lambda each: each.shots)
    times = -(-least_shots // short.shots)
    long = replace(
        short,
        title=replace(
            short.title,
            title_id=TITLE_ID,
            media=replace(short.title.media, content_hash=CONTENT_HASH),
            metadata=replace(short.title.metadata, name=NAME),
        ),
        frame_count=short.frame_count * times,
        shots=short.shots * times,
        clips=short.clips * times,
    )
    folder = catalogue.folder(TITLE_ID).path
    shutil.copytree(catalogue.folder(short.title.title_id).path, folder, copy_function=os.link)
    for file in (*folder.glob("*/*.parquet"), *folder.glob("*/text.json"), folder / "title.json"):
        file.unlink()
    _repeat_tables(catalogue, short, long, times)
    _repeat_stills(catalogue, short, long, times)
    _write_lines(catalogue, long)
    with open_index(catalogue, load_settings(data)) as store:
        _repeat_points(store, short, long, times)
    catalogue.write_manifest(long)
    return long


def _at(catalogue: Catalogue, manifest: Manifest, stage: str) -> Path:
    return catalogue.folder(manifest.title.title_id).stage(stage, manifest.keys[stage])


def _repeat_tables(catalogue: Catalogue, short: Manifest, long: Manifest, times: int) -> None:
    frames = short.frame_count
    own = read_shots(_at(catalogue, short, shots.NAME) / shots.TABLE)
    write_shots(
        _at(catalogue, long, shots.NAME) / shots.TABLE,
        [
            replace(
                shot,
                index=shot.index + k * len(own),
                start_frame=shot.start_frame + k * frames,
                end_frame=shot.end_frame + k * frames,
            )
            for k in range(times)
            for shot in own
        ],
    )
    runs = read_clips(_at(catalogue, short, clips.NAME) / clips.TABLE)
    write_clips(
        _at(catalogue, long, clips.NAME) / clips.TABLE,
        [
            replace(
                clip,
                index=clip.index + k * len(runs),
                first_shot=clip.first_shot + k * len(own),
                end_shot=clip.end_shot + k * len(own),
                start_frame=clip.start_frame + k * frames,
                end_frame=clip.end_frame + k * frames,
            )
            for k in range(times)
            for clip in runs
        ],
    )
    for name in (scores.SHOTS, scores.CLIPS, scores.CURVES):
        table = pl.read_parquet(_at(catalogue, short, scores.NAME) / name)
        pl.concat([table] * times).write_parquet(_at(catalogue, long, scores.NAME) / name)


def _repeat_stills(catalogue: Catalogue, short: Manifest, long: Manifest, times: int) -> None:
    table = pl.read_parquet(_at(catalogue, short, stills.NAME) / stills.TABLE)
    later = [
        table.with_columns(
            (pl.col("shot") + k * short.shots).cast(pl.Int32),
            pl.col("frame") + k * short.frame_count,
        )
        for k in range(times)
    ]
    pl.concat(later).write_parquet(_at(catalogue, long, stills.NAME) / stills.TABLE)
    for stage in (decode.NAME, stills.NAME):
        folder = _at(catalogue, long, stage) / stills.FOLDER
        for file in sorted(folder.glob("*.jpg")):
            for k in range(1, times):
                frame = int(file.stem) + k * short.frame_count
                os.link(file, folder / stills.still_name(frame))


def _write_lines(catalogue: Catalogue, long: Manifest) -> None:
    count = int(long.seconds / SECONDS_A_LINE)
    starts = [number * SECONDS_A_LINE for number in range(count)]
    lines = (Line(at, at + 2, f"This is line {at / SECONDS_A_LINE:.0f}.") for at in starts)
    write_timed_text(_at(catalogue, long, text.NAME), TimedText(tuple(lines), "sidecar", "en"))


def _repeat_points(store: Store, short: Manifest, long: Manifest, times: int) -> None:
    levels: Sequence[Level] = ("shot", "clip")
    own = models.FieldCondition(key="title_id", match=models.MatchValue(value=short.title.title_id))
    for level, collection, count in zip(
        levels, pair(short.pair), (short.shots, short.clips), strict=True
    ):
        records, _ = store.scroll(
            collection, filter=models.Filter(must=[own]), limit=count, with_vectors=True
        )
        for k in range(times):
            points = [_later(record, level, long, short, k) for record in records]
            store.upsert(collection, points)
        store.flush(collection)


def _later(
    record: models.Record, level: Level, long: Manifest, short: Manifest, k: int
) -> models.PointStruct:
    """Return a point of the ``k``-th repetition."""
    payload = dict(record.payload or {})
    media, frames = long.title.media, k * short.frame_count
    count = short.shots if level == "shot" else short.clips
    payload |= {name: payload[name] + frames for name in ("start_frame", "end_frame", "still")}
    payload |= {
        "title_id": TITLE_ID,
        "title": NAME,
        "index": payload["index"] + k * count,
        "start_seconds": float(payload["start_frame"] / media.fps),
        "end_seconds": float(payload["end_frame"] / media.fps),
        "timecode_in": timecode(payload["start_frame"], media.fps, media.start_timecode),
        "timecode_out": timecode(payload["end_frame"], media.fps, media.start_timecode),
    }
    if level == "shot":
        payload[CLIP_ID] = f"{payload[CLIP_ID][:-2]}{k:02x}"
    identity = point_id(CONTENT_HASH, level, payload["index"], SCHEMA_VERSION)
    return models.PointStruct(id=identity, vector=record.vector or {}, payload=payload)
