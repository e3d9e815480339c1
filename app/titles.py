"""A title laid out along its time: its shots, clips, spoken lines and the curves of its scores.

Read from the title's artefacts, a few columns of each, so that a film of thousands of shots is
there in a fraction of a second and nothing of it stays in memory.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from app.results import TitleSummary
from app.service import Service
from app.summaries import summary
from indexer.artefacts import read_clips, read_shots, read_timed_text
from indexer.catalogue import Catalogue, Manifest
from indexer.records import Clip, Shot
from indexer.stages import clips, scores, shots, text
from indexer.store.schema import Level
from indexer.timecode import timecode
from indexer.versions import point_of
from probes.tasks import CLIP_WORTHINESS, POPULARITY, TONE

TONES_AT_FIRST = 2
"""Curves of tones that are shown until somebody chooses."""

_TIMES = ("start_seconds", "end_seconds")


@dataclass(frozen=True, slots=True)
class Span:
    """A shot or clip: its point's id, its frames (``end_frame`` exclusive) and where it begins.

    ``clip_worthiness`` lies between 0 and 1.
    """

    id: str
    start_frame: int
    end_frame: int
    timecode_in: str
    clip_worthiness: float


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line of timed text, in frames of the title's grid, ``end_frame`` exclusive."""

    start_frame: int
    end_frame: int
    timecode_in: str
    text: str


@dataclass(frozen=True)
class Layout:
    """A title along its time, each part in order.

    ``curves`` names the curves that can be drawn, ``at_first`` those to draw until somebody
    chooses; ``series`` and the other facts are None where they are not known.
    """

    about: TitleSummary
    series: str | None
    season: int | None
    episode: int | None
    synopsis: str | None
    frame_count: int
    shots: Sequence[Span]
    clips: Sequence[Span]
    lines: Sequence[SpokenLine]
    curves: Sequence[str]
    at_first: Sequence[str]


def lay_out(service: Service, title_id: str) -> Layout:
    """Return a title along its time.

    Raises:
        NotFoundError: no such title.
    """
    manifest = service.manifest(title_id)
    catalogue = service.catalogue
    metadata = manifest.title.metadata
    names = _curve_names(catalogue, manifest)
    return Layout(
        about=summary(manifest),
        series=metadata.series,
        season=metadata.season,
        episode=metadata.episode,
        synopsis=metadata.synopsis,
        frame_count=manifest.frame_count,
        shots=_spans(catalogue, manifest, "shot"),
        clips=_spans(catalogue, manifest, "clip"),
        lines=_lines(catalogue, manifest),
        curves=names,
        at_first=_at_first(catalogue, manifest, names),
    )


def read_curves(service: Service, title_id: str, names: Sequence[str]) -> Mapping[str, list[float]]:
    """Return curves by name: a score for each shot, smoothed over time; unknown names are skipped.

    Raises:
        NotFoundError: no such title.
    """
    manifest = service.manifest(title_id)
    known = _curve_names(service.catalogue, manifest)
    wanted = [name for name in dict.fromkeys(names) if name in known]
    table = pl.read_parquet(_scores(service.catalogue, manifest, scores.CURVES), columns=wanted)
    return {name: table[name].round(4).to_list() for name in wanted}


def _spans(catalogue: Catalogue, manifest: Manifest, level: Level) -> list[Span]:
    folder = catalogue.folder(manifest.title.title_id)
    own: list[Shot | Clip]
    if level == "shot":
        own = [*read_shots(folder.stage(shots.NAME, manifest.keys[shots.NAME]) / shots.TABLE)]
        table = scores.SHOTS
    else:
        own = [*read_clips(folder.stage(clips.NAME, manifest.keys[clips.NAME]) / clips.TABLE)]
        table = scores.CLIPS
    worth = pl.read_parquet(_scores(catalogue, manifest, table), columns=["clip_worthiness"])
    media = manifest.title.media
    return [
        Span(
            point_of(manifest, level, each.index),
            each.start_frame,
            each.end_frame,
            timecode(each.start_frame, media.fps, media.start_timecode),
            round(score or 0.0, 4),
        )
        for each, score in zip(own, worth["clip_worthiness"].to_list(), strict=True)
    ]


def _lines(catalogue: Catalogue, manifest: Manifest) -> list[SpokenLine]:
    folder = catalogue.folder(manifest.title.title_id)
    media, last = manifest.title.media, manifest.frame_count - 1
    found = []
    for line in read_timed_text(folder.stage(text.NAME, manifest.keys[text.NAME])).lines:
        start = min(int(line.start * media.fps), last)
        end = min(max(start, int(line.end * media.fps)), last) + 1
        at = timecode(start, media.fps, media.start_timecode)
        found.append(SpokenLine(start, end, at, line.text))
    return found


def _curve_names(catalogue: Catalogue, manifest: Manifest) -> list[str]:
    """Return "task: class" for each curve; reads the file's head and nothing else of it."""
    columns = pl.read_parquet_schema(_scores(catalogue, manifest, scores.CURVES))
    return [name for name in columns if name not in _TIMES]


def _at_first(catalogue: Catalogue, manifest: Manifest, names: Sequence[str]) -> list[str]:
    """Return the curves of clip-worthiness, popularity and the tones that most clips carry."""
    rows = pl.read_parquet(_scores(catalogue, manifest, scores.CLIPS), columns=["tones"])
    carried = Counter(tone for tones in rows["tones"].to_list() for tone in tones or ())
    ordered = sorted(carried, key=lambda tone: (-carried[tone], tone))[:TONES_AT_FIRST]
    ranked = [name for name in names if name.startswith((f"{CLIP_WORTHINESS}:", f"{POPULARITY}:"))]
    tones = [f"{TONE}: {tone}" for tone in ordered]
    return [*ranked, *(name for name in tones if name in names)]


def _scores(catalogue: Catalogue, manifest: Manifest, file: str) -> str:
    folder = catalogue.folder(manifest.title.title_id)
    return str(folder.stage(scores.NAME, manifest.keys[scores.NAME]) / file)
