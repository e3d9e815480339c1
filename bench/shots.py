"""Shot boundaries of Big Buck Bunny's first half: quality and speed of four detectors.

Run as ``python bench/shots.py MEDIA_DIR``. A reviewed hard cut is found by a boundary at most
two frames away, a reviewed gradual transition by a boundary inside its span, two frames of
grace at its ends; each counts once, and every further boundary is a false one. Speed counts
everything from the file to the list, on this machine as busy as it is: for ours the whole decode
pass, which makes stills and sound too.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scenedetect import (  # type: ignore[import-untyped]
    AdaptiveDetector,
    ContentDetector,
    SceneDetector,
)
from scenedetect import detect as pyscenedetect

from indexer.decoding import decode, open_frames
from indexer.ffmpeg import file_input, run_ffmpeg
from indexer.pipeline_sections import DecodeSettings, ShotSettings
from indexer.probe import probe
from indexer.shots.compare import without_bars
from indexer.shots.detect import MARGIN, detect, uncertain_spans
from indexer.shots.fast import find_candidates, spans
from indexer.shots.transnet import TransNet, load_transnet

FILM = "big_buck_bunny_360p.mp4"
REVIEWED = "big_buck_bunny_cuts_first_half.json"
TOLERANCE = 2
WINDOW, WINDOW_MARGIN, WINDOW_THRESHOLD = 100, 25, 0.5
"""How TransNetV2's authors run it."""

Boundaries = list[int]


@dataclass(frozen=True)
class Score:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score(found: Boundaries, reviewed: list[tuple[int, int]]) -> Score:
    right = matches(found, reviewed)
    return Score(right / max(len(found), 1), right / len(reviewed))


def matches(found: Boundaries, reviewed: Sequence[tuple[int, int]]) -> int:
    """Match boundaries to reviewed spans (first, last) one to one, the nearest first."""
    distances = sorted(
        (max(first - frame, frame - last, 0), i, j)
        for i, frame in enumerate(found)
        for j, (first, last) in enumerate(reviewed)
    )
    used: set[int] = set()
    hit: set[int] = set()
    for distance, i, j in distances:
        if distance <= TOLERANCE and i not in used and j not in hit:
            used.add(i)
            hit.add(j)
    return len(hit)


def small_frames(film: Path, folder: Path) -> NDArray[np.uint8]:
    decode(probe(film), folder, DecodeSettings())
    return open_frames(folder)


def ours(film: Path, folder: Path, network: TransNet, fps: Fraction) -> Boundaries:
    shots = detect(small_frames(film, folder), fps, ShotSettings(), network)
    return [shot.start_frame for shot in shots[1:]]


def transnet_everywhere(film: Path, folder: Path, network: TransNet) -> Boundaries:
    frames = small_frames(film, folder)
    step = WINDOW - 2 * WINDOW_MARGIN
    middles = []
    for start in range(0, len(frames), step):
        window = np.arange(start - WINDOW_MARGIN, start + step + WINDOW_MARGIN)
        one, _ = network(frames[window.clip(0, len(frames) - 1)], WINDOW_MARGIN)
        middles.append(one)
    transitions = spans(np.concatenate(middles)[: len(frames)] > WINDOW_THRESHOLD)
    return [(first + end - 1) // 2 + 1 for first, end in transitions]


def as_users_run_it(film: Path, detector: SceneDetector) -> Boundaries:
    return [int(start.frame_num) for start, _ in pyscenedetect(str(film), detector)[1:]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path, help="folder of the development films")
    media = parser.parse_args().media
    reviewed = json.loads((media / REVIEWED).read_text())
    fps, count = Fraction(reviewed["fps"]), reviewed["frames"][1]
    truth = [(cut, cut) for cut in reviewed["hard"]]
    truth += [(first, last) for first, last, _ in reviewed["gradual"]]
    network = load_transnet()
    table = Table("detector", "precision", "recall", "F1", "x real time", "CPU s", title=FILM)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # A little more than the reviewed part, since a copy begins and ends at key frames.
        part = file_input(media / FILM, t=float((count + 240) / fps))
        run_ffmpeg(ffmpeg.output(part["v"], part["a"], "film.mp4", c="copy"), folder)
        film = folder / "film.mp4"
        detectors: dict[str, Callable[[], Boundaries]] = {
            "Reelfind": lambda: ours(film, folder / "ours", network, fps),
            "ContentDetector": lambda: as_users_run_it(film, ContentDetector()),
            "AdaptiveDetector": lambda: as_users_run_it(film, AdaptiveDetector()),
            "TransNetV2 on every frame": lambda: transnet_everywhere(
                film, folder / "everywhere", network
            ),
        }
        for label, run in detectors.items():
            wall, cpu = time.perf_counter(), cpu_seconds()
            found = [frame for frame in run() if frame < count]
            wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
            result = score(found, truth)
            table.add_row(
                label,
                *(f"{value:.3f}" for value in (result.precision, result.recall, result.f1)),
                f"{float((count + 240) / fps) / wall:.1f}",
                f"{cpu:.1f}",
            )
        frames = open_frames(folder / "ours")
        settled = uncertain_spans(find_candidates(frames, fps), without_bars(frames))
    Console().print(table)
    decided = sum(end - start for start, end in settled) / len(frames)
    context = sum(end - start + 2 * MARGIN for start, end in settled) / len(frames)
    print(f"TransNetV2 decided on {decided:.1%} of the frames; it saw {context:.1%} with context.")


def cpu_seconds() -> float:
    """User and system seconds of this process and its ended children."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main()
