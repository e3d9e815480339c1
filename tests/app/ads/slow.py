"""Breaks once more, slow and obvious: every rule as a loop over places, clips and lines."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import pytest

from app.ads.breaks import WEIGHTS
from app.ads.fit import WEIGHTS as CLIP_WEIGHTS
from app.ads.pacing import Candidate
from app.ads.records import AdBrief, Pacing
from app.ads.targeting import Targeting
from app.ads.timeline import Timeline
from indexer.records import Line
from indexer.soundtrack.loudness import integrated, loudness

Gone = str | None


def mean(parts: dict[str, float], weights: dict[str, float]) -> float:
    return sum(weights[name] * value for name, value in parts.items()) / sum(
        weights[name] for name in parts
    )


def class_score(timeline: Timeline, clip: int, name: str) -> float:
    """Say how much a clip is of a class: 1 where it carries it, else its shots' mean by length."""
    if name in timeline.categories[clip] or name in timeline.tones[clip]:
        return 1.0
    own = timeline.clips[clip]
    weighed = total = 0.0
    for shot in timeline.shots[own.first_shot : own.end_shot]:
        length = shot.end_frame - shot.start_frame
        weighed += float(timeline.curves[name][shot.index]) * length
        total += length
    return weighed / total


def clip_score(timeline: Timeline, clip: int, target: Targeting, texts: dict[str, float]) -> float:
    parts = {}
    if target.text:
        parts["text"] = texts.get(timeline.clip_ids[clip], 0.0)
    for part, names in (("category", target.categories), ("tone", target.tones)):
        if names:
            parts[part] = max(class_score(timeline, clip, name) for name in names)
    if target.avoided:
        parts["avoided"] = 1 - max(class_score(timeline, clip, name) for name in target.avoided)
    if not (target.text or target.categories or target.tones):
        parts["worthiness"] = float(timeline.worthiness[clip])
    return mean(parts, CLIP_WEIGHTS)


def is_unsafe(timeline: Timeline, shot: int, target: Targeting) -> bool:
    """Say whether a shot, or the clip it is of, shows or says what the brief excludes."""
    clip = next(c for c in timeline.clips if c.first_shot <= shot < c.end_shot)
    for name in (*target.never_categories, *target.never_tones):
        if class_score(timeline, clip.index, name) >= target.never_score:
            return True
        if timeline.curves[name][shot] >= target.never_score:
            return True
    fps = timeline.manifest.title.media.fps
    start, end = float(clip.start_frame / fps), float(clip.end_frame / fps)
    said = " ".join(li.text for li in timeline.lines or () if li.start < end and li.end > start)
    return any(f" {word} " in f" {said} " for word in target.never_words)


def spoken_of(timeline: Timeline) -> Sequence[Line] | None:
    """Return the lines; without any, each tenth of a second in which speech is heard."""
    if timeline.lines is not None or timeline.soundtrack is None:
        return timeline.lines
    heard: list[Line] = []
    for tenth, sure in enumerate(timeline.soundtrack.speech):
        if sure >= 0.5:
            goes_on = bool(heard) and heard[-1].end == pytest.approx(tenth / 10)
            start = heard.pop().start if goes_on else tenth / 10
            heard.append(Line(start, (tenth + 1) / 10, ""))
    return heard


def frame_of(timeline: Timeline, place: int) -> int:
    if place == len(timeline.shots):
        return timeline.shots[-1].end_frame
    return timeline.shots[place].start_frame


def why_not(
    timeline: Timeline, place: int, brief: AdBrief, pacing: Pacing, target: Targeting
) -> Gone:
    """Say why no break may be at a place; None where it may."""
    fps, count = timeline.manifest.title.media.fps, len(timeline.shots)
    time, end = (float(frame_of(timeline, each) / fps) for each in (place, count))
    if place == 0:
        asked = "pre-roll" in brief.rolls
    elif place == count:
        asked = "post-roll" in brief.rolls
    else:
        asked = "mid-roll" in brief.rolls and pacing.earliest <= time
        asked = asked and time <= end - pacing.clear_end
        asked = asked and (pacing.latest is None or time <= pacing.latest)
    if not asked:
        return "outside"
    if any(line.start < time < line.end for line in spoken_of(timeline) or ()):
        return "spoken"
    beside = [shot for shot in (place - 1, place) if 0 <= shot < count]
    return "unsafe" if any(is_unsafe(timeline, shot, target) for shot in beside) else None


def place_score(
    timeline: Timeline, place: int, pacing: Pacing, target: Targeting, texts: dict[str, float]
) -> float:
    fps, count = timeline.manifest.title.media.fps, len(timeline.shots)

    def of_shot(shot: int) -> float:
        clip = next(c for c in timeline.clips if c.first_shot <= shot < c.end_shot)
        return clip_score(timeline, clip.index, target, texts)

    time, last = (float(frame_of(timeline, each) / fps) for each in (place, count))
    at_end = place in (0, count)
    parts = {"before": of_shot(max(place - 1, 0)), "after": of_shot(min(place, count - 1))}
    parts["cut"] = 1.0 if at_end else float(timeline.cuts[place])
    parts["clip end"] = float(at_end or any(c.first_shot == place for c in timeline.clips))
    parts["speech"] = 0.5
    lines = spoken_of(timeline)
    if lines is not None:
        ends = [line.end for line in lines if line.start < time]
        starts = [line.start for line in lines if line.start >= time]
        gap = min([*starts, last]) - min(max([*ends, 0.0]), time)
        inside = any(line.start < time < line.end for line in lines)
        parts["speech"] = 0.0 if inside else min(max(gap, 0.0) / 2.0, 1.0)
    parts["quiet"] = 0.5
    if timeline.soundtrack is not None:
        energy, tenth = timeline.soundtrack.energy, round(time * 10)
        around = energy[max(tenth - 5, 0) : max(tenth + 5, 0)]
        level = float(loudness(around.mean())) if len(around) else -100.0
        above = level - integrated(energy)
        parts["quiet"] = 1.0 if level < -60 else min(max((3 - above) / 13, 0.0), 1.0)
    parts["distance"] = 1.0
    if not at_end and pacing.min_distance:
        parts["distance"] = min(min(time, last - time) / pacing.min_distance, 1.0)
    return mean(parts, WEIGHTS)


def keeps(taken: Sequence[Candidate], pacing: Pacing, rates: Mapping[str, Fraction]) -> bool:
    """Say whether breaks keep the rules for each title, window by window."""
    hourly = [] if pacing.max_per_hour is None else [Fraction(pacing.max_per_hour)]
    if pacing.max_load is not None:
        hourly.append(Fraction(pacing.max_load) / Fraction(pacing.break_seconds))
    for title in {each.title for each in taken}:
        times = [each.frame / rates[title[1]] for each in taken if each.title == title]
        if pacing.per_title is not None and len(times) > pacing.per_title:
            return False
        if len(set(times)) < len(times):
            return False
        for first in times:
            if any(0 < other - first < Fraction(pacing.min_distance) for other in times):
                return False
            within = sum(first <= other < first + 3600 for other in times)
            if any(within > most for most in hourly):
                return False
    return True


def best_value(
    candidates: Sequence[Candidate], limit: int, pacing: Pacing, rates: Mapping[str, Fraction]
) -> float:
    """Return the greatest sum of scores of all sets that keep the rules: every set is tried."""
    sets = (
        taken
        for count in range(min(limit, len(candidates)) + 1)
        for taken in combinations(candidates, count)
    )
    return max(-sum(each.rank for each in own) for own in sets if keeps(own, pacing, rates))
