"""Recipes of training and measurement by kind of task: head, selection metric, calibration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from probes.calibration import Platt, fit_platt
from probes.fits import Fit, fit_clips, fit_rankings, fit_titles
from probes.heads import fit_pairwise
from probes.intervals import Interval, bootstrap_over_titles
from probes.label_counts import ClassCounts, count_classes, count_ranked
from probes.metrics import (
    Labels,
    MacroAveragePrecision,
    Metric,
    MicroAveragePrecision,
    Scores,
    TitleTau,
    Values,
    average_precision,
    chance,
    micro_chance,
    nan_mean,
)
from probes.probe import Matrix
from probes.selection import MakeMetric
from probes.settings import DEFAULTS, ProbeSettings
from probes.tasks import TaskKind

HeadKind = Literal["logistic", "pairwise"]

Quality = Callable[[Labels, Scores, Sequence[str]], Values]
"""Labels and scores [n, classes], titles [n]: [classes], larger is better, NaN if undefined."""

RANKING_CALIBRATION_STRENGTH = 1e-3
"""Of the L2 term on the slope of a ranking's scores. They may order every pair rightly, and then
only this term keeps the slope finite."""


@dataclass(frozen=True)
class Measure:
    """A metric of out-of-fold scores, its interval over titles, and the value of random scores."""

    name: str
    interval: Interval
    chance: float


@dataclass(frozen=True)
class Recipe:
    """One way to train. Labels and scores are [n, classes]; titles name the rows."""

    head: HeadKind
    folds: int
    fit: Fit
    fit_titles: Fit | None
    """The fit where each row is a title, which may be by likeness; None where it is no other."""
    metric: MakeMetric
    """That blocks and strengths are chosen by."""
    quality: Quality
    chance: Callable[[Labels], Values]
    count: Callable[[Sequence[str], Labels, Sequence[str]], tuple[ClassCounts, ...]]
    calibrate: Callable[[Matrix, Labels, Sequence[str]], Platt]
    measure: Callable[[Labels, Scores, Sequence[str], int], tuple[Measure, ...]]
    has_thresholds: bool
    """Whether labels are yes or no, so that scores are probabilities with a threshold."""


def recipe_for(kind: TaskKind, settings: ProbeSettings = DEFAULTS) -> Recipe:
    """Return the recipe of a kind of task."""
    return _ranking_recipe(settings) if kind == "ranking" else _class_recipe(settings)


def _class_recipe(settings: ProbeSettings) -> Recipe:
    return Recipe(
        head="logistic",
        folds=settings.folds,
        fit=fit_clips,
        fit_titles=partial(fit_titles, most=settings.max_known_titles),
        metric=_class_metric,
        quality=_class_quality,
        chance=chance,
        count=partial(count_classes, settings=settings),
        calibrate=_class_platt,
        measure=_class_measures,
        has_thresholds=True,
    )


def _ranking_recipe(settings: ProbeSettings) -> Recipe:
    return Recipe(
        head="pairwise",
        folds=settings.ranking_folds,
        fit=partial(fit_rankings, max_pairs=settings.max_pairs),
        fit_titles=None,
        metric=TitleTau,
        quality=_ranking_quality,
        chance=_no_order,
        count=partial(count_ranked, settings=settings),
        calibrate=_ranking_platt,
        measure=_ranking_measures,
        has_thresholds=False,
    )


def _class_metric(labels: Labels, scores: Scores, _titles: Sequence[str]) -> Metric:
    return MacroAveragePrecision(labels, scores)


def _class_quality(labels: Labels, scores: Scores, _titles: Sequence[str]) -> Values:
    return average_precision(labels, scores)


def _class_platt(logits: Matrix, labels: Labels, _titles: Sequence[str]) -> Platt:
    return fit_platt(logits, labels)


def _class_measures(
    labels: Labels, scores: Scores, titles: Sequence[str], resamples: int
) -> tuple[Measure, ...]:
    macro = MacroAveragePrecision(labels, scores)
    micro = MicroAveragePrecision(labels, scores)
    return (
        Measure(
            "macro AP",
            bootstrap_over_titles(macro, titles, resamples),
            float(nan_mean(chance(labels)[None])[0]),
        ),
        Measure("micro AP", bootstrap_over_titles(micro, titles, resamples), micro_chance(labels)),
    )


def _ranking_quality(labels: Labels, scores: Scores, titles: Sequence[str]) -> Values:
    """Return [classes]: tau-b averaged over titles, NaN where no title ranks anything."""
    taus = TitleTau(labels, scores, titles).taus
    return nan_mean(taus.T)


def _no_order(labels: Labels) -> Values:
    return np.zeros(labels.shape[1])


def _ranking_platt(logits: Matrix, labels: Labels, titles: Sequence[str]) -> Platt:
    """Scale logits so that the sigmoid of a difference is the chance to rank higher."""
    slopes = []
    for column in range(labels.shape[1]):
        own = slice(column, column + 1)
        (head,) = fit_pairwise(
            logits[:, own], labels[:, own], titles, (RANKING_CALIBRATION_STRENGTH,)
        )
        slopes.append(max(float(head.weight[0, 0]), 0.0))
    slope = np.array(slopes)
    return Platt(slope, -slope * logits.mean(axis=0, dtype=np.float64))


def _ranking_measures(
    labels: Labels, scores: Scores, titles: Sequence[str], resamples: int
) -> tuple[Measure, ...]:
    tau = TitleTau(labels, scores, titles)
    return (Measure("tau-b per title", bootstrap_over_titles(tau, titles, resamples), 0.0),)
