"""Chooses the best stills of titles: good pictures, of shots that differ from each other."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.framing.faces import Face
from indexer.framing.score import score_stills
from indexer.library import IndexedTitle
from indexer.onscreen.records import ReadShot
from indexer.pipeline_sections import FramingSettings

_WORTH = 0.1
"""What the clip-worthiness of its shot adds to the score of a still, at most."""
_ALIKE = 0.3
"""What a still loses whose shot looks just like one that was chosen before."""
_BEFORE_TEXT = 1.0
"""Seconds before the first text of a shot from which its stills are left out."""
_LEAST = 0.2
"""Score of a still that is worth showing, at least: black has 0."""

Vector = NDArray[np.float32]
Span = tuple[int, int]
"""First frame, and the frame after the last."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A still with its score and its faces, the largest first.

    ``shot`` is the index of its shot, ``look`` that shot's picture embedding [d], at unit length
    and without what all shots of its title have in common.
    """

    title: IndexedTitle
    frame: int
    score: float
    faces: Sequence[Face]
    shot: int
    look: Vector


def candidates(
    title: IndexedTitle, settings: FramingSettings, spans: Iterable[Span] | None = None
) -> list[Candidate]:
    """Return the stills of a title that are worth showing, and in which no text was found.

    None if an earlier version indexed it.

    Args:
        title: an indexed title.
        settings: how sure a face must be.
        spans: of frames, in which stills must lie; everywhere if None.
    """
    inside = None if spans is None else list(spans)
    scored = score_stills(title.qualities, title.faces, settings.certain)
    worth = title.scores("shot", ["clip_worthiness"])["clip_worthiness"].to_list()
    looks = _apart(title.vectors("video"))
    texts = _first_texts(title)
    starts = [shot.start_frame for shot in title.shots]
    found = []
    for frame, score in scored.items():
        if inside is not None and not any(start <= frame < end for start, end in inside):
            continue
        shot = bisect_right(starts, frame) - 1
        faces = [face for face in title.faces.get(frame, ()) if face.score >= settings.certain]
        if score >= _LEAST and frame < texts[shot]:
            own = sorted(faces, key=lambda face: -face.height)
            whole = score + _WORTH * (worth[shot] or 0.0)
            found.append(Candidate(title, frame, whole, own, shot, looks[shot]))
    return found


def choose(found: Iterable[Candidate], count: int) -> list[Candidate]:
    """Return the best stills, at most ``count``: one of a shot, each unlike those before it."""
    left, chosen = list(found), list[Candidate]()
    alike = np.zeros(len(left))
    while left and len(chosen) < count:
        values = np.array([each.score for each in left]) - _ALIKE * alike
        best = left[int(values.argmax())]
        chosen.append(best)
        kept = [place for place, each in enumerate(left) if not _same_shot(each, best)]
        left = [left[place] for place in kept]
        likeness = [float(each.look @ best.look) for each in left]
        alike = np.maximum(alike[kept], np.array(likeness))
    return chosen


def _first_texts(title: IndexedTitle) -> list[float]:
    """Return for each shot the frame from which its stills may show text.

    Text that stays is listed once, so nothing says where it ends.
    """
    before = float(_BEFORE_TEXT * title.manifest.title.media.fps)
    read = title.text_on_screen or [ReadShot()] * len(title.shots)
    return [min((still.frame - before for still in each.stills), default=math.inf) for each in read]


def _apart(vectors: Vector) -> Vector:
    """Return vectors [n, d] without their mean, at unit length."""
    apart = vectors - vectors.mean(axis=0)
    length: Vector = np.linalg.norm(apart, axis=1, keepdims=True)
    scaled: Vector = apart / np.maximum(length, 1e-9)
    return scaled


def _same_shot(one: Candidate, other: Candidate) -> bool:
    return one.title.title_id == other.title.title_id and one.shot == other.shot
