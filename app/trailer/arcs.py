"""Arcs: how intense a trailer is along its length, and the order that follows one best."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from app.trailer.records import ArcName

ARCS: Mapping[ArcName, tuple[tuple[float, float], ...]] = {
    "rising": ((0.0, 0.0), (1.0, 1.0)),
    # Set-up, conflict that grows, a breath before the climax: Field (1979), "Screenplay".
    "three-act": ((0.0, 0.35), (0.25, 0.1), (0.7, 0.8), (0.78, 0.3), (1.0, 1.0)),
    "even": ((0.0, 0.5), (1.0, 0.5)),
}
"""Places along a trailer (0..1) and the intensity (0..1) there; straight lines lie between."""

BANDS = 5
"""Bands of intensity, each a fifth of 0..1, in which an arc says how much it needs."""

Taken = TypeVar("Taken")


def level(arc: ArcName, place: float) -> float:
    """Return the intensity (0..1) that an arc asks for at a place (0..1) of the trailer."""
    places, levels = zip(*ARCS[arc], strict=True)
    return float(np.interp(place, places, levels))


def band(intensity: float) -> int:
    """Return the band of an intensity."""
    return min(int(intensity * BANDS), BANDS - 1)


def needs(arc: ArcName) -> tuple[float, ...]:
    """Return the share of a trailer's length that an arc spends in each band; they sum to 1."""
    steps = 1000
    found = [0] * BANDS
    for step in range(steps):
        found[band(level(arc, (step + 0.5) / steps))] += 1
    return tuple(count / steps for count in found)


def arranged(
    taken: Sequence[Taken], arc: ArcName, intensity: Callable[[Taken], float]
) -> list[Taken]:
    """Return what was taken in the order that follows an arc best.

    Each piece has one of n equal slots of the arc. The sum of the squared differences between
    intensities and slots is least when both are ranked alike: the rearrangement inequality
    (Hardy, Littlewood and Pólya 1934, §10.2). Slots of
    the same level take their pieces in the order given.
    """
    levels = [level(arc, (slot + 0.5) / len(taken)) for slot in range(len(taken))]
    slots = sorted(range(len(taken)), key=levels.__getitem__)
    ranked = sorted(range(len(taken)), key=lambda each: intensity(taken[each]))
    own: dict[float, list[int]] = {}
    for slot, each in zip(slots, ranked, strict=True):
        own.setdefault(levels[slot], []).append(each)
    waiting = {value: iter(sorted(several)) for value, several in own.items()}
    return [taken[next(waiting[value])] for value in levels]
