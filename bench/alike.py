"""Which reading of a clip finds the clips that are like it? EmoryNLP and CondensedMovies.

    python -m bench.alike emorynlp DATA_DIR --work DIR
    python -m bench.alike condensed_movies DATA_DIR --work DIR

The encoders of CondensedMovies are those that ``bench.recipes`` has trained in DIR on most films.

Two questions. *The other side of a cut*: a title is cut in the middle of a scene (of a film), each
side is read without the other, and clips before the cut are to find those of their scene (film)
after it, among the clips after the cut and all clips of the other titles. Nothing that a reading
averages or attends to is on both sides. Mean average precision. *Other titles*: what a clip has in
common with the ten nearest clips of other titles (sum of the lesser by sum of the greater of two
clips' shares: for sets, Jaccard). Embeddings are those of ``lite``'s text backbone alone.

CondensedMovies is measured on films that no encoder was trained on, EmoryNLP on all episodes: their
encoders were trained on most of them, without labels, as that of an index is on the titles it
searches. The half of the window is chosen on titles that encoders were trained on. 95 % over
titles, differences paired, from the in-context embeddings.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.alike_data import Corpus, Matrix, Part, episodes, films
from bench.alike_readings import Reading, readings, window
from bench.condensed_movies_data import features
from bench.emorynlp import import_utterances, reelfind
from encoder.batches import Vectors
from encoder.model import Encoder
from encoder.runs import checkpoint_of
from probes.intervals import Interval, bootstrap_over_titles, paired_difference
from probes.metrics import Values

HALVES = (1.0, 2.0, 4.0, 8.0)
FITTED_FILMS = 500
"""Training films that the half of the window is chosen on."""
SEEDS = 2
NEAREST = 10
EQUAL = 1e-6
"""Cosines that differ by less are equal."""
ROWS = 500
"""Clips compared at once."""
SHAPE = ("--width", "192", "--depth", "2", "--heads", "4", "--steps", "200")
TODAY = "in context, seed 0"


@dataclass(frozen=True, eq=False)
class RowMean:
    """The mean of one value a row, for any weights of the rows."""

    values: Values

    def __call__(self, weights: Values) -> Values:
        """Return [resamples] for weights [resamples, n]."""
        found: Values = weights @ self.values / weights.sum(axis=1)
        return found


@dataclass(frozen=True, eq=False)
class Measured:
    """One value a row with the title that the row is of."""

    values: Values
    titles: list[str]


def precisions(asked: Vectors, own: Vectors, wanted: NDArray[np.bool_], others: Vectors) -> Matrix:
    """Return [asked] average precisions of the ``wanted`` of ``own`` among these and ``others``.

    As scikit-learn's: equal scores are taken together.
    """
    near, far = asked @ own.T, asked @ others.T
    least = near[:, wanted, None] - EQUAL
    hits, closer, further = (
        (scores[:, None] >= least).sum(axis=2) for scores in (near[:, wanted], near, far)
    )
    found: Matrix = (hits / (closer + further)).mean(axis=1)
    return found


def across(corpus: Corpus, reading: Reading, whole: Vectors, chosen: Sequence[int]) -> Measured:
    """Return the average precision of each clip asked for, for the chosen questions."""
    questions = [corpus.questions[i] for i in chosen]
    asked = reading([each.asked for each in questions])
    after = reading([each.after for each in questions])
    values, titles, owner = [], [], corpus.of_clip
    for question, near, own in zip(questions, asked, after, strict=True):
        values.append(precisions(near, own, question.wanted, whole[owner != question.title]))
        titles += [str(question.title)] * len(near)
    return Measured(np.concatenate(values), titles)


def in_common(corpus: Corpus, labels: Matrix, whole: Vectors, chosen: NDArray[np.intp]) -> Measured:
    """Return what each chosen clip has in common with the nearest clips of other titles."""
    owner, values = corpus.of_clip, []
    for start in range(0, len(chosen), ROWS):
        rows = chosen[start : start + ROWS]
        likeness = whole[rows] @ whole.T
        likeness[owner[rows][:, None] == owner] = -np.inf
        nearest = np.argpartition(-likeness, NEAREST, axis=1)[:, :NEAREST]
        one, other = labels[rows][:, None], labels[nearest]
        both = np.minimum(one, other).sum(axis=2) / np.maximum(one, other).sum(axis=2)
        values.append(both.mean(axis=1))
    return Measured(np.concatenate(values), [str(title) for title in owner[chosen]])


def chance(parts: Sequence[Part]) -> list[Vectors]:
    """Return the reading that knows nothing."""
    rng = np.random.default_rng(len(parts))
    return [rng.standard_normal((len(part.clips), 64)).astype(np.float32) for part in parts]


def measure(corpus: Corpus, reading: Reading) -> dict[str, Measured]:
    """Return the measures of one reading."""
    whole = np.concatenate(reading(corpus.titles))
    found = {"across the cut": across(corpus, reading, whole, range(len(corpus.questions)))}
    for name, labels in corpus.common.items():
        clips = np.arange(len(whole))
        found[f"{name} in other titles"] = in_common(corpus, labels, whole, clips)
    return found


def best_half(corpus: Corpus) -> float:
    """Return the half of the window that is best across the cut, on titles trained on."""
    asked = [i for i, q in enumerate(corpus.questions) if corpus.fitted[q.title]]
    reached = []
    for half in HALVES:
        whole = np.concatenate(window(half)(corpus.titles))
        reached.append(across(corpus, window(half), whole, asked).values.mean())
    return HALVES[int(np.argmax(reached))]


def show(name: str, corpus: Corpus, encoders: Sequence[Encoder], half: float) -> None:
    """Print one corpus: a row for each reading."""
    known = f"encoders were trained on {corpus.fitted.sum()} of them"
    print(f"\n{name}: {len(corpus.titles)} titles, {known}; {len(corpus.of_clip)} clips")
    found = {"chance": measure(corpus, chance)}
    for reading_name, reading in readings(encoders, half):
        found[reading_name] = measure(corpus, reading)
    columns = list(found[TODAY])
    table = Table("reading", *(c for column in columns for c in (column, "minus today's")))
    for reading_name, measured in found.items():
        cells = []
        for column in columns:
            own, today = measured[column], found[TODAY][column]
            metric, other = RowMean(own.values), RowMean(today.values)
            cells.append(words(bootstrap_over_titles(metric, own.titles)))
            gap = paired_difference(metric, other, own.titles)
            cells.append("" if reading_name == TODAY else words(gap, "+"))
        table.add_row(reading_name, *cells)
    Console(width=200).print(table)


def words(found: Interval, sign: str = "") -> str:
    """Return a value with its interval."""
    return f"{found.value:{sign}.3f} ({found.low:{sign}.3f} to {found.high:{sign}.3f})"


def train_on_episodes(work: Path) -> list[Path]:
    """Train encoders on the training episodes, and return their runs, which are kept."""
    runs = [work / f"encoder-{seed}" for seed in range(SEEDS)]
    for seed, run in enumerate(runs):
        if not run.exists():
            train = ("--features", work / "features", "--out", run, "--seed", str(seed))
            reelfind("encoder", "train", *train, *SHAPE)
    return runs


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", choices=("emorynlp", "condensed_movies"))
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="embeddings and encoders are kept")
    asked = parser.parse_args()
    work: Path = asked.work
    work.mkdir(parents=True, exist_ok=True)
    if asked.corpus == "emorynlp":
        corpus = episodes(asked.data, import_utterances(asked.data, work))
        half = best_half(corpus)
        runs = train_on_episodes(work)
    else:
        found = features(asked.data, work)
        corpus, half = films(found), best_half(films(found, most=FITTED_FILMS))
        runs = [work / "recipes" / f"catalogue-2500-{seed}" for seed in range(SEEDS)]
    show(asked.corpus, corpus, [checkpoint_of(run).encoder for run in runs], half)


if __name__ == "__main__":
    main()
