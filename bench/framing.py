"""What people and shot sizes are worth, on shots labelled by looking, and what they cost.

Run as ``python -m bench.framing MEDIA_DIR``. ``bench/framing_labels.csv`` has a row for each shot
of the development films, by a frame in its middle: the faces that are seen at once, the people or
animals that are in it, whether they show a face or not, and the shot's size. A label with a
question mark is one that could be argued about; see ``bench/judging.py``.
"""

import argparse
import csv
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from bench.judging import COLUMNS, judged
from indexer.decoding import STILL_NAME, STILLS_FOLDER, decode, extract_stills, open_frames
from indexer.framing.detector import load_detector
from indexer.framing.quality import measure
from indexer.framing.values import values_of_shot
from indexer.pipeline_sections import DecodeSettings, FramingSettings, ShotSettings, VideoSettings
from indexer.probe import probe
from indexer.records import Shot
from indexer.shots.compare import without_bars
from indexer.shots.detect import detect
from indexer.shots.transnet import load_transnet
from indexer.stages import framing, stills
from indexer.traits import VALUES, stored

LABELS = Path(__file__).with_name("framing_labels.csv")
ANIMALS = "big_buck_bunny"
LABELLED = {"faces": "people", "people": "people", "size": "shot_size"}
"""The columns of labels, and the kind that each is compared with."""

Labels = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Framed:
    """What was found in one film: the values of its shots, and core-seconds."""

    shots: Sequence[Shot]
    values: Sequence[Sequence[str]]
    cost: float
    seconds: float

    def at(self, frame: int) -> Sequence[str]:
        """Return the values of the shot with a frame."""
        (shot,) = [each for each in self.shots if each.start_frame <= frame < each.end_frame]
        return self.values[shot.index]


def read_labels() -> Iterator[tuple[str, int, Labels]]:
    with LABELS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["film"], int(row["frame"]), {name: row[name].split() for name in LABELLED}


def find_faces(film: Path, folder: Path) -> Framed:
    media, settings = probe(film), FramingSettings()
    decode(media, folder, DecodeSettings())
    small = open_frames(folder)
    shots = detect(small, media.fps, ShotSettings(), load_transnet())
    here = sorted(int(path.stem) for path in (folder / STILLS_FOLDER).glob("*.jpg"))
    detector, values, cost = load_detector(), [], 0.0
    picture = without_bars(small)
    height = (picture.rows.stop - picture.rows.start) / small.shape[1]
    for shot in shots:
        inside = [frame for frame in here if shot.start_frame <= frame < shot.end_frame]
        frames, _ = stills.choose(shot, inside, VideoSettings(), float(media.fps))
        if not inside:
            extract_stills(media, frames, folder / STILLS_FOLDER, DecodeSettings())
        began = time.process_time()
        found = []
        for frame in framing.choose(frames, settings):
            with Image.open(folder / STILLS_FOLDER / STILL_NAME.format(frame)) as image:
                still = np.asarray(image.convert("RGB"))
            found.append(detector.find(still))
            measure(still, found[-1])
        cost += time.process_time() - began
        values.append(values_of_shot(found, height, settings))
    return Framed(shots, values, cost, float(len(small) / media.fps))


def compare(films: Mapping[str, Framed], animals: bool) -> Table:
    labelled = [
        (films[film].at(frame), labels)
        for film, frame, labels in read_labels()
        if film.startswith(ANIMALS) == animals
    ]
    whom = "animals" if animals else "people"
    table = Table("", "", *COLUMNS, title=whom)
    for column, kind in LABELLED.items():
        shots = [(values, labels[column]) for values, labels in labelled if labels[column]]
        for name in VALUES[kind]:
            table.add_row(column, name, *judged(shots, stored(kind, name), name))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path, help="folder of the development films")
    media = parser.parse_args().media
    names = dict.fromkeys(film for film, _, _ in read_labels())
    with tempfile.TemporaryDirectory() as folder:
        films = {name: find_faces(media / name, Path(folder, name)) for name in names}
    for animals in (False, True):
        Console().print(compare(films, animals))
    cost = sum(each.cost for each in films.values())
    minutes = sum(each.seconds for each in films.values()) / 60
    print(f"{cost:.1f} core-seconds for {minutes:.1f} minutes: {cost / minutes:.2f} a minute")


if __name__ == "__main__":
    main()
