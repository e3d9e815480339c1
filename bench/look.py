"""What the look of shots is worth, on shots labelled by looking, and what it costs.

Run as ``python -m bench.look MEDIA_DIR``. ``bench/look_labels.csv`` has a row for each shot of the
development films, by a frame in its middle. A label with a question mark is one that could be
argued about: to find it is not wrong, and to miss it neither. Precision is the share of the found
shots that have the label, with or without a question mark; strictly, that have it as their first.
Recall is the share found of those that have it without. Thresholds were set on the same labels.

Movements of the camera are few in these films. So they are also made: a window moves over, or
grows out of, stills of the same films at known speeds.
"""

import argparse
import csv
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table

from bench.judging import COLUMNS, judged, share
from indexer.decoding import STILL_NAME, STILLS_FOLDER, decode, open_frames
from indexer.look.measure import measure
from indexer.look.values import values_of_shot
from indexer.pipeline_sections import DecodeSettings, LookSettings, ShotSettings
from indexer.probe import probe
from indexer.records import Shot
from indexer.shots.compare import Picture, without_bars
from indexer.shots.detect import detect
from indexer.shots.transnet import load_transnet
from indexer.traits import GROUPS, stored

KINDS = GROUPS["Look and movement"]
LABELS = Path(__file__).with_name("look_labels.csv")
FPS = Fraction(24)
SPEEDS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Of made movements: widths a second, and for a zoom the growth."""
STILLS = 60
"""That movements are made of."""

Labels = Mapping[str, Sequence[str]]
"""The labels of a shot by kind."""


@dataclass(frozen=True)
class Looked:
    """What was measured of one film: the values of its shots, and core-seconds."""

    shots: Sequence[Shot]
    values: Sequence[Sequence[str]]
    cost: float
    seconds: float
    stills: Sequence[Path]

    def at(self, frame: int) -> Sequence[str]:
        """Return the values of the shot with a frame."""
        (shot,) = [each for each in self.shots if each.start_frame <= frame < each.end_frame]
        return self.values[shot.index]


def read_labels() -> Iterator[tuple[str, int, Labels]]:
    with LABELS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["film"], int(row["frame"]), {kind: row[kind].split() for kind in KINDS}


def look_at(film: Path, folder: Path) -> Looked:
    media = probe(film)
    decode(media, folder, DecodeSettings())
    frames = open_frames(folder)
    shots = detect(frames, media.fps, ShotSettings(), load_transnet())
    began = time.process_time()
    picture = without_bars(frames)
    looks = [measure(picture, shot, media.fps) for shot in shots]
    cost = time.process_time() - began
    values = [
        values_of_shot(look, float((shot.end_frame - shot.start_frame) / media.fps), LookSettings())
        for shot, look in zip(shots, looks, strict=True)
    ]
    stills = [
        path
        for shot in shots
        for path in [folder / STILLS_FOLDER / STILL_NAME.format(-(-shot.start_frame // 12) * 12)]
        if path.exists()
    ]
    return Looked(shots, values, cost, float(len(frames) / media.fps), stills)


def compare(films: Mapping[str, Looked]) -> Table:
    labelled = [(films[film].at(frame), labels) for film, frame, labels in read_labels()]
    table = Table("", "", *COLUMNS, title="Labelled shots")
    for kind, names in KINDS.items():
        shots = [(values, labels[kind]) for values, labels in labelled if labels[kind]]
        for name in names:
            found, precision, strictly, *rest = judged(shots, stored(kind, name), name)
            # A shot has several colours, and none of them is the first.
            strictly = "" if kind == "colour" else strictly
            table.add_row(kind, name, found, precision, strictly, *rest)
    return table


def made_film(still: Path, camera: str, speed: float) -> NDArray[np.uint8]:
    """Return small frames in which the camera moves over a still: [n, 27, 48, 3]."""
    with Image.open(still) as image:
        whole = image.convert("RGB")
    width, height = whole.width / 2, whole.height / 2
    seconds = min(2.0, 0.9 / speed)
    frames = []
    for time_ in np.arange(round(seconds * float(FPS))) / float(FPS):
        left, top, scale = width / 2, height / 2, 1.0
        if camera == "pan":
            left = speed * time_ * width
        elif camera == "tilt":
            top = min(speed * time_ * width, height)
        elif camera == "zoom":
            scale = (1 + speed) ** -time_
            left, top = left + width * (1 - scale) / 2, top + height * (1 - scale) / 2
        box = (left, top, left + width * scale, top + height * scale)
        frames.append(np.asarray(whole.resize((48, 27), Image.Resampling.BOX, box)))
    return np.stack(frames)


def compare_made(stills: Sequence[Path]) -> Table:
    chosen = [stills[int(place)] for place in np.linspace(0, len(stills) - 1, STILLS)]
    table = Table("made", *(f"{speed:g} a second" for speed in SPEEDS), title="Made movements")
    for camera in ("pan", "tilt", "zoom"):
        cells = []
        for speed in SPEEDS:
            found = [camera_of(made_film(still, camera, speed)) for still in chosen]
            cells.append(share(found.count(camera), len(found)))
        table.add_row(camera, *cells)
    found = [camera_of(made_film(still, "fixed", 0.45)) for still in chosen]
    table.add_row("fixed", share(found.count("fixed"), len(found)))
    return table


def camera_of(frames: NDArray[np.uint8]) -> str:
    picture = Picture(frames, slice(0, 27), slice(0, 48))
    look = measure(picture, Shot(0, 0, len(frames), "start"), FPS)
    values = values_of_shot(look, float(len(frames) / FPS), LookSettings())
    return next((each[7:] for each in values if each.startswith("camera:")), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path, help="folder of the development films")
    media = parser.parse_args().media
    names = dict.fromkeys(film for film, _, _ in read_labels())
    with tempfile.TemporaryDirectory() as folder:
        films = {name: look_at(media / name, Path(folder, name)) for name in names}
        Console().print(compare(films))
        stills = [still for each in films.values() for still in each.stills]
        Console().print(compare_made(stills))
    cost = sum(each.cost for each in films.values())
    minutes = sum(each.seconds for each in films.values()) / 60
    print(f"{cost:.1f} core-seconds for {minutes:.1f} minutes: {cost / minutes:.2f} a minute")


if __name__ == "__main__":
    main()
