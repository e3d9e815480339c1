"""Genres of films: linear heads, and heads on likeness to labelled films, by their number.

    python -m bench.condensed_movies_likeness DATA_DIR --work DIR --encoder DIR/run

The data, the split and the encoder of ``condensed_movies.py``, whose text says how it is trained. A
film is the plain mean of its clips, or the mean of its in-context embeddings with nothing in
[GLOBAL]. Macro average precision over the films' clips. Sharpness is compared on held-out training
films; everything else is learned and chosen by the product's nested cross-validation on training
films and measured once on the validation and test films.
"""

import argparse
import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.condensed_movies import without_names
from bench.condensed_movies_data import GENRES, features
from encoder.batches import TitleSequence
from encoder.model import Encoder
from encoder.runs import checkpoint_of
from encoder.windows import embed_titles
from indexer.features.feature_set import FeatureSet
from probes.axes import kernel_axes, standard_axes
from probes.folds import title_folds
from probes.heads import fit_logistic_on
from probes.intervals import Interval, bootstrap_over_titles, paired_difference
from probes.likeness import SHARPNESS, likeness_to
from probes.metrics import MacroAveragePrecision, Values, average_precision
from probes.probe import Matrix
from probes.reading import Term
from probes.recipes import recipe_for
from probes.selection import Chosen, select
from probes.settings import DEFAULTS

PLAIN, CONTEXT = "plain mean", "in-context mean"
SHARPNESSES = (1.0, 2.0, 3.0, 4.0, 6.0)
FOLDS = 4
GRID = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4)
"""Of the last table: finer than the product's, since neither head should lose by its grid."""
RECIPE = recipe_for("multi-label")
LINEAR = (Term("film"),)
EITHER = (*LINEAR, Term("film", alike=True))
"""The kinds of heads to choose from."""
DRAWS = {100: 5, 300: 5, 1000: 3}
"""By how many films are learned from: draws of them."""


@dataclass(frozen=True, eq=False)
class Films:
    """n films: ``rows`` by representation [n, d], ``labels`` [n, 11], ``counts`` [n] clips."""

    names: NDArray[np.str_]
    rows: dict[str, Matrix]
    labels: Values
    counts: NDArray[np.intp]

    def by_clip(self, values: Matrix | Values) -> NDArray[np.floating]:
        """Return values [n, ...] with a row for each clip."""
        found: NDArray[np.floating] = np.repeat(values, self.counts, axis=0)
        return found

    @property
    def clip_films(self) -> list[str]:
        """The film of each clip."""
        return np.repeat(self.names, self.counts).tolist()

    def some(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Films":
        """Return some of the films."""
        rows = {name: own[chosen] for name, own in self.rows.items()}
        return Films(self.names[chosen], rows, self.labels[chosen], self.counts[chosen])


def read(found: FeatureSet, encoder: Encoder) -> tuple[Films, Films]:
    """Return the training films with genres, and the others."""
    splits = dict(found.titles.select("title_id", "split").iter_rows())
    known = found.titles.drop_nulls("genre").select("title_id", "genre").iter_rows()
    genres = {title: set(ast.literal_eval(names)) for title, names in known}
    titles = [t for t in without_names(found.sequences()) if t.title_id in genres]
    train = [t for t in titles if splits[t.title_id] == "train"]
    test = [t for t in titles if splits[t.title_id] != "train"]
    return _films(train, genres, encoder), _films(test, genres, encoder)


def _films(titles: list[TitleSequence], genres: dict[str, set[str]], encoder: Encoder) -> Films:
    states = [each.states.mean(axis=0) for each in embed_titles(encoder, titles)]
    return Films(
        np.array([t.title_id for t in titles]),
        {PLAIN: np.stack([t.fused.mean(axis=0) for t in titles]), CONTEXT: np.stack(states)},
        np.array([[name in genres[t.title_id] for name in GENRES] for t in titles], float),
        np.array([len(t) for t in titles]),
    )


def print_sharpness(train: Films, console: Console) -> None:
    """Print heads by sharpness on held-out training films, each at its best strength."""
    table = Table("head, on held-out training films", PLAIN, CONTEXT)
    folds = title_folds(train.names.tolist(), FOLDS)
    for sharpness in (None, *SHARPNESSES):
        cells = []
        for name in (PLAIN, CONTEXT):
            quality = np.zeros(len(DEFAULTS.strengths))
            for fold in range(FOLDS):
                own, held = train.some(folds != fold), train.some(folds == fold)
                quality += _qualities(own, held, name, sharpness)
            cells.append(f"{quality.max() / FOLDS:.4f}")
        kind = "linear" if sharpness is None else f"likeness, exp({sharpness:g} (cos − 1))"
        table.add_row(kind, *cells)
    console.print(table)


def _qualities(own: Films, held: Films, name: str, sharpness: float | None) -> Values:
    """Return the macro AP of ``held`` at each strength."""
    rows, judged, counts = own.rows[name], held.rows[name], own.counts.astype(float)
    if sharpness is None:
        axes = standard_axes(rows, counts)
    else:
        likeness, power = likeness_to(rows), sharpness / SHARPNESS
        judged = likeness.features(judged) ** power
        axes = kernel_axes(likeness.features(rows) ** power, likeness.among**power, counts)
    heads = fit_logistic_on(axes, own.labels, DEFAULTS.strengths, counts)
    truth = held.by_clip(held.labels)
    scores = [held.by_clip(each.logits(judged)) for each in heads]
    return np.array([np.nanmean(average_precision(truth, each)) for each in scores])


def learned(
    train: Films, name: str, terms: Sequence[Term], grid: Sequence[float] = DEFAULTS.strengths
) -> Chosen:
    """Return what the product chooses and fits, for rows that are films."""
    labels, titles = train.by_clip(train.labels), train.clip_films
    folds = title_folds(titles, RECIPE.folds, labels)
    rows = {"film": train.by_clip(train.rows[name]).astype(np.float32)}
    fit, metric, calibrate = RECIPE.fit_titles, RECIPE.metric, RECIPE.calibrate
    assert fit is not None
    selection = select(terms, fit, metric, calibrate, rows, labels, titles, folds, grid)
    # The better kind, not the simpler one of equally good ones.
    return selection.alone["film"]


def print_numbers(train: Films, test: Films, console: Console) -> None:
    """Print what is reached with few films, as the mean of draws of them."""
    table = Table("films", "draws", "film", "linear", "chosen", "by draw", "likeness chosen")
    truth = test.by_clip(test.labels)
    for count, draws in DRAWS.items():
        for name in (PLAIN, CONTEXT):
            reached, chosen = np.zeros((draws, 2)), 0
            for draw in range(draws):
                some = np.random.default_rng(draw).permutation(len(train.names))[:count]
                for column, terms in enumerate((LINEAR, EITHER)):
                    heads = learned(train.some(np.sort(some)), name, terms).heads
                    scores = test.by_clip(heads.logits(test.rows[name]))
                    reached[draw, column] = np.nanmean(average_precision(truth, scores))
                chosen += heads.reads[0].likeness is not None
            linear, best = reached.mean(axis=0)
            gaps = ", ".join(f"{gap:+.3f}" for gap in reached[:, 1] - reached[:, 0])
            cells = (f"{linear:.3f}", f"{best:.3f}", gaps, f"{chosen} of {draws}")
            table.add_row(str(count), str(draws), name, *cells)
    console.print(table)


def print_all(train: Films, test: Films, console: Console) -> None:
    """Print what is reached with all training films, beside the plain mean with either head."""
    table = Table("film", "head", "L2", "macro AP", "minus plain, linear", "minus plain, chosen")
    truth, films = test.by_clip(test.labels), test.clip_films
    metrics, told = {}, {}
    for name in (PLAIN, CONTEXT):
        for kind, terms in (
            ("linear", LINEAR),
            ("chosen", EITHER),
        ):
            found = learned(train, name, terms, GRID)
            scores = test.by_clip(found.heads.logits(test.rows[name]))
            metrics[name, kind] = MacroAveragePrecision(truth, scores)
            likeness = found.heads.reads[0].likeness is not None
            told[name, kind] = (f"{kind}{': likeness' if likeness else ''}", f"{found.strength:g}")
    for (name, kind), metric in metrics.items():
        beside = [
            "" if metric is other else _words(paired_difference(metric, other, films))
            for other in (metrics[PLAIN, "linear"], metrics[PLAIN, "chosen"])
        ]
        own = bootstrap_over_titles(metric, films)
        cell = f"{own.value:.3f} [{own.low:.3f}, {own.high:.3f}]"
        table.add_row(name, *told[name, kind], cell, *beside)
    console.print(table)


def _words(gap: Interval) -> str:
    return f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="embeddings are kept here")
    parser.add_argument("--encoder", type=Path, required=True, help="a training run or checkpoint")
    tables = ("sharpness", "numbers", "all")
    parser.add_argument("--only", nargs="+", choices=tables, default=tables, metavar="TABLE")
    asked = parser.parse_args()
    console = Console(width=125)
    encoder = checkpoint_of(asked.encoder).encoder
    train, test = read(features(asked.data, asked.work), encoder)
    if "sharpness" in asked.only:
        print_sharpness(train, console)
    if "numbers" in asked.only:
        print_numbers(train, test, console)
    if "all" in asked.only:
        print_all(train, test, console)


if __name__ == "__main__":
    main()
