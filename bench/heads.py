"""Our heads, calibration and clusters beside scikit-learn's: time, memory and quality.

    OMP_WAIT_POLICY=PASSIVE python -m bench.heads [PART ...] [--clips N] [--width N] [--classes N]

Generated embeddings with fixed seeds. Every row of the table is measured in a process of its own
with the same number of threads. Where scikit-learn fits one class at a time it fits the first
``--sampled`` classes only, and its seconds are scaled to all of them; the quality of both is that
of these classes on 50 titles that neither has seen.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.heads_sample import Sample
from bench.heads_ways import PARTS
from bench.machine import machine
from bench.probe_training import CLIPS_PER_TITLE, sample

TEST_TITLES = 50
T = TypeVar("T")


def measured(part: str, way: str, path: Path, sampled: int) -> tuple[str, ...]:
    """Return seconds and core-seconds for all classes, MiB above the data, and the quality."""
    warnings.simplefilter("ignore")
    data = Sample(**np.load(path), sampled=sampled)
    run = PARTS[part][way]
    before, began, used = _peak(), time.perf_counter(), time.process_time()
    outcome = run(data)
    seconds, cores = time.perf_counter() - began, time.process_time() - used
    return (
        f"{seconds * outcome.scale:.2f}",
        f"{cores * outcome.scale:.2f}",
        f"{_peak() - before:.0f}",
        outcome.quality(),
    )


def _peak() -> float:
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def write_sample(path: Path, clips: int, width: int, classes: int) -> None:
    """Write training clips and the clips of further titles."""
    rows = clips + TEST_TITLES * CLIPS_PER_TITLE
    embeddings, labels, _ = sample(rows, width, classes)
    titles = np.arange(rows) // CLIPS_PER_TITLE
    np.savez(
        path,
        embeddings=embeddings[:clips],
        labels=labels[:clips],
        titles=titles[:clips],
        test_embeddings=embeddings[clips:],
        test_labels=labels[clips:],
        test_titles=titles[clips:],
    )


def in_new_process(function: Callable[..., T], *arguments: object) -> T:
    """Return what a function returns in a process of its own, whose peak of memory is its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def main() -> None:
    """Measure each part and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--clips", type=int, default=20_000)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--sampled", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(asked.threads)
    size = f"{asked.clips} clips x {asked.width}, {asked.classes} classes"
    columns = ("part", "by", "seconds", "core-seconds", "MiB above the data", "quality")
    table = Table(*columns, title=size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.npz"
        in_new_process(write_sample, path, asked.clips, asked.width, asked.classes)
        for part in asked.parts or PARTS:
            for way in PARTS[part]:
                found = in_new_process(measured, part, way, path, asked.sampled)
                table.add_row(part, way, *found)
            table.add_section()
    Console(width=130).print(machine(), f"{asked.threads} threads", table)


if __name__ == "__main__":
    main()
