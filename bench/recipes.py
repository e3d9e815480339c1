"""Which recipe to train an encoder by, from how many titles on? CondensedMovies.

    python -m bench.recipes DATA_DIR --work DIR [--figure docs/images/recipes.svg]

Both recipes train on the same films for the same steps, in one shape (width 192, depth 2); the
table has the core-seconds. A tenth of the films is set aside for validation, as ``reelfind encoder
train`` does. ``bench.recipes_judge`` says what they are judged by. Runs and what they reached are
kept in DIR, and only what is missing is run.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from safetensors.numpy import load_file, save_file

from bench.condensed_movies import ENCODER, without_names
from bench.condensed_movies_data import features
from bench.recipes_figure import draw
from bench.recipes_judge import BASELINES, MEASURES, Judge, Metrics, Scores
from encoder.batches import TitleSequence
from encoder.data import TrainingData, split_titles
from encoder.evaluation import FitReport
from encoder.recipes import RECIPES
from encoder.runs import CHECKPOINT, Run, checkpoint_of
from encoder.training import Step
from probes.intervals import Interval, paired_difference
from probes.metrics import score

TITLES = (100, 300, 1000, 2500)
STEPS = 200
SHAPE = replace(ENCODER, width=192, heads=4)
SEEDS = 2
COST = "cost.json"
SCORES = "scores.safetensors"
EVERY = 25
"""Steps between validations; four without a better one end a run."""


@dataclass(frozen=True)
class Trial:
    """One run: a recipe, how many films, and a seed."""

    recipe: str
    titles: int
    seed: int

    @property
    def folder(self) -> str:
        """The name of the run's folder."""
        return f"{self.recipe}-{self.titles}-{self.seed}"


@dataclass(frozen=True)
class Cost:
    """The step of the best validation, the last step, and core-seconds of the whole run."""

    best: int
    steps: int
    seconds: float


class Steps:
    """Notes which steps a run took, and which was the best."""

    def __init__(self) -> None:
        self.best = self.last = 0

    def stepped(self, step: Step, shots_per_second: float) -> None:
        """Receive a step."""
        del shots_per_second
        self.last = step.number

    def validated(self, step: int, report: FitReport, best: bool) -> None:
        """Receive a validation."""
        del report
        self.best = step if best else self.best


def seeds(recipe: str, titles: int) -> list[Trial]:
    """Return the runs that differ in their seed alone."""
    return [Trial(recipe, titles, seed) for seed in range(SEEDS)]


def train(trial: Trial, films: Sequence[TitleSequence], folder: Path) -> None:
    """Train an encoder in ``folder``, unless it is there."""
    if (folder / COST).exists():
        return
    order = np.random.default_rng(0).permutation(len(films))[: trial.titles]
    data = TrainingData(*split_titles([films[i] for i in order], 0.1), "minilm")
    recipe = RECIPES[trial.recipe]
    training = replace(
        recipe.training,
        steps=STEPS,
        validate_every=EVERY,
        patience=4,
        seed=trial.seed,
    )
    steps = Steps()
    began = time.process_time()
    Run(folder, data, replace(SHAPE, positions=recipe.positions), training).train(steps)
    cost = Cost(steps.best, steps.last, time.process_time() - began)
    (folder / COST).write_text(json.dumps(asdict(cost)), encoding="utf-8")


def scores(judge: Judge, folder: Path) -> Scores:
    """Return what a baseline or the encoder of a run reaches, from its folder if it is known."""
    file = folder / SCORES
    if not file.exists():
        if folder.name in BASELINES:
            folder.mkdir(parents=True, exist_ok=True)
            found = judge.baseline(folder.name)
        else:
            found = judge.encoder(checkpoint_of(folder / CHECKPOINT).encoder)
        save_file(found, file)
    return load_file(file)


def print_table(
    judge: Judge,
    costs: Mapping[Trial, Cost],
    found: Mapping[Trial, Metrics],
    baselines: Mapping[str, Metrics],
) -> None:
    """Print a row for each recipe and number of films, the mean of its seeds."""
    table = Table("films", "recipe", "best of steps", "core-s", *MEASURES)
    for name, metrics in baselines.items():
        cells = [f"{value:.3f}" for value in _values(judge, metrics)]
        table.add_row("", name, "", "", *cells)
    for pair in ([seeds(name, titles) for name in RECIPES] for titles in TITLES):
        for own in pair:
            by_seed = list(zip(*(_values(judge, found[trial]) for trial in own), strict=True))
            cells = [
                f"{np.mean(each):.3f} ({', '.join(f'{value:.3f}' for value in each)})"
                for each in by_seed
            ]
            spent = [costs[trial] for trial in own]
            ran = ", ".join(f"{each.best} of {each.steps}" for each in spent)
            seconds = ", ".join(f"{each.seconds:.0f}" for each in spent)
            table.add_row(f"{own[0].titles:,}", own[0].recipe, ran, seconds, *cells)
        gaps = _gaps(judge, *([found[trial] for trial in own] for own in pair))
        cells = [f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})" for gap in gaps]
        table.add_row("", "mediafm less catalogue", "", "", *cells)
    Console(width=200).print(table)


def _values(judge: Judge, metrics: Metrics) -> list[float]:
    return [score(metrics[name], len(judge.titles[name])) for name in MEASURES]


def _spread(judge: Judge, own: Sequence[Metrics]) -> list[Interval]:
    """Return the mean of seeds of each measure, and the least and the most of them."""
    by_seed = zip(*(_values(judge, each) for each in own), strict=True)
    return [Interval(float(np.mean(each)), min(each), max(each)) for each in by_seed]


def _gaps(judge: Judge, one: Sequence[Metrics], other: Sequence[Metrics]) -> list[Interval]:
    """Return ``other`` less ``one``, each the mean of its seeds."""
    return [
        paired_difference(judge.mean(other, name), judge.mean(one, name), judge.titles[name])
        for name in MEASURES
    ]


def main() -> None:
    """Train, measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="embeddings and runs are kept")
    parser.add_argument("--figure", type=Path, help="where to draw the curve, as SVG")
    asked = parser.parse_args()
    features_of = features(asked.data, asked.work)
    splits = dict(features_of.titles.select("title_id", "split").iter_rows())
    own = without_names([t for t in features_of.sequences() if splits[t.title_id] == "train"])
    judge = Judge(features_of, own)
    costs, found = {}, {}
    for trial in (each for titles in TITLES for name in RECIPES for each in seeds(name, titles)):
        folder = asked.work / "recipes" / trial.folder
        train(trial, own, folder)
        costs[trial] = Cost(**json.loads((folder / COST).read_bytes()))
        found[trial] = judge.metrics(scores(judge, folder))
        values = [f"{value:.3f}" for value in _values(judge, found[trial])]
        print(trial.folder, costs[trial], *values, flush=True)
    baselines = {
        name: judge.metrics(scores(judge, asked.work / "recipes" / name)) for name in BASELINES
    }
    print_table(judge, costs, found, baselines)
    if asked.figure is not None:
        curves = {
            name: [
                _spread(judge, [found[trial] for trial in seeds(name, titles)]) for titles in TITLES
            ]
            for name in RECIPES
        }
        levels = {name: _spread(judge, [metrics]) for name, metrics in baselines.items()}
        asked.figure.write_text(draw(TITLES, MEASURES, curves, levels), encoding="utf-8")


if __name__ == "__main__":
    main()
