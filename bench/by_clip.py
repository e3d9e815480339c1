"""Whether a clip finds the film that it was cut from, by several ways of looking for it.

    python -m bench.by_clip MEDIA_DIR [--data DIR]

Clips of 4, 8 and 15 seconds are cut from the films at random and changed as what people send is:
made small and poor, cropped, mirrored with other colours, without sound. Each is read as a search
reads what is sent. Shots are ranked by the pictures of its shots, and by its in-context embeddings,
for which the clip is a whole title. A hit is right when it overlaps the span that was cut.
"""

import argparse
import random
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from app.search.example_clip import run_on, work_on
from app.search.similarity import Vector
from indexer.artefacts import read_vectors
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import load_current
from indexer.ffmpeg import find_ffmpeg
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.opening import open_index
from indexer.pipeline import BEFORE_ENCODER
from indexer.pooling import unit
from indexer.records import Title
from indexer.request import Request
from indexer.settings import load_settings
from indexer.stages import context, embed
from indexer.store.names import CONTEXT, PICTURE, pair

CLIPS = 20
LENGTHS = (4.0, 8.0, 15.0)
X264 = ("-c:v", "libx264", "-preset", "veryfast")
CHANGES: Mapping[str, tuple[str, ...]] = {
    "small and poor": ("-vf", "scale=320:-2", *X264, "-crf", "35"),
    "cropped": ("-vf", "crop=iw*0.7:ih*0.7,scale=480:-2", *X264, "-crf", "30"),
    "mirrored": ("-vf", "hflip,eq=brightness=0.08:saturation=0.6", *X264, "-crf", "30"),
    "silent": ("-vf", "scale=480:-2", "-an", *X264, "-crf", "30"),
}


@dataclass(frozen=True)
class Cut:
    """A span of a film, in seconds."""

    title: Title
    start: float
    seconds: float

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Return whether a shot overlaps it."""
        start, end = float(payload["start_seconds"]), float(payload["end_seconds"])
        overlaps = start < self.start + self.seconds and self.start < end
        return overlaps and str(payload["title_id"]) == self.title.title_id


def draw_cuts(titles: list[Title]) -> list[Cut]:
    """Return cuts of all films, longer films having more of them."""
    draw = random.Random(0)
    weights = [title.media.duration for title in titles]
    cuts = []
    for title in draw.choices(titles, weights, k=CLIPS):
        seconds = draw.choice(LENGTHS)
        cuts.append(Cut(title, draw.uniform(0, title.media.duration - seconds), seconds))
    return cuts


def write(cut: Cut, change: tuple[str, ...], out: Path) -> bytes:
    """Return the span as a file of its own, changed."""
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-ss", f"{cut.start:.3f}"]
    command += ["-i", str(cut.title.media.path), "-t", f"{cut.seconds:.3f}", *change, str(out)]
    subprocess.run(command, check=True)
    return out.read_bytes()


def by_way(pictures: Vector, in_context: Vector, points: Mapping[str, Vector]) -> dict[str, Vector]:
    """Return the scores of all shots in each way of looking for a clip.

    Args:
        pictures: [n, a] of the clip's shots, unit rows.
        in_context: [n, d] of its shots, unit rows.
        points: the same vectors of the catalogue's shots, by name.
    """
    picture, own = points[PICTURE] @ pictures.T, points[CONTEXT] @ in_context.T
    return {
        "picture, nearest shot (as shipped)": picture.max(axis=1),
        "picture, mean of shots": picture.mean(axis=1),
        "in context, nearest shot": own.max(axis=1),
        "in context, mean of shots": own.mean(axis=1),
        "ranks of both, nearest shot": -_places(picture.max(axis=1)) - _places(own.max(axis=1)),
    }


def _places(scores: Vector) -> Vector:
    """Return what reciprocal rank fusion sums up, negated: less for a better place."""
    places: Vector = -1.0 / (4.0 + np.argsort(np.argsort(-scores)))
    return places


def measure(media: Path, data: Path, profile: str | None) -> None:
    """Index, cut, look for every clip, and print the table."""
    catalogue = Catalogue(data)
    settings = load_settings(data, profile=profile)
    Indexer(catalogue, settings, Silence()).run(Request((media,)))
    models, encoder = Models(settings), load_current(catalogue)
    stages = (*BEFORE_ENCODER, context.CONTEXT)
    with open_index(catalogue, settings) as store:
        name = store.current()
        assert name is not None
        records, _ = store.scroll(pair(name)[0], limit=100_000, with_vectors=True)
    payloads = [record.payload or {} for record in records]
    points = {
        using: unit(np.array([_vector(record, using) for record in records], dtype=np.float32))
        for using in (PICTURE, CONTEXT)
    }
    places: dict[tuple[str, str], list[int]] = {}
    for cut in draw_cuts([each.title for each in catalogue.manifests()]):
        right = np.array([cut.holds(payload) for payload in payloads])
        for change, how in CHANGES.items():
            with tempfile.TemporaryDirectory() as scratch:
                content = write(cut, how, Path(scratch) / "cut.mp4")
                work = work_on(content, Path(scratch), settings, models)
                work.encoder = encoder
                run_on(work, stages)
                pictures = unit(read_vectors(work.artefact(embed.VIDEO, embed.ALIGNED)))
                own = unit(read_vectors(work.artefact(context.NAME, context.IN_CONTEXT)))
            for way, scores in by_way(pictures, own, points).items():
                order = np.argsort(-scores, kind="stable")
                places.setdefault((way, change), []).append(int(np.argmax(right[order])) + 1)
    table = Table(
        "hit@1 hit@5 MRR",
        *(f"{change} {CLIPS}" for change in CHANGES),
        title=f"{len(payloads)} shots, profile {settings.profile}",
    )
    for way in dict.fromkeys(way for way, _ in places):
        table.add_row(way, *(_cell(places[way, change]) for change in CHANGES))
    Console(width=140).print(table)


def _vector(record: Any, using: str) -> list[float]:
    vector: list[float] = record.vector[using]
    return vector


def _cell(places: list[int]) -> str:
    firsts = [sum(place <= most for place in places) / len(places) for most in (1, 5)]
    reciprocal = sum(1 / place for place in places) / len(places)
    return " ".join(f"{each:.2f}" for each in (*firsts, reciprocal))


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("media", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--profile")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(arguments.media, arguments.data or Path(scratch), arguments.profile)


if __name__ == "__main__":
    main()
