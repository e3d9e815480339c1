"""Does context help on narrative data? Hidden clips and genres of 3,606 films of CondensedMovies.

    python bench/condensed_movies.py DATA_DIR --work DIR [--seeds 3] [--only main "mask span 3"]

DATA_DIR holds the published tables (clips.csv, descriptions.csv, movie_info.csv, split.csv; Bain
et al. 2020). A title is a film and a shot of it is one described clip: its text embedding alone, by
the text backbone of ``lite``; pictures and sound are missing. Encoders are trained on the training
films and measured on the validation and test films together. Settings were chosen on 380 training
films that were held out for it.

DIR also gets what the commands read, so that the table of genres can be had through them:

    reelfind encoder train --features DIR/features --out DIR/run --steps 300 \\
        --width 384 --depth 2 --heads 6
    reelfind probes evaluate film-genre --features DIR/features --encoder DIR/run \\
        --labels DIR/labels.parquet --data DIR --held-out val --held-out test \\
        --report DIR/report.html

Genres: logistic heads on standardised embeddings, one row a clip with the genres of its film; L2
strength by three folds of training films; macro average precision over 11 genres; intervals by
resampling films, differences paired.
"""

import argparse
import ast
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from bench.condensed_movies_data import features
from bench.condensed_movies_genres import GenreProbe, representations
from encoder.batches import TitleSequence
from encoder.config import EncoderConfig, TrainingConfig
from encoder.evaluation import evaluate
from encoder.model import Encoder, Rotation
from encoder.training import Trainer
from indexer.features.feature_set import FeatureSet
from probes.intervals import bootstrap_over_titles, paired_difference
from probes.metrics import MacroAveragePrecision

MAIN = "main"
PROBED = ("start from noise, Muon, rate 0.003", "without [CLS]")
"""Variants whose genres are measured too."""
ENCODER = EncoderConfig(
    384, 384, width=384, depth=2, heads=6, positions="rotary", modalities=(("text", 384),)
)
TRAINING = TrainingConfig(
    steps=300,
    batch_shots=1024,
    learning_rate=3e-4,
    weight_decay=0.3,
    muon=False,
    start="linear",
)


@dataclass(frozen=True)
class Variant:
    """One encoder and its training, and what is special about it."""

    name: str
    config: EncoderConfig = ENCODER
    training: TrainingConfig = TRAINING
    names: bool = False
    """Whether [GLOBAL] reads the film's name."""
    unread: tuple[int, ...] = ()
    """Which of [CLS] (0) and [GLOBAL] (1) no position may read."""


class Unread(Encoder):
    """An encoder some of whose leading tokens no position reads."""

    unread: tuple[int, ...] = ()

    def enter(
        self, fused: Tensor, valid: Tensor | None, metadata: Tensor, hidden: Tensor | None
    ) -> tuple[Tensor, Tensor, Rotation | None]:
        """Return what the first block takes."""
        if valid is None:
            valid = torch.ones(fused.shape[:2], dtype=torch.bool)
        x, keep, rotation = super().enter(fused, valid, metadata, hidden)
        assert keep is not None
        keep = keep.clone()
        keep[..., list(self.unread)] = False
        return x, keep, rotation


def _rates(name: str, training: TrainingConfig, rates: tuple[float, ...]) -> list[Variant]:
    return [
        Variant(f"{name}, rate {rate:g}", training=replace(training, learning_rate=rate))
        for rate in rates
    ]


def variants() -> list[Variant]:
    """Return the main encoder and its ablations, each with one thing changed."""
    long, noise = TRAINING, replace(TRAINING, start="noise", weight_decay=0.05)
    return [
        Variant(MAIN),
        *_rates("AdamW", long, (1e-4, 1e-3)),
        *_rates("Muon", replace(long, muon=True), (1e-4, 3e-4, 1e-3)),
        *_rates("start from noise, AdamW", noise, (3e-4, 1e-3, 3e-3)),
        *_rates("start from noise, Muon", replace(noise, muon=True), (1e-3, 3e-3, 1e-2)),
        Variant("without [CLS]", unread=(0,)),
        Variant("without [GLOBAL]", unread=(1,)),
        Variant("without both", unread=(0, 1)),
        Variant("mask ratio 0.4", training=replace(long, mask_ratio=0.4)),
        Variant("mask span 3", training=replace(long, mask_span=3)),
        Variant("learned positions, noise", replace(ENCODER, positions="learned"), noise),
        Variant("[GLOBAL] reads the film's name", names=True),
        Variant("depth 1", replace(ENCODER, depth=1)),
        Variant("depth 4", replace(ENCODER, depth=4)),
        Variant("width 192", replace(ENCODER, width=192)),
    ]


def without_names(titles: list[TitleSequence]) -> list[TitleSequence]:
    """Return the titles with nothing in [GLOBAL]."""
    return [TitleSequence(t.title_id, t.fused, np.zeros_like(t.metadata)) for t in titles]


class Bench:
    """Trains variants and prints the tables."""

    def __init__(self, found: FeatureSet) -> None:
        splits = dict(found.titles.select("title_id", "split").iter_rows())
        titles = found.sequences()
        self.train = [t for t in titles if splits[t.title_id] == "train"]
        self.test = [t for t in titles if splits[t.title_id] != "train"]
        genres = found.titles.drop_nulls("genre").select("title_id", "genre")
        self.probe = GenreProbe({t: set(ast.literal_eval(g)) for t, g in genres.iter_rows()})
        self.console = Console(width=130)

    def fit(self, variant: Variant, seed: int) -> tuple[Encoder, list[float]]:
        """Train a variant; return it with gain, cosine, top-1 and MRR of hidden clips, seconds."""
        train, test = self.train, self.test
        if not variant.names:
            train, test = without_names(train), without_names(test)
        training = replace(variant.training, seed=seed)
        began = time.monotonic()
        trainer = Trainer(train, variant.config, training)
        if variant.unread:
            encoder = trainer.encoder
            encoder.__class__ = Unread
            assert isinstance(encoder, Unread)
            encoder.unread = variant.unread
        while trainer.step < training.steps:
            trainer.advance()
        took = time.monotonic() - began
        # The same shots are hidden whatever the variant hid in training.
        judged = replace(TRAINING, seed=0)
        found = evaluate(trainer.encoder, test, trainer.mean, judged).overall
        return trainer.encoder, [found.gain, 1 - found.loss, found.top1, found.mrr, took]

    def genres(self, encoders: list[tuple[str, Encoder | None, bool]], only: set[str]) -> None:
        """Print genres by representation, each beside the plain mean of the film."""
        table = Table("representation", "encoder", "width", "L2", "macro AP", "minus plain mean")
        baseline: MacroAveragePrecision | None = None
        for name, encoder, names in encoders:
            keep = (lambda titles: titles) if names else without_names
            train = keep(self.probe.labelled(self.train))
            test = keep(self.probe.labelled(self.test))
            labels, films = self.probe.labels(train)
            truth, tested = self.probe.labels(test)
            rows, judged = representations(encoder, train), representations(encoder, test)
            for kind, values in rows.items():
                if encoder is not None and only and kind not in only:
                    continue
                scores, strength = self.probe.scores(values, labels, films, judged[kind])
                metric = MacroAveragePrecision(truth, scores)
                own = bootstrap_over_titles(metric, tested)
                if kind == "plain mean of the film":
                    baseline = metric
                beside = ""
                if baseline is not None and metric is not baseline:
                    gap = paired_difference(metric, baseline, tested)
                    beside = f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"
                interval = f"{own.value:.3f} [{own.low:.3f}, {own.high:.3f}]"
                width = str(values.shape[1])
                table.add_row(kind, name, width, f"{strength:g}", interval, beside)
        self.console.print(table)


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="embeddings are kept here")
    parser.add_argument("--seeds", type=int, default=3, help="of each variant")
    names = [variant.name for variant in variants()]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="VARIANT")
    asked = parser.parse_args()
    bench = Bench(features(asked.data, asked.work))
    print(f"{len(bench.train)} films to train on, {len(bench.test)} to measure on")
    table = Table("variant", "gain by seed", "mean", "cosine", "top-1", "MRR", "training, s")
    main_encoders: list[tuple[str, Encoder | None, bool]] = [("none", None, False)]
    named: list[tuple[str, Encoder | None, bool]] = []
    for variant in variants():
        if variant.name not in asked.only:
            continue
        found = []
        for seed in range(asked.seeds):
            encoder, figures = bench.fit(variant, seed)
            found.append(figures)
            print(variant.name, seed, *figures, file=sys.stderr, flush=True)
            if variant.name == MAIN:
                main_encoders.append((f"main, seed {seed}", encoder, False))
            elif seed == 0 and (variant.names or variant.name in PROBED):
                named.append((variant.name, encoder, variant.names))
        gains = ", ".join(f"{each[0]:.3f}" for each in found)
        means = np.mean(found, axis=0)
        table.add_row(
            variant.name, gains, *(f"{each:.3f}" for each in means[:4]), f"{means[4]:.0f}"
        )
    bench.console.print(table)
    if len(main_encoders) > 1:
        bench.genres(main_encoders[:2], set())
    if others := [*main_encoders[2:], *named]:
        bench.genres([main_encoders[0], *others], {"in context: last layer", "in context: [CLS]"})


if __name__ == "__main__":
    main()
