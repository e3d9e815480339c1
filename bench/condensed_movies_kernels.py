"""How much of a film's genres lies in the plain mean of its clips, for heads that are not linear?

    python bench/condensed_movies_kernels.py DATA_DIR --work DIR

The data and the split of ``condensed_movies.py``. Every head is a ridge regression on film means,
weighted by the films' clips: linear, with a Gaussian kernel, and linear on features of the
similarity to training films (landmarks; Williams and Seeger 2001). Macro average precision over
clips; the strength is chosen by three folds of training films.
"""

import argparse
import ast
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.condensed_movies_data import GENRES, features
from bench.condensed_movies_genres import FOLDS
from encoder.batches import TitleSequence
from probes.folds import title_folds
from probes.intervals import bootstrap_over_titles, paired_difference
from probes.metrics import MacroAveragePrecision, average_precision

RIDGES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
LANDMARKS = 1536
Rows = NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="embeddings are kept here")
    asked = parser.parse_args()
    found = features(asked.data, asked.work)
    splits = dict(found.titles.select("title_id", "split").iter_rows())
    known = found.titles.drop_nulls("genre").select("title_id", "genre").iter_rows()
    genres = {title: set(ast.literal_eval(names)) for title, names in known}
    films = [title for title in found.sequences() if title.title_id in genres]
    train = [film for film in films if splits[film.title_id] == "train"]
    test = [film for film in films if splits[film.title_id] != "train"]
    centre = np.mean([film.fused.mean(axis=0) for film in train], axis=0)
    rows, judged = _directions(train, centre), _directions(test, centre)
    labels, truth = _labels(train, genres), _labels(test, genres)
    counts = np.array([len(film) for film in test])
    tested = [film.title_id for film in test for _ in film.fused]
    weights = np.array([len(film) for film in train], float)
    chosen = np.random.default_rng(0).permutation(len(train))[:LANDMARKS]
    table = Table("head on the film's mean", "ridge", "macro AP", "minus linear")
    baseline: MacroAveragePrecision | None = None
    for name, (gram, cross) in _kernels(rows, judged, rows[chosen]).items():
        ridge = _best(gram, labels, weights, [film.title_id for film in train])
        scores = cross @ _solve(gram, labels, weights, ridge)
        metric = MacroAveragePrecision(
            np.repeat(truth, counts, axis=0).astype(np.float32),
            np.repeat(scores, counts, axis=0).astype(np.float32),
        )
        own = bootstrap_over_titles(metric, tested)
        beside = ""
        if baseline is None:
            baseline = metric
        else:
            gap = paired_difference(metric, baseline, tested)
            beside = f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"
        table.add_row(
            name, f"{ridge:g}", f"{own.value:.3f} [{own.low:.3f}, {own.high:.3f}]", beside
        )
    Console(width=110).print(table)


def _directions(films: list[TitleSequence], centre: NDArray[np.float32]) -> Rows:
    means = np.stack([film.fused.mean(axis=0) for film in films]).astype(np.float64) - centre
    directions: Rows = means / np.linalg.norm(means, axis=1, keepdims=True)
    return directions


def _labels(films: list[TitleSequence], genres: dict[str, set[str]]) -> Rows:
    return np.array([[name in genres[film.title_id] for name in GENRES] for film in films], float)


def _kernels(rows: Rows, judged: Rows, landmarks: Rows) -> dict[str, tuple[Rows, Rows]]:
    """Return by name the products among training films, and of test films with them."""
    found = {"linear": _products(rows, judged)}
    for sharpness in (1, 4):
        found[f"Gaussian kernel, exp({sharpness} (cos − 1))"] = (
            np.exp(sharpness * (rows @ rows.T - 1)),
            np.exp(sharpness * (judged @ rows.T - 1)),
        )
    near, far = rows @ landmarks.T, judged @ landmarks.T
    for sharpness in (2, 4):
        found[f"linear on exp({sharpness} cos) to {len(landmarks)} films"] = _products(
            np.exp(sharpness * near), np.exp(sharpness * far)
        )
    for slope in (1.5, 6):
        found[f"linear on GELU({slope:g} cos) to {len(landmarks)} films"] = _products(
            _gelu(slope * near), _gelu(slope * far)
        )
    return found


def _gelu(x: Rows) -> Rows:
    found: Rows = torch.nn.functional.gelu(torch.from_numpy(x)).numpy()
    return found


def _products(rows: Rows, judged: Rows) -> tuple[Rows, Rows]:
    """Return the products of standardised features."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    rows, judged = (rows - mean) / spread, (judged - mean) / spread
    return rows @ rows.T / rows.shape[1], judged @ rows.T / rows.shape[1]


def _solve(gram: Rows, labels: Rows, weights: Rows, ridge: float) -> Rows:
    noise = np.diag(ridge * weights.mean() / weights)
    solved: Rows = np.linalg.solve(gram + noise, labels - labels.mean(axis=0))
    return solved


def _best(gram: Rows, labels: Rows, weights: Rows, names: list[str]) -> float:
    folds = title_folds(names, FOLDS)
    quality = np.zeros(len(RIDGES))
    for fold in range(FOLDS):
        own, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        for place, ridge in enumerate(RIDGES):
            dual = _solve(gram[np.ix_(own, own)], labels[own], weights[own], ridge)
            scores = gram[np.ix_(held, own)] @ dual
            quality[place] += np.nanmean(average_precision(labels[held], scores))
    return RIDGES[int(quality.argmax())]


if __name__ == "__main__":
    main()
