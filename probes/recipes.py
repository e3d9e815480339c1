"""How a kind of task is trained and measured: the head, what it is chosen by, its calibration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import rankdata  # type: ignore[import-untyped]

from probes.calibration import Platt, fit_platt
from probes.heads import Heads, Labels, fit_logistic, fit_pairwise, fit_ridge
from probes.intervals import Interval, bootstrap_over_titles
from probes.metrics import (
    MacroAveragePrecision,
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
from probes.selection import Fit, Quality
from probes.sufficiency import ClassCounts, count_classes, count_ranked
from probes.title_heads import fit_likeness, fit_titles

HeadKind = Literal["logistic", "ridge", "pairwise"]

WEAK = 1e-3
"""Strength of the slope of a ranking's scores, which may order its pairs without fault."""


@dataclass(frozen=True)
class Measure:
    """A metric of out-of-fold scores, its interval over titles, and what chance would give."""

    name: str
    interval: Interval
    chance: float


@dataclass(frozen=True)
class Recipe:
    """One way to train. Labels and scores are [n, classes]; titles name the rows."""

    head: HeadKind
    folds: int
    fit: Fit
    of_titles: tuple[Fit, ...]
    """To choose from where the rows are titles."""
    quality: Quality
    chance: Callable[[Labels], Values]
    count: Callable[[Sequence[str], Labels, Sequence[str]], tuple[ClassCounts, ...]]
    calibrate: Callable[[Matrix, Labels, Sequence[str]], Platt]
    measure: Callable[[Labels, Scores, Sequence[str], int], tuple[Measure, ...]]
    has_thresholds: bool
    """Whether a label is yes or no, so that scores are probabilities with a threshold."""


def title_ranks(labels: Labels, titles: Sequence[str]) -> Labels:
    """Return labels [n, classes] as ranks within their title, -0.5..0.5; ties share their mean."""
    codes = np.unique(np.asarray(titles, dtype=str), return_inverse=True)[1]
    ranks = np.full(labels.shape, np.nan)
    for column in range(labels.shape[1]):
        known = np.flatnonzero(~np.isnan(labels[:, column]))
        order = known[np.argsort(codes[known], kind="stable")]
        for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
            ranks[rows, column] = (rankdata(labels[rows, column]) - 0.5) / max(len(rows), 1) - 0.5
    return ranks


def _fit_logistic(
    embeddings: Matrix, labels: Labels, _titles: Sequence[str], strengths: Sequence[float]
) -> list[Heads]:
    return fit_logistic(embeddings, labels, strengths)


def _fit_ridge(
    embeddings: Matrix, labels: Labels, _titles: Sequence[str], strengths: Sequence[float]
) -> list[Heads]:
    return fit_ridge(embeddings, labels, strengths)


def _fit_ridge_on_ranks(
    embeddings: Matrix, labels: Labels, titles: Sequence[str], strengths: Sequence[float]
) -> list[Heads]:
    return fit_ridge(embeddings, title_ranks(labels, titles), strengths)


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
        (head,) = fit_pairwise(
            logits[:, column : column + 1], labels[:, column : column + 1], titles, (WEAK,)
        )
        slopes.append(max(float(head.weight[0, 0]), 0.0))
    slope = np.array(slopes)
    return Platt(slope, -slope * logits.mean(axis=0, dtype=np.float64))


def _ranking_measures(
    labels: Labels, scores: Scores, titles: Sequence[str], resamples: int
) -> tuple[Measure, ...]:
    tau = TitleTau(labels, scores, titles)
    return (Measure("tau-b per title", bootstrap_over_titles(tau, titles, resamples), 0.0),)


def _class_recipe(head: HeadKind, fit: Fit, of_titles: tuple[Fit, ...]) -> Recipe:
    return Recipe(
        head=head,
        folds=5,
        fit=fit,
        of_titles=of_titles,
        quality=_class_quality,
        chance=chance,
        count=count_classes,
        calibrate=_class_platt,
        measure=_class_measures,
        has_thresholds=True,
    )


def _ranking_recipe(head: HeadKind, fit: Fit) -> Recipe:
    return Recipe(
        head=head,
        folds=10,
        fit=fit,
        of_titles=(fit,),
        quality=_ranking_quality,
        chance=_no_order,
        count=count_ranked,
        calibrate=_ranking_platt,
        measure=_ranking_measures,
        has_thresholds=False,
    )


_CLASSES = (
    _class_recipe("logistic", _fit_logistic, (fit_titles, fit_likeness)),
    _class_recipe("ridge", _fit_ridge, (_fit_ridge,)),
)
_RANKING = (
    _ranking_recipe("pairwise", fit_pairwise),
    _ranking_recipe("ridge", _fit_ridge_on_ranks),
)
RECIPES: dict[str, tuple[Recipe, ...]] = {
    "multi-label": _CLASSES,
    "binary": _CLASSES,
    "ranking": _RANKING,
}
"""By the kind of a task; the first is the default."""


def recipe_for(kind: str, head: HeadKind | None) -> Recipe:
    """Return the recipe of a kind of task, by default its first.

    Raises:
        ValueError: no such kind, or a head that the kind cannot use.
    """
    for recipe in RECIPES.get(kind, ()):
        if head in (None, recipe.head):
            return recipe
    heads = {name: [each.head for each in recipes] for name, recipes in RECIPES.items()}
    raise ValueError(f"a {kind} task cannot use the head {head!r}; there are {heads}")
