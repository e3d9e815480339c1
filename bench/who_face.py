"""Whether a face in a picture leads to the right person.

Run as ``python -m bench.who_face DATA``, over an index of the development films with
``who.enabled``. Each face of ``bench/who_labels.csv`` is asked about in turn, as if it had been
sent. The groups of its film are made without it (and others of its shot may be there), or without
all faces of its shot; those of the other films are as they are. The nearest group is right if most
of its faces are that person's. A face is left out if nobody else's would be right.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.who import ANIMALS, LEFT_OUT, Named, named, read_labels
from indexer.catalogue import Catalogue
from indexer.library import Library
from indexer.pipeline_sections import WhoSettings
from indexer.who.grouping import Vectors, group_faces

BOUNDS = (0.35, 0.4, 0.45, 0.5, 0.55)
WITHOUT = ("the face", "its shot")

Group = tuple[Vectors, str]
"""The mean of its faces, and whose most of them are."""
Nearest = tuple[float, bool]
"""The distance of the nearest group, and whether it is right."""


def groups(faces: Sequence[Named]) -> list[Group]:
    who = WhoSettings()
    vectors = np.array([face.vector for face, _ in faces], np.float32)
    shots = [face.shot for face, _ in faces]
    found = np.array(
        [
            -1 if each is None else each
            for each in group_faces(vectors, shots, who.alike, who.least_faces)
        ]
    )
    people = np.array([person for _, person in faces])
    return [
        (vectors[found == each].mean(axis=0), Counter(people[found == each]).most_common(1)[0][0])
        for each in range(found.max(initial=-1) + 1)
    ]


def nearest(films: Sequence[Sequence[Named]], without: str) -> Iterator[tuple[str, Nearest]]:
    """Yield the name of each face that can be found, and its nearest group."""
    known = [groups(faces) for faces in films]
    for place, faces in enumerate(films):
        others = [each for film, own in enumerate(known) if film != place for each in own]
        for face, person in faces:
            left = [each for each in faces if each[0] is not face]
            if without == "its shot":
                left = [each for each in left if each[0].shot != face.shot]
            elif not any(each.shot == face.shot and own == person for each, own in left):
                continue
            if person in LEFT_OUT or person not in {own for _, own in left}:
                continue
            asked = np.array(face.vector, np.float32)
            distances = [
                (float(np.linalg.norm(mean - asked)), own == person)
                for mean, own in [*groups(left), *others]
            ]
            yield person, min(distances)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path, help="The data directory.")
    labels = read_labels()
    films = [
        named(each, labels.get(each.manifest.title.media.path.name, []))
        for each in Library(Catalogue(parser.parse_args().data)).titles()
    ]
    table = Table("of", "without", "faces", *map(str, BOUNDS))
    for without in WITHOUT:
        every = list(nearest(films, without))
        for name, drawn in (("people", False), ("animals", True)):
            found = [each for person, each in every if (person in ANIMALS) == drawn]
            cells = []
            for bound in BOUNDS:
                near = [right for distance, right in found if distance <= bound]
                cells.append(f"{sum(near)} {len(near) - sum(near)} {len(found) - len(near)}")
            table.add_row(name, without, str(len(found)), *cells)
    console = Console(width=100)
    console.print("right, wrong and nobody, by who.same_face", table)


if __name__ == "__main__":
    main()
