"""Shots and clips of a title as rows: a cut list."""

from typing import Any

import polars as pl

from app.records import score_kind
from indexer.library import IndexedTitle
from indexer.points import lines_in
from indexer.scoring import VECTOR
from indexer.store.names import Level


def shot_rows(title: IndexedTitle) -> list[dict[str, Any]]:
    """Return a title's shots, in order, with the field names of a search hit."""
    return [
        {
            "index": shot.index,
            **_span(title, shot.start_frame, shot.end_frame),
            "transition": shot.transition,
            "transition_frames": shot.transition_frames,
            **row,
            "text": said,
        }
        for shot, row, said in zip(title.shots, _scores(title, "shot"), title.texts, strict=True)
    ]


def clip_rows(title: IndexedTitle) -> list[dict[str, Any]]:
    """Return a title's clips, in order, with the field names of a search hit."""
    return [
        {
            "index": clip.index,
            **_span(title, clip.start_frame, clip.end_frame),
            "first_shot": clip.first_shot,
            "shots": clip.end_shot - clip.first_shot,
            **row,
            "text": " ".join(
                lines_in(
                    title.lines, title.seconds(clip.start_frame), title.seconds(clip.end_frame)
                )
            ),
        }
        for clip, row in zip(title.clips, _scores(title, "clip"), strict=True)
    ]


def _scores(title: IndexedTitle, level: Level) -> list[dict[str, Any]]:
    rows = title.scores(level).select(pl.exclude(f"^{VECTOR}.*$")).to_dicts()
    manifest = title.manifest
    return [
        {
            "genres": list(manifest.genres),
            **row,
            "scored_by": dict(manifest.scored_by),
            "score_kind": score_kind(row["tones"], row["zero_shot"]),
        }
        for row in rows
    ]


def _span(title: IndexedTitle, start: int, end: int) -> dict[str, Any]:
    fps = title.manifest.title.media.fps
    return {
        "title": title.manifest.title.metadata.name,
        "title_id": title.title_id,
        "start_frame": start,
        "end_frame": end,
        "fps": f"{fps.numerator}/{fps.denominator}",
        "start_seconds": title.seconds(start),
        "end_seconds": title.seconds(end),
        "timecode_in": title.timecode(start),
        "timecode_out": title.timecode(end),
    }
