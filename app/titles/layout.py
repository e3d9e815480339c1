"""A title laid out along its time: its shots, clips, spoken lines and the curves of its scores.

Read from the title's artefacts, a few columns of each, so that a film of thousands of shots is
there in a fraction of a second and nothing of it stays in memory.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.records import TitleSummary
from app.runtime import Runtime
from app.summaries import summary
from indexer.library import IndexedTitle
from indexer.store.names import Level
from probes.tasks import CLIP_WORTHINESS, POPULARITY, TONE

TONES_AT_FIRST = 2
"""Curves of tones that are shown until somebody chooses."""


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


def lay_out(runtime: Runtime, title_id: str) -> Layout:
    """Return a title along its time.

    Raises:
        NotFoundError: no such title.
    """
    title = runtime.title(title_id)
    metadata = title.manifest.title.metadata
    return Layout(
        about=summary(title.manifest),
        series=metadata.series,
        season=metadata.season,
        episode=metadata.episode,
        synopsis=metadata.synopsis,
        frame_count=title.manifest.frame_count,
        shots=_spans(title, "shot"),
        clips=_spans(title, "clip"),
        lines=_lines(title),
        curves=title.curve_names,
        at_first=_at_first(title),
    )


def read_curves(runtime: Runtime, title_id: str, names: Sequence[str]) -> Mapping[str, list[float]]:
    """Return curves by name: a score for each shot, smoothed over time; unknown names are skipped.

    Raises:
        NotFoundError: no such title.
    """
    title = runtime.title(title_id)
    wanted = [name for name in dict.fromkeys(names) if name in title.curve_names]
    table = title.curves(wanted)
    return {name: table[name].round(4).to_list() for name in wanted}


def _spans(title: IndexedTitle, level: Level) -> list[Span]:
    worth = title.scores(level, ["clip_worthiness"])["clip_worthiness"].to_list()
    return [
        Span(
            title.point(level, each.index),
            each.start_frame,
            each.end_frame,
            title.timecode(each.start_frame),
            round(score or 0.0, 4),
        )
        for each, score in zip(title.spans(level), worth, strict=True)
    ]


def _lines(title: IndexedTitle) -> list[SpokenLine]:
    fps, last = title.manifest.title.media.fps, title.manifest.frame_count - 1
    found = []
    for line in title.lines:
        start = min(int(line.start * fps), last)
        end = min(max(start, int(line.end * fps)), last) + 1
        found.append(SpokenLine(start, end, title.timecode(start), line.text))
    return found


def _at_first(title: IndexedTitle) -> list[str]:
    """Return the curves of clip-worthiness, popularity and the tones that most clips carry."""
    rows = title.scores("clip", ["tones"])
    carried = Counter(tone for tones in rows["tones"].to_list() for tone in tones or ())
    ordered = sorted(carried, key=lambda tone: (-carried[tone], tone))[:TONES_AT_FIRST]
    ranked = (f"{CLIP_WORTHINESS}:", f"{POPULARITY}:")
    tones = [f"{TONE}: {tone}" for tone in ordered]
    names = title.curve_names
    return [
        *(name for name in names if name.startswith(ranked)),
        *(name for name in tones if name in names),
    ]
