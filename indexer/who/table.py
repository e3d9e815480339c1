"""The recognised faces of a title as a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from indexer.artefacts import read_table

_SCHEMA: dict[str, pl.DataType] = {
    "frame": pl.Int64(),
    "shot": pl.Int32(),
    "group": pl.Int32(),
    **dict.fromkeys(("left", "top", "right", "bottom", "score"), pl.Float32()),
    "vector": pl.List(pl.Float32),
}


@dataclass(frozen=True, slots=True)
class KnownFace:
    """A face with its embedding.

    ``frame`` and ``shot`` are those of its still, ``left`` to ``bottom`` its box as in
    ``framing.faces.Face``. ``score``: how good it is to show, the larger the better. ``group``:
    that of its title, None if it is in none.
    """

    frame: int
    shot: int
    group: int | None
    left: float
    top: float
    right: float
    bottom: float
    score: float
    vector: tuple[float, ...]


@dataclass(frozen=True)
class FaceGroup:
    """Faces of one title that are alike; ``best`` is the one to show them by.

    ``vector`` is the mean of their embeddings.
    """

    number: int
    faces: int
    shots: int
    best: KnownFace
    vector: tuple[float, ...]


def write_known(path: Path, faces: Sequence[KnownFace]) -> None:
    """Write the recognised faces of a title, a row each."""
    pl.DataFrame([asdict(each) for each in faces], schema=_SCHEMA).write_parquet(path)


def read_known(path: Path) -> list[KnownFace]:
    """Read what ``write_known`` wrote."""
    return [
        KnownFace(**{**row, "vector": tuple(row["vector"])})
        for row in read_table(path).iter_rows(named=True)
    ]


def groups_of(faces: Sequence[KnownFace]) -> list[FaceGroup]:
    """Return the groups that faces of a title form, the largest first."""
    members: dict[int, list[KnownFace]] = {}
    for face in faces:
        if face.group is not None:
            members.setdefault(face.group, []).append(face)
    return [
        FaceGroup(
            number=number,
            faces=len(own),
            shots=len({each.shot for each in own}),
            best=max(own, key=lambda each: each.score),
            vector=tuple(np.mean([each.vector for each in own], axis=0).tolist()),
        )
        for number, own in sorted(members.items())
    ]
