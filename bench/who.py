"""What recognising people is worth, on faces named by looking.

Run as ``python -m bench.who DATA``, over an index of the development films with ``who.enabled``.
``bench/who_labels.csv`` has a row for each of their faces that is sure and large enough to be
embedded, by its still's frame and its middle (parts of the picture's width and height). ``nobody``
is no face, and ``?`` a face whose owner could be argued about. Both are left out of the figures,
which are B-cubed (Bagga and Baldwin 1998): of each face, the share of its group that is the same
person (precision), and the share of the person's faces in its group (recall).
"""

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from indexer.catalogue import Catalogue
from indexer.framing.faces import Face
from indexer.library import IndexedTitle, Library
from indexer.pipeline_sections import WhoSettings
from indexer.who.embedder import load_embedder
from indexer.who.grouping import group_faces
from indexer.who.table import KnownFace

LABELS = Path(__file__).with_name("who_labels.csv")
LEFT_OUT = ("?", "nobody")
ANIMALS = ("bunny", "squirrel", "chinchilla", "bird")
BOUNDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
TIMED = 20
"""Faces that are embedded again to time it."""

Named = tuple[KnownFace, str]


def read_labels() -> dict[str, list[tuple[int, float, float, str]]]:
    found: dict[str, list[tuple[int, float, float, str]]] = {}
    with LABELS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            own = int(row["frame"]), float(row["x"]), float(row["y"]), row["person"]
            found.setdefault(row["film"], []).append(own)
    return found


def named(title: IndexedTitle, labels: Sequence[tuple[int, float, float, str]]) -> list[Named]:
    """Return the embedded faces of a title, each with the name that its label gives it."""
    found = []
    for face in title.known_faces:
        x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
        near = [
            (abs(x - each[1]) + abs(y - each[2]), each[3])
            for each in labels
            if each[0] == face.frame
        ]
        distance, person = min(near, default=(1.0, "?"))
        found.append((face, person if distance < 0.05 else "?"))
    return found


def b_cubed(people: Sequence[str], groups: Sequence[object]) -> tuple[float, float]:
    person, group = np.array(people), np.array([hash(each) for each in groups])
    same, together = person[:, None] == person, group[:, None] == group
    both = (same & together).sum(axis=1)
    return float((both / together.sum(axis=1)).mean()), float((both / same.sum(axis=1)).mean())


def figures(films: Sequence[Sequence[Named]], alike: float) -> dict[str, str]:
    """Return precision and recall with another bound; a face of no group is alone."""
    people, groups, grouped = list[str](), list[object](), list[bool]()
    for number, faces in enumerate(films):
        vectors = np.array([face.vector for face, _ in faces], np.float32)
        shots = [face.shot for face, _ in faces]
        found = group_faces(vectors, shots, alike, WhoSettings().least_faces)
        for place, ((_, person), group) in enumerate(zip(faces, found, strict=True)):
            if person not in LEFT_OUT:
                people.append(person)
                groups.append((number, "alone", place) if group is None else (number, group))
                grouped.append(group is not None)
    drawn = [each in ANIMALS for each in people]
    cells = {"groups": str(len({each for each, ok in zip(groups, grouped, strict=True) if ok}))}
    for name, wanted in (("animals", True), ("people", False)):
        places = [place for place, each in enumerate(drawn) if each == wanted]
        result = b_cubed([people[each] for each in places], [groups[each] for each in places])
        precision, recall = (f"{each:.2f}" for each in result)
        cells |= {f"{name}: precision": precision, f"{name}: recall": recall}
    return cells


def seconds_a_face(titles: Sequence[IndexedTitle]) -> float:
    embedder, spent, count = load_embedder(), 0.0, 0
    for title in titles:
        for frame, faces in sorted(title.faces.items())[: TIMED // len(titles)]:
            still = title.still(frame)
            assert still is not None
            picture = np.asarray(Image.open(still).convert("RGB"))
            chosen: list[Face] = list(faces)
            began = time.process_time()
            embedder.embed(picture, chosen)
            spent, count = spent + time.process_time() - began, count + len(chosen)
    return spent / count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path, help="The data directory.")
    titles = list(Library(Catalogue(parser.parse_args().data)).titles())
    labels = read_labels()
    films = [named(each, labels.get(each.manifest.title.media.path.name, [])) for each in titles]
    known = [person for faces in films for _, person in faces if person not in LEFT_OUT]
    console = Console()
    total, names = sum(map(len, films)), len(set(known))
    console.print(f"{total} faces embedded; {len(known)} of them are {names} people and animals")
    table: Table | None = None
    for alike in BOUNDS:
        cells = figures(films, alike)
        if table is None:
            table = Table("alike", *cells)
        table.add_row(str(alike), *cells.values())
    console.print(table)
    each = seconds_a_face(titles)
    length = sum(float(title.manifest.title.media.duration) for title in titles) / 60
    cost = each * sum(map(len, films))
    console.print(
        f"{each * 1000:.0f} ms a face, {cost:.1f} core-seconds, {cost / length:.1f} a minute"
    )


if __name__ == "__main__":
    main()
