"""Scores how well clips suit a brief: a few parts from 0 to 1, and their weighted mean.

The weights are a first setting that no labels have tuned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.ads.records import Reason
from app.ads.targeting import Targeting
from app.ads.timeline import Numbers, Timeline
from app.search.quotes import find_phrase

Mask = NDArray[np.bool_]

WEIGHTS = {"text": 2.0, "category": 2.0, "tone": 1.0, "avoided": 1.0, "worthiness": 1.0}


@dataclass(frozen=True, eq=False)
class Fit:
    """How well the clips of a title suit a brief.

    ``values`` gives [clips] of each part that the brief asks for, ``score`` [clips] their
    weighted mean, ``never`` [clips] bool where a clip shows or says what the brief excludes.
    """

    values: Mapping[str, Numbers]
    score: Numbers
    never: Mask


def weigh(parts: Mapping[str, Numbers], weights: Mapping[str, float]) -> Numbers:
    """Return the mean [n] of parts [n] by their weights."""
    total = sum(weights[name] for name in parts)
    score: Numbers = np.sum([weights[name] * each for name, each in parts.items()], axis=0) / total
    return score


def fit_clips(timeline: Timeline, target: Targeting, texts: Mapping[str, float]) -> Fit:
    """Return how well a title's clips suit a brief.

    Args:
        timeline: of the title.
        target: the brief.
        texts: by clip id, the score of the search for the brief's text.
    """
    values: dict[str, Numbers] = {}
    if target.text:
        values["text"] = np.array([texts.get(each, 0.0) for each in timeline.clip_ids])
    if target.categories:
        values["category"] = _most(timeline, target.categories)
    if target.tones:
        values["tone"] = _most(timeline, target.tones)
    if target.avoided:
        values["avoided"] = 1.0 - _most(timeline, target.avoided)
    if not target.seeks:
        values["worthiness"] = timeline.worthiness
    never = _most(timeline, target.never_categories + target.never_tones) >= _bar(target)
    if target.never_words:
        for clip in range(len(timeline.clips)):
            said = timeline.dialogue_of(clip)
            never[clip] |= any(find_phrase(said, each) for each in target.never_words)
    return Fit(values, weigh(values, WEIGHTS), never)


def never_shots(timeline: Timeline, target: Targeting) -> Mask:
    """Return [shots] bool: where the curve of an excluded class reaches the brief's bar."""
    none = np.zeros(len(timeline.shots))
    curves = [
        timeline.curves.get(name, none) for name in target.never_categories + target.never_tones
    ]
    reached: Mask = np.max([none, *curves], axis=0) >= _bar(target)
    return reached


def explain_clip(timeline: Timeline, clip: int, fit: Fit, target: Targeting) -> list[Reason]:
    """Return the parts of a clip's score with their meanings."""
    return [
        Reason(
            part=name,
            value=round(float(values[clip]), 4),
            weight=WEIGHTS[name],
            told=_explain(timeline, clip, name, float(values[clip]), target),
        )
        for name, values in fit.values.items()
    ]


def _explain(timeline: Timeline, clip: int, part: str, value: float, target: Targeting) -> str:
    if part == "text":
        return f"found by the text, {value:.2f} of the best" if value else "not found by the text"
    if part == "worthiness":
        return f"clip-worthiness, estimated at {value:.2f} of 1; no other criteria"
    names = {
        "category": target.categories,
        "tone": target.tones,
        "avoided": target.avoided,
    }[part]
    name = max(names, key=lambda each: float(timeline.of_clips(each)[clip]))
    if part == "avoided":
        value = 1.0 - value
    own = {each.name: each.confidence for each in timeline.estimates[clip]}
    return f"{name}, estimated at {own.get(name, value):.2f} of 1"


def _most(timeline: Timeline, names: Sequence[str]) -> Numbers:
    """Return [clips] the highest of the classes' scores; 0 for none."""
    none = np.zeros(len(timeline.clips))
    most: Numbers = np.max([none, *(timeline.of_clips(name) for name in names)], axis=0)
    return most


def _bar(target: Targeting) -> float:
    """Return the score from which an excluded class counts; infinity if none is excluded."""
    excludes = target.never_categories or target.never_tones
    return target.never_score if excludes else np.inf
