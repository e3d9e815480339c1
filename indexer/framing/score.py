"""How well each still of a title could stand for it, from what was measured."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.framing.faces import Face
from indexer.framing.quality import Quality

_DETAIL, _FACE, _COLOUR, _CONTRAST = 0.5, 0.35, 0.15, 0.1
"""What each part adds; chosen by looking at what comes first in three films."""


def score_stills(
    qualities: Mapping[int, Quality], faces: Mapping[int, Sequence[Face]], certain: float
) -> dict[int, float]:
    """Return a score of each still by its frame, from 0 to about 1.

    Detail, colour and contrast are ranked within the title: a soft or pale film has good stills,
    too. Light has absolute bounds, so that nothing black or burnt out comes first.

    Args:
        qualities: of the title's stills.
        faces: of those that have some.
        certain: how sure the detector is of a face that counts, at least.
    """
    every = list(qualities.values())
    ranked = _DETAIL * _ranks([each.detail for each in every])
    ranked += _COLOUR * _ranks([each.colour for each in every])
    ranked += _CONTRAST * _ranks([each.contrast for each in every])
    found = {}
    for rank, (frame, quality) in zip(ranked, qualities.items(), strict=True):
        sure = [face for face in faces.get(frame, ()) if face.score >= certain]
        found[frame] = _lit(quality) * (float(rank) + _FACE * _shown(sure, quality))
    return found


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """Return where each value lies among all: 0 is the least, 1 the greatest."""
    places = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return places / max(1, len(values) - 1)


def _lit(quality: Quality) -> float:
    """Return 1 for a picture that is well lit, and 0 for one that is black or burnt out."""
    light = _ramp(quality.light, 15, 60) * (1 - _ramp(quality.light, 190, 240))
    return light * (1 - _ramp(quality.dark, 0.5, 0.85)) * (1 - _ramp(quality.burnt, 0.15, 0.5))


def _shown(faces: Sequence[Face], quality: Quality) -> float:
    """Return how well the largest face is seen: frontal, sharp and not too small; 0 without one."""
    if not faces:
        return 0.0
    face = max(faces, key=lambda each: each.height)
    clear = _ramp(face.score, 0.5, 0.85) * _ramp(face.height, 0.04, 0.2)
    sharp = 0.5 + 0.5 * _ramp(quality.face_detail, 0.1, 0.4)
    return clear * sharp * (0.4 + 0.6 * face.frontal)


def _ramp(value: float, start: float, end: float) -> float:
    return min(max((value - start) / (end - start), 0.0), 1.0)
