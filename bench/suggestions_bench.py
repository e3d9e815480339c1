"""Do suggested labels teach more than random ones? Average precision by the number of labels.

    python -m bench.suggestions_bench [--emorynlp FOLDER] [--seeds 10]

On generated clips (``planted_data``, fused, without context) and, where given, on the utterances of
EmoryNLP (train.csv; Zahiri and Choi 2018) by the text backbone of ``lite``, their scenes as titles.
Half of the titles may be labelled, the others are measured. Every way begins without any label, and
goes on by rounds: fit heads on what is labelled, choose the next, look up their labels.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.planted_data import generate
from bench.planted_titles import Plan
from indexer.models import Models
from indexer.settings import Settings
from probes.heads import fit_logistic
from probes.metrics import Labels, average_precision
from probes.probe import Matrix
from probes.suggestions import suggest, uncertainty

AT = (20, 50, 100, 200)
"""Labels at which it is measured."""
ROUNDS = (0, 20, 35, 50, 75, 100, 125, 150, 175, 200)
STRENGTH = 100.0

Rows = NDArray[np.intp]
Way = Callable[["Round"], Rows]


@dataclass(frozen=True)
class Pool:
    """Items to label: embeddings [n, d], labels [n, classes] and titles [n]."""

    embeddings: Matrix
    labels: Labels
    titles: list[str]

    def part(self, rows: Rows) -> "Pool":
        """Return some of the items."""
        return Pool(self.embeddings[rows], self.labels[rows], [self.titles[row] for row in rows])


@dataclass(frozen=True)
class Round:
    """What is known when ``count`` more items are chosen; ``scores`` is None before any label."""

    pool: Pool
    labelled: NDArray[np.bool_]
    scores: Labels | None
    count: int
    rng: np.random.Generator


def by_chance(now: Round) -> Rows:
    """Choose any."""
    return now.rng.choice(np.flatnonzero(~now.labelled), now.count, replace=False)


def by_uncertainty(now: Round) -> Rows:
    """Choose the most uncertain; by chance where nothing is known."""
    if now.scores is None:
        return by_chance(now)
    free = np.flatnonzero(~now.labelled)
    order = np.argsort(-uncertainty(now.scores[free]).mean(axis=1), kind="stable")
    chosen: Rows = free[order][: now.count]
    return chosen


def by_diversity(now: Round) -> Rows:
    """Choose what is unlike each other."""
    return by_suggestion(replace(now, scores=None))


def by_suggestion(now: Round) -> Rows:
    """Choose as `reelfind labels suggest` does."""
    pool = now.pool
    found = suggest(
        "multi-label", pool.embeddings, pool.titles, now.labelled, now.count, scores=now.scores
    )
    return np.array([each.row for each in found])


WAYS: dict[str, Way] = {
    "random": by_chance,
    "uncertainty alone": by_uncertainty,
    "diversity alone": by_diversity,
    "suggested": by_suggestion,
}


def curve(way: Way, pool: Pool, test: Pool, seed: int) -> list[float]:
    """Return the macro average precision on ``test`` at each number of labels in ``AT``."""
    rng = np.random.default_rng(seed)
    labelled = np.zeros(len(pool.titles), dtype=bool)
    scores: Labels | None = None
    found = []
    for have, want in pairwise(ROUNDS):
        labelled[way(Round(pool, labelled, scores, want - have, rng))] = True
        (heads,) = fit_logistic(pool.embeddings[labelled], pool.labels[labelled], (STRENGTH,))
        scores = 1 / (1 + np.exp(-heads.logits(pool.embeddings).astype(np.float64)))
        if want in AT:
            logits = heads.logits(test.embeddings)
            found.append(float(np.nanmean(average_precision(test.labels, logits))))
    return found


def planted_pools(seed: int) -> dict[str, Pool]:
    """Return clips of generated titles, labelled for tone and for clip-worthiness."""
    planted = generate(Plan(titles=100, seed=seed))
    titles = {title.title_id: title.fused for title in planted.sequences}
    rows = [titles[i.title_id][i.first : i.end].mean(axis=0) for i in planted.items]
    embeddings = np.stack(rows).astype(np.float32)
    return {
        f"generated: {task}": Pool(embeddings, planted.labels[task], planted.item_titles)
        for task in ("tone", "clip-worthiness")
    }


def emorynlp(folder: Path) -> Pool:
    """Return the utterances of the training part, labelled for seven emotions."""
    table = pl.read_csv(folder / "train.csv", infer_schema=False)
    embeddings = Models(Settings()).backbones.text.embed_texts(table["Utterance"].to_list())
    emotions = sorted(set(table["Emotion"]))
    labels = np.array([[each == name for name in emotions] for each in table["Emotion"]], float)
    titles = table.select(pl.concat_str("Season", "Episode", separator="-")).to_series().to_list()
    return Pool(embeddings, labels, titles)


def halves(pool: Pool, seed: int) -> tuple[Pool, Pool]:
    """Deal whole titles to the pool and the test."""
    names, of_row = np.unique(np.asarray(pool.titles), return_inverse=True)
    chosen = np.random.default_rng(seed).permutation(len(names)) < len(names) // 2
    return pool.part(np.flatnonzero(chosen[of_row])), pool.part(np.flatnonzero(~chosen[of_row]))


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--emorynlp", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    asked = parser.parse_args()
    utterances = emorynlp(asked.emorynlp) if asked.emorynlp is not None else None
    curves: dict[tuple[str, str], list[list[float]]] = {}
    for seed in range(asked.seeds):
        pools = planted_pools(seed)
        if utterances is not None:
            pools["EmoryNLP: emotion"] = utterances
        for data, whole in pools.items():
            pool, test = halves(whole, seed)
            for name, way in WAYS.items():
                curves.setdefault((data, name), []).append(curve(way, pool, test, seed))
    table = Table("labels", "way", *(f"AP at {count}" for count in AT), "seeds better at 200")
    for (data, name), found in curves.items():
        values = np.array(found)
        base = np.array(curves[data, "random"])
        better = int((values[:, -1] > base[:, -1]).sum())
        cells = [
            f"{mean:.3f} ± {spread:.3f}"
            for mean, spread in zip(values.mean(axis=0), values.std(axis=0), strict=True)
        ]
        table.add_row(data, name, *cells, "" if name == "random" else f"{better} of {len(found)}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
