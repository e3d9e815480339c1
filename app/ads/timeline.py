"""A title's shots, clips, lines and scores as arrays, to choose breaks on."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.ads.estimates import Estimate
from indexer.clips import TRANSITION_WEIGHT, cut_costs
from indexer.library import IndexedTitle
from indexer.manifest import Manifest
from indexer.records import Clip, Line, Shot
from indexer.scoring import FIELDS, VECTOR, ZERO_SHOT_FIELD
from indexer.soundtrack.measure import Soundtrack
from indexer.versions import point_of
from probes.tasks import AD_RELEVANCY, GENRE, TONE, ZERO_SHOT, ScoreKind

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Timeline:
    """A title along its time.

    ``lines`` is None where the title has no timed text. ``curves`` gives for each category and
    tone its score [shots] in 0..1, smoothed along the title. ``cuts`` [shots] says how strong
    the change of picture and content at the start of each shot is, 0..1.
    """

    manifest: Manifest
    shots: Sequence[Shot]
    clips: Sequence[Clip]
    lines: Sequence[Line] | None
    categories: Sequence[Sequence[str]]
    """Of each clip: the categories that it carries."""
    tones: Sequence[Sequence[str]]
    """Of each clip: the tones that it carries."""
    estimates: Sequence[Sequence[Estimate]]
    """Of each clip: the same categories and tones with their confidence."""
    genres: Sequence[Estimate]
    """Of the title; empty where its genres are facts."""
    worthiness: Numbers
    curves: Mapping[str, NDArray[np.floating[Any]]]
    cuts: Numbers
    soundtrack: Soundtrack | None = None
    """None if an earlier version indexed the title."""

    @cached_property
    def frames(self) -> NDArray[np.int64]:
        """[shots + 1]: where each shot begins, and the end of the title."""
        ends = [shot.start_frame for shot in self.shots] + [self.shots[-1].end_frame]
        return np.array(ends, dtype=np.int64)

    @cached_property
    def seconds(self) -> Numbers:
        """[shots + 1]: the same in seconds."""
        fps = self.manifest.title.media.fps
        return np.array([float(int(frame) / fps) for frame in self.frames])

    @cached_property
    def clip_of(self) -> NDArray[np.int64]:
        """[shots]: the index of each shot's clip."""
        lengths = [clip.end_shot - clip.first_shot for clip in self.clips]
        return np.repeat(np.arange(len(self.clips)), lengths)

    @cached_property
    def clip_ids(self) -> list[str]:
        """The ids of the clips, as a search gives them."""
        return [point_of(self.manifest, "clip", clip.index) for clip in self.clips]

    @cached_property
    def spoken(self) -> Sequence[Line] | None:
        """Where somebody speaks: its lines, else lines without words where speech is heard.

        None where neither is known.
        """
        if self.lines is not None or self.soundtrack is None:
            return self.lines
        return [Line(start, end, "") for start, end in self.soundtrack.speech_spans]

    def of_clips(self, name: str) -> Numbers:
        """Return [clips] the mean score of a category or tone over each clip, by the shots' length.

        1 if the clip carries the class; 0 everywhere if the class is not scored.
        """
        lengths = np.diff(self.seconds)
        values = self.curves.get(name, np.zeros(len(self.shots)))
        count = len(self.clips)
        sums = np.bincount(self.clip_of, values * lengths, count)
        means = sums / np.bincount(self.clip_of, lengths, count)
        carried = [
            name in (*own, *tones) for own, tones in zip(self.categories, self.tones, strict=True)
        ]
        found: Numbers = np.where(carried, 1.0, means)
        return found

    def dialogue_of(self, clip: int) -> str:
        """Return the dialogue of a clip, with lines that overlap its ends."""
        seconds, span = self.seconds, self.clips[clip]
        start, end = seconds[span.first_shot], seconds[span.end_shot]
        lines = self.lines or ()
        return " ".join(each.text for each in lines if each.start < end and each.end > start)


def read_timeline(title: IndexedTitle) -> Timeline:
    """Read a title's artefacts."""
    own, timed = title.shots, title.timed_text
    table, curves = title.scores("clip"), title.curves()
    fps = title.manifest.title.media.fps
    starts = np.array([title.seconds(shot.start_frame) for shot in own])
    # Without the lines: dialogue near a cut is a separate part of the score.
    costs = cut_costs(own, starts, fps, title.vectors("context"), ())
    return Timeline(
        manifest=title.manifest,
        shots=own,
        clips=title.clips,
        lines=None if timed.source == "none" else timed.lines,
        categories=_carried(table, FIELDS[AD_RELEVANCY]),
        tones=_carried(table, FIELDS[TONE]),
        estimates=_clip_estimates(title, table),
        genres=_genre_estimates(title),
        worthiness=table["clip_worthiness"].cast(pl.Float64).to_numpy(),
        curves={
            column.removeprefix(prefix): curves[column].to_numpy()
            for prefix in (f"{AD_RELEVANCY}: ", f"{TONE}: ")
            for column in curves.columns
            if column.startswith(prefix)
        },
        # Costs lie between 1 for no change and this much below 0 for the greatest.
        cuts=(1.0 - costs) / (2.0 + TRANSITION_WEIGHT),
        soundtrack=title.soundtrack,
    )


def _clip_estimates(title: IndexedTitle, table: pl.DataFrame) -> list[list[Estimate]]:
    """Return the categories and tones that each clip of a title carries.

    Args:
        title: whose curves name the classes, in the order of their scores.
        table: of the clips' scores; one of an earlier version without the scores has no estimates.
    """
    found: list[list[Estimate]] = [[] for _ in range(len(table))]
    for task in (AD_RELEVANCY, TONE):
        if not {FIELDS[task], VECTOR + task} <= {*table.columns}:
            continue
        prefix = f"{task}: "
        names = [each.removeprefix(prefix) for each in title.curve_names if each.startswith(prefix)]
        rows = zip(table[FIELDS[task]], table[VECTOR + task], table[ZERO_SHOT_FIELD], strict=True)
        for own, (carried, scores, zero_shot) in zip(found, rows, strict=True):
            by_name = dict(zip(names, scores, strict=True))
            own += [
                Estimate(task, name, by_name[name], ZERO_SHOT if name in zero_shot else "trained")
                for name in carried
            ]
    return found


def _genre_estimates(title: IndexedTitle) -> list[Estimate]:
    """Return the genres of a title that are estimates: none if its metadata has genres."""
    manifest = title.manifest
    if manifest.genres_from == "metadata":
        return []
    kind: ScoreKind = "trained" if manifest.genres_from == "trained" else ZERO_SHOT
    scores = title.title_scores.get(GENRE, {})
    return [Estimate(GENRE, name, scores[name], kind) for name in manifest.genres if name in scores]


def _carried(table: pl.DataFrame, field: str) -> list[list[str]]:
    if field not in table.columns:
        return [[] for _ in range(len(table))]
    carried: list[list[str]] = table[field].to_list()
    return carried


KEPT = 64
"""Timelines that stay in memory, those used last: a feature film's has about a megabyte."""


class Timelines:
    """The timelines of titles. Thread-safe.

    A title is read again if it was indexed, scored or edited since.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[tuple[object, ...], Timeline] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, title: IndexedTitle) -> Timeline:
        """Return the timeline of a title."""
        manifest = title.manifest
        keys = tuple(sorted(manifest.keys.items()))
        own = (title.catalogue.path, title.title_id, keys)
        with self._lock:
            timeline = self._known.get(own)
        # Metadata does not come from a stage, so it may change while all keys stay.
        if timeline is None or timeline.manifest != manifest:
            timeline = read_timeline(title)
        with self._lock:
            self._known[own] = timeline
            self._known.move_to_end(own)
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return timeline
