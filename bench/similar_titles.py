"""Whether titles that are alike have the same genres, on CondensedMovies.

Run as ``python -m bench.similar_titles DATA_DIR --work DIR``; the embeddings are kept in
``--work``, where ``bench.condensed_movies`` finds them, too. A film is the mean of its described
clips, as the story of a title is that of its lines; there are no pictures and no sound. Genres are
compared by what two films share of all that either has (Jaccard).
"""

import argparse
import ast
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.condensed_movies_data import GENRES, features
from indexer.pooling import unit

Matrix = NDArray[np.float64]
NEAREST = (1, 5, 10)
BY = 500
"""Films compared at once."""


def read(data: Path, work: Path) -> tuple[Matrix, Matrix]:
    """Return the films with genres [n, d], at unit norm, and which genres they have [n, 11]."""
    found = features(data, work)
    rows = found.titles.drop_nulls("genre").select("title_id", "genre").iter_rows()
    genres = {title_id: set(ast.literal_eval(names)) & set(GENRES) for title_id, names in rows}
    films = [each for each in found.sequences() if genres.get(each.title_id)]
    means = unit(np.stack([each.fused.mean(axis=0) for each in films]))
    labels = [[name in genres[each.title_id] for name in GENRES] for each in films]
    return means.astype(np.float64), np.array(labels, np.float64)


def shared(one: Matrix, others: Matrix) -> Matrix:
    """Return what films [a, g] and [b, g] share of their genres: [a, b]."""
    both = one @ others.T
    either: Matrix = both / (one.sum(axis=1)[:, None] + others.sum(axis=1) - both)
    return either


def measure(films: Matrix, centre: Matrix, labels: Matrix) -> list[float]:
    """Return the mean of what films share with their nearest ones, by how many of them."""
    totals = np.zeros(len(NEAREST))
    for start in range(0, len(films), BY):
        own = slice(start, start + BY)
        likeness = (films[own] - centre) @ films.T
        rows = np.arange(len(likeness))
        likeness[rows, rows + start] = -np.inf
        order = np.argsort(-likeness, axis=1)[:, : NEAREST[-1]]
        alike = np.take_along_axis(shared(labels[own], labels), order, axis=1)
        totals += [alike[:, :count].mean(axis=1).sum() for count in NEAREST]
    return [float(each) for each in totals / len(films)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="embeddings are kept here")
    asked = parser.parse_args()
    films, labels = read(asked.data, asked.work)
    chance = (shared(labels, labels).sum() - len(films)) / (len(films) * (len(films) - 1))
    table = Table("films", *(f"nearest {count}" for count in NEAREST))
    table.add_row("any other", *[f"{chance:.3f}"] * len(NEAREST))
    for name, centre in (("as they are", 0 * films[0]), ("without their mean", films.mean(axis=0))):
        table.add_row(name, *(f"{each:.3f}" for each in measure(films, centre, labels)))
    Console().print(f"{len(films):,} films: share of genres in common", table)


if __name__ == "__main__":
    main()
