"""Stage ``who``: embeds the faces of stills and groups those that are alike.

While ``who.enabled`` is false it writes an empty table, and no network is loaded.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from indexer.artefacts import read_table
from indexer.framing.faces import Face, read_faces
from indexer.pipeline_sections import WhoSettings
from indexer.stages import decode, framing, stills
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.who.grouping import group_faces
from indexer.who.table import KnownFace, write_known

NAME = "who"
TABLE = "who.parquet"
DECIDES = {"clip_share", "same_face", "same_person"}
"""Settings that say whose a face is, and not what is written."""


def _settings(work: TitleWork) -> dict[str, object]:
    own = work.settings.who
    return own.model_dump(exclude=DECIDES) if own.enabled else {"enabled": False}


def _run(work: TitleWork, out: Path) -> None:
    settings = work.settings.who
    found = list(_embedded(work, settings)) if settings.enabled else []
    groups = group_faces(
        np.array([each.vector for each in found], np.float32),
        [each.shot for each in found],
        settings.alike,
        settings.least_faces,
    )
    grouped = [replace(face, group=group) for face, group in zip(found, groups, strict=True)]
    write_known(out / TABLE, grouped)


def _embedded(work: TitleWork, settings: WhoSettings) -> Iterator[KnownFace]:
    found = read_faces(work.artefact(framing.NAME, framing.FACES))
    table = read_table(work.artefact(stills.NAME, stills.TABLE), ("frame", "shot"))
    shot_of: dict[int, int] = dict(table.iter_rows())
    for done, (frame, faces) in enumerate(sorted(found.items()), 1):
        picture = stills.read_still(work, frame)
        height = picture.shape[0]
        own = [
            face
            for face in faces
            if face.score >= settings.certain and face.height * height >= settings.least_pixels
        ]
        if own:
            vectors = work.models.face_embedder.embed(picture, own)
            for face, vector in zip(own, vectors.tolist(), strict=True):
                yield _known(face, frame, shot_of[frame], tuple(vector))
        work.report(done / len(found))


def _known(face: Face, frame: int, shot: int, vector: tuple[float, ...]) -> KnownFace:
    box = face.left, face.top, face.right, face.bottom
    # Large, frontal and sure: what people recognise best.
    return KnownFace(frame, shot, None, *box, face.height * face.frontal * face.score, vector)


WHO = Stage(
    NAME,
    1,
    (decode.NAME, stills.NAME, framing.NAME),
    _settings,
    _run,
    doing="recognising people",
    # Where it is off, as it is at first; what it takes where it is on is learnt.
    rate=0.0001,
)
