"""Matching of labelled spans to shots.

An editor's in and out points are rarely exactly on a cut. So a span means the shots that lie at
least half inside it or, when it is a moment within one shot, that shot.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from probes.labels.records import Label

ShotTimes = NDArray[np.float64]
"""[n, 2] float64: start and exclusive end of a title's shots in seconds, in order of time."""

Reason = Literal[
    "title unknown", "made on an earlier version of the file", "outside the title", "too short"
]

SHORTEST = 1 / 240
"""Seconds: one frame at the highest frame rate; a shorter span shows nothing."""

_ROUNDING = 1e-6
"""Seconds: the largest rounding error of a time that went through a table."""


@dataclass(frozen=True, slots=True, order=True)
class ShotRange:
    """A run of a title's shots: ``first`` inclusive, ``end`` exclusive."""

    title_id: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why a span matches no shots: the reason, and a message in one line."""

    reason: Reason
    message: str


def match(label: Label, shots: ShotTimes | None) -> ShotRange | Unmatched:
    """Return the shots that a label is about.

    They are those with at least half of their length inside the span; if there are none, the
    one shot with most of the span, if at least half of the span lies in it; of two with as
    much, the earlier.

    Args:
        label: a span of a title.
        shots: of that title; None when the title is not known.
    """
    if shots is None:
        return Unmatched("title unknown", f"no title {label.title_id} in the catalogue")
    length = label.end - label.start
    if length < SHORTEST:
        return Unmatched("too short", f"{length:.4f} s is shorter than any frame")
    starts, ends = shots[:, 0], shots[:, 1]
    shared = np.minimum(ends, label.end) - np.maximum(starts, label.start)
    inside = np.flatnonzero(2 * shared >= ends - starts - _ROUNDING)
    if inside.size:
        return ShotRange(label.title_id, int(inside[0]), int(inside[-1]) + 1)
    if len(shots):
        most = int((shared >= shared.max() - _ROUNDING).argmax())
        if 2 * shared[most] >= length - _ROUNDING:
            return ShotRange(label.title_id, most, most + 1)
    last = float(ends[-1]) if len(shots) else 0.0
    return Unmatched(
        "outside the title",
        f"{label.start:.3f} to {label.end:.3f} s is outside the title's {last:.3f} s",
    )
