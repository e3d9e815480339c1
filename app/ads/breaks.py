"""The places of a title for ad breaks: which are allowed, and how good each is.

A place is where a shot begins, or the end of the title: place ``i`` of n shots lies before shot
``i``, place 0 is the start (pre-roll) and place n the end (post-roll). A break is never inside a
spoken line nor beside what the brief excludes. The weights are a first setting that no labels
have tuned.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.ads.fit import Fit, Mask, never_shots, weigh
from app.ads.openrtb import Roll
from app.ads.records import LeftOut, Pacing, Reason
from app.ads.targeting import Targeting
from app.ads.timeline import Numbers, Timeline
from indexer.clips import SPEECH_GAP

WEIGHTS = {
    "before": 3.0,
    "after": 1.0,
    "cut": 2.0,
    "speech": 2.0,
    "quiet": 1.0,
    "clip end": 2.0,
    "distance": 1.0,
}
UNKNOWN = 0.5
"""The value of ``quiet`` where the sound was not measured, and of ``speech`` where timed text is
missing besides."""
QUIET, LOUD = -10.0, 3.0
"""LU from the loudness of the title at which ``quiet`` is 1, and from which on it is 0."""
SILENT = -60.0
"""LUFS below which nothing is heard, however quiet the title is."""


@dataclass(frozen=True, eq=False)
class Places:
    """The n + 1 places of a title of n shots.

    ``values`` gives [n + 1] of each part, 0..1; ``score`` [n + 1] their weighted mean; ``gaps``
    [n + 1] the seconds without speech around each place, up to the film's ends;
    ``allowed`` [n + 1] bool where a break may be.
    """

    values: Mapping[str, Numbers]
    score: Numbers
    gaps: Numbers
    allowed: Mask
    left_out: LeftOut


def weigh_places(
    timeline: Timeline, fit: Fit, rolls: Collection[Roll], pacing: Pacing, target: Targeting
) -> Places:
    """Return the score of each place of a title for a brief, and whether it may be a break."""
    seconds, clips = timeline.seconds, timeline.clip_of
    within, gaps = speech(timeline, seconds)
    score = fit.score[clips]
    first, last = score[:1], score[-1:]
    # The ends have one side only, which counts for both.
    before, after = np.concatenate((first, score)), np.concatenate((score, last))
    known = timeline.spoken is not None
    values: dict[str, Numbers] = {
        "before": before,
        "after": after,
        "cut": np.concatenate(([1.0], timeline.cuts[1:], [1.0])),
        "speech": np.minimum(gaps / SPEECH_GAP, 1.0) if known else np.full(len(gaps), UNKNOWN),
        "quiet": _quiet(timeline),
        "clip end": _clip_ends(timeline).astype(np.float64),
        "distance": _from_ends(seconds, pacing.min_distance),
    }
    unsafe = fit.never[clips] | never_shots(timeline, target)
    beside = np.concatenate((unsafe, [False])) | np.concatenate(([False], unsafe))
    outside = ~_asked_for(seconds, rolls, pacing)
    return Places(
        values,
        weigh(values, WEIGHTS),
        gaps,
        ~(outside | within | beside),
        LeftOut(
            outside=int(outside.sum()),
            spoken=int((within & ~outside).sum()),
            unsafe=int((beside & ~within & ~outside).sum()),
        ),
    )


def roll_of(place: int, shots: int) -> Roll:
    """Return the kind of break at a place of a title with so many shots."""
    if place == 0:
        return "pre-roll"
    return "post-roll" if place == shots else "mid-roll"


def speech(timeline: Timeline, seconds: Numbers) -> tuple[Mask, Numbers]:
    """Return for moments [n]: whether each lies inside a line [n], the seconds without speech [n].

    A line that ends or begins at a moment does not hold it. Lines may overlap.
    """
    lines = sorted(timeline.spoken or (), key=lambda line: (line.start, line.end))
    starts = np.array([line.start for line in lines])
    ends = np.maximum.accumulate([0.0, *(line.end for line in lines)])
    earlier = np.searchsorted(starts, seconds, side="left")
    last = ends[earlier]
    following = np.minimum(np.append(starts, np.inf)[earlier], timeline.seconds[-1])
    inside = last > seconds
    gaps = np.maximum(following - np.minimum(last, seconds), 0.0)
    return inside, np.where(inside, 0.0, gaps)


def explain_place(
    timeline: Timeline, places: Places, place: int, explain: Callable[[int], str]
) -> list[Reason]:
    """Return the parts of a place's score with their meanings; ``explain`` does it for a clip."""
    return [
        Reason(
            part=name,
            value=round(float(values[place]), 4),
            weight=WEIGHTS[name],
            told=_explain(timeline, places, place, name, explain),
        )
        for name, values in places.values.items()
    ]


def total(left_out: Sequence[LeftOut]) -> LeftOut:
    """Return the sum over titles."""
    counts: Counter[str] = Counter()
    for each in left_out:
        counts.update(each.model_dump())
    return LeftOut(**counts)


def _clip_ends(timeline: Timeline) -> Mask:
    ends = np.ones(len(timeline.shots) + 1, dtype=np.bool_)
    ends[1:-1] = timeline.clip_of[1:] != timeline.clip_of[:-1]
    return ends


def _quiet(timeline: Timeline) -> Numbers:
    track = timeline.soundtrack
    if track is None:
        return np.full(len(timeline.seconds), UNKNOWN)
    levels = track.levels_at(timeline.seconds)
    quiet: Numbers = np.clip((LOUD + track.programme - levels) / (LOUD - QUIET), 0.0, 1.0)
    quiet[levels < SILENT] = 1.0
    return quiet


def _from_ends(seconds: Numbers, enough: float) -> Numbers:
    """Return how far places are from both ends of the film, 1 from ``enough`` seconds on."""
    nearest = np.minimum(seconds, seconds[-1] - seconds)
    far: Numbers = np.minimum(nearest / enough, 1.0) if enough else np.ones(len(seconds))
    far[[0, -1]] = 1.0
    return far


def _asked_for(seconds: Numbers, rolls: Collection[Roll], pacing: Pacing) -> Mask:
    asked = np.full(len(seconds), "mid-roll" in rolls)
    latest = np.inf if pacing.latest is None else pacing.latest
    asked &= (seconds >= pacing.earliest) & (seconds <= latest)
    asked &= seconds <= seconds[-1] - pacing.clear_end
    asked[0], asked[-1] = "pre-roll" in rolls, "post-roll" in rolls
    return asked


def _explain(
    timeline: Timeline, places: Places, place: int, part: str, explain: Callable[[int], str]
) -> str:
    value = float(places.values[part][place])
    count = len(timeline.shots)
    if part in ("before", "after"):
        end = {"before": 0, "after": count}[part]
        shot = min(max(place - (part == "before"), 0), count - 1)
        clip = int(timeline.clip_of[shot])
        if place == end:
            return f"nothing comes {part} it, so what is on its other side counts"
        return f"clip {clip + 1} of {len(timeline.clips)}: {explain(clip)}"
    if part == "speech":
        gap = float(places.gaps[place])
        if timeline.spoken is None:
            return "the title has no timed text, and its sound was not measured"
        return f"{gap:.1f} s without speech"
    if part == "quiet":
        return _explain_level(timeline, place)
    if part == "clip end":
        return "between two clips" if value else "inside a clip"
    if part == "distance":
        return f"{float(timeline.seconds[place]):.0f} s into {float(timeline.seconds[-1]):.0f} s"
    if place in (0, count):
        return "an end of the film"
    kind = timeline.shots[place].transition
    change = "gradual transition" if kind == "gradual" else "cut"
    return f"{change}; what is shown changes by {value:.2f} of 1"


def _explain_level(timeline: Timeline, place: int) -> str:
    track = timeline.soundtrack
    if track is None:
        return "the sound of the title was not measured"
    (level,) = track.levels_at(timeline.seconds[[place]])
    if level < SILENT:
        return "silence"
    above = level - track.programme
    return f"{abs(above):.0f} LU {'above' if above > 0 else 'below'} the loudness of the title"
