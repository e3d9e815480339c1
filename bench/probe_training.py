"""How long training probes takes, here and with scikit-learn's own estimators.

    OMP_WAIT_POLICY=PASSIVE python bench/probe_training.py [--clips N] [--width N] [--classes N]

Ours is the whole of it: strengths by nested cross-validation, calibration, thresholds, intervals.
scikit-learn's is one class at each strength, multiplied by the fits that the same protocol needs;
probabilities are compared with its estimators at a tolerance of 1e-9, far below their default.
"""

import argparse
import time
import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from probes.heads import fit_logistic
from probes.probe import Matrix
from probes.selection import STRENGTHS
from probes.tasks import Task, TaskClass
from probes.training import train_probe

CLIPS_PER_TITLE = 100
FOLDS = 5
FITS = FOLDS * (FOLDS + 1) // 2 + 1
"""Pairs of folds left out, single folds left out, and everything."""


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


def measure(clips: int, width: int, classes: int) -> None:
    """Print both times, and how far the probabilities of one class differ."""
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
    trained = train_probe(task, embeddings, labels, titles, folds=FOLDS)
    ours = time.perf_counter() - start
    print(f"{classes} classes x {clips} clips x {width}: {ours:.0f} s, all of it")
    for each in trained.measures:
        found = each.interval
        print(
            f"  {each.name} {found.value:.3f} [{found.low:.3f}, {found.high:.3f}], "
            f"chance {each.chance:.3f}"
        )
    print(f"  strength {trained.strength:g} of {STRENGTHS}")
    heads = fit_logistic(embeddings, labels[:, :1], STRENGTHS)
    seconds, furthest = 0.0, 0.0
    scaled = StandardScaler().fit_transform(embeddings.astype(np.float64))
    for strength, head in zip(STRENGTHS, heads, strict=True):
        start = time.perf_counter()
        LogisticRegression(C=1 / strength, max_iter=1000).fit(scaled, labels[:, 0])
        seconds += time.perf_counter() - start
        reference = LogisticRegression(C=1 / strength, max_iter=5000, tol=1e-9)
        reference.fit(scaled, labels[:, 0])
        mine = 1 / (1 + np.exp(-head.logits(embeddings)[:, 0].astype(np.float64)))
        difference = np.abs(mine - reference.predict_proba(scaled)[:, 1]).max()
        furthest = max(furthest, float(difference))
    print(
        f"scikit-learn: {seconds:.1f} s for one class at {len(STRENGTHS)} strengths, so about "
        f"{seconds * classes * FITS:.0f} s for the {FITS} fits of {classes} classes; "
        f"probabilities differ by {furthest:.1e} at most"
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--clips", type=int, default=20_000)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--classes", type=int, default=100)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    measure(arguments.clips, arguments.width, arguments.classes)


if __name__ == "__main__":
    main()
