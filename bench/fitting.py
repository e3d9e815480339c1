"""What the small encoder that `reelfind index` fits is worth, and where it should start.

    python bench/fitting.py DATA_DIR

DATA_DIR is a data directory in which films are indexed. The encoder is fitted as indexing fits it:
to all titles, judged on the same; to the first half of the longest title, judged on the second;
and to all other titles, judged on the longest. Each from noise and from the linear start, in
seconds and gain (0 is the mean of all shots, 1 perfection), beside the interpolation of the
neighbours.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table

from encoder.batches import TitleSequence, mean_direction
from encoder.config import catalogue, catalogue_training
from encoder.evaluation import evaluate
from encoder.training import fit
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import modalities_of
from indexer.encoding import read_sequences
from indexer.models import Models
from indexer.preparation import Preparation
from indexer.settings import load_settings

STARTS: tuple[Literal["noise", "linear"], ...] = ("noise", "linear")
SEEDS = 3


def halves(title: TitleSequence) -> tuple[TitleSequence, TitleSequence]:
    """Return the two halves of a title as titles of their own."""
    middle = len(title) // 2
    first = TitleSequence("first", title.fused[:middle], title.metadata)
    return first, TitleSequence("second", title.fused[middle:], title.metadata)


def main() -> None:
    """Fit, measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    settings = load_settings(data)
    models = Models(settings)
    titles = read_sequences(Preparation(Catalogue(data), settings, models).others([]))
    longest = max(titles, key=len)
    first, second = halves(longest)
    others = [title for title in titles if title is not longest]
    tasks = {"all titles, judged on the same": (titles, titles)}
    tasks["half of the longest, judged on the other"] = ([first], [second])
    if others:
        tasks["all others, judged on the longest"] = (others, [longest])
    table = Table("fitted to", "shots", "start", "steps", "seconds", "gain", "interpolation")
    for name, (train, test) in tasks.items():
        shots = sum(map(len, train))
        for start in STARTS:
            gains, seconds = [], []
            for seed in range(SEEDS):
                training = replace(catalogue_training(shots), start=start, seed=seed)
                config = catalogue(modalities_of(models.description), len(longest.metadata))
                began = time.monotonic()
                encoder = fit(train, config, training)
                seconds.append(time.monotonic() - began)
                judged = replace(training, seed=0)
                found = evaluate(encoder, test, mean_direction(train), judged).overall
                gains.append(found.gain)
            spread = f"{np.mean(gains):.3f} ({min(gains):.3f} to {max(gains):.3f})"
            interpolated = 1 - found.interpolated_loss / found.mean_loss
            table.add_row(
                *(name, str(shots), start, str(training.steps), f"{np.mean(seconds):.1f}"),
                *(spread, f"{interpolated:.3f}"),
            )
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
