"""How long it takes to train a probe.

    OMP_WAIT_POLICY=PASSIVE python bench/probe_training.py [--clips N] [--width N] [--classes N] \\
        [--blocks N]

That includes strengths by nested cross-validation, calibration, thresholds and intervals.
``bench/heads.py`` compares its parts with scikit-learn.
"""

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from probes.probe import Matrix
from probes.settings import DEFAULTS
from probes.tasks import Task, TaskClass
from probes.training import train_probe

CLIPS_PER_TITLE = 100


def sample(clips: int, width: int, classes: int) -> tuple[Matrix, NDArray[np.float64], list[str]]:
    """Return correlated embeddings, labels that one in twenty has, and titles."""
    random = np.random.default_rng(0)
    mixing = random.normal(size=(width, width)) * np.arange(1, width + 1) ** -0.5
    titles = np.arange(clips) // CLIPS_PER_TITLE
    moods = random.normal(size=(titles.max() + 1, width))[titles]
    embeddings = (random.normal(size=(clips, width)) + 0.5 * moods) @ mixing.T
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    odds = embeddings @ random.normal(size=(width, classes))
    odds = odds / odds.std(axis=0) + random.normal(size=odds.shape)
    labels = (odds > np.quantile(odds, 0.95, axis=0)).astype(np.float64)
    return embeddings.astype(np.float32), labels, [f"title {each}" for each in titles]


def measure(clips: int, width: int, classes: int, blocks: int) -> None:
    """Print the time and the quality."""
    embeddings, labels, titles = sample(clips, width, classes)
    task = Task(
        name="bench",
        kind="multi-label",
        level="clip",
        metric="AP",
        classes=tuple(TaskClass(f"class {each}", "", ()) for each in range(classes)),
        fingerprint="",
    )
    start = time.perf_counter()
    parts = enumerate(np.array_split(embeddings, blocks, axis=1))
    trained = train_probe(task, {f"block {at}": part for at, part in parts}, labels, titles)
    seconds = time.perf_counter() - start
    print(f"{classes} classes x {clips} clips x {width} in {blocks} blocks: {seconds:.0f} s")
    for each in trained.measures:
        found = each.interval
        print(
            f"  {each.name} {found.value:.3f} [{found.low:.3f}, {found.high:.3f}], "
            f"chance {each.chance:.3f}"
        )
    print(f"  strength {trained.strength:g} of {DEFAULTS.strengths}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--clips", type=int, default=20_000)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--blocks", type=int, default=1, help="that share the width")
    arguments = parser.parse_args()
    measure(arguments.clips, arguments.width, arguments.classes, arguments.blocks)


if __name__ == "__main__":
    main()
