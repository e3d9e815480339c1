"""Removes false boundaries caused by a flash, a strobe, an insert or a damaged frame.

The frames before and after such a disturbance show the same shot. PySceneDetect merges or
suppresses all shots below a minimum length, which also loses real short shots; comparing both
sides keeps them. A disturbance of a few frames may have any picture, such as a frame of another
film. A longer one counts only if light causes it: blank frames, or the same shot in another light.
"""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from indexer.pipeline_sections import ShotSettings
from indexer.shots.boundary import Boundary
from indexer.shots.compare import Comparison, Picture
from indexer.shots.fast import Mask, Measure

_RETURN = 0.5
"""How far both sides may be from each other, as a part of how far the disturbance is from them."""


def drop_flashes(
    picture: Picture, boundaries: Iterable[Boundary], fps: Fraction, settings: ShotSettings
) -> list[Boundary]:
    """Return the real boundaries; two around a flash on a cut become one."""
    reach = max(settings.flash_frames, round(settings.flash_seconds * fps))
    kept: list[Boundary] = []
    if reach == 0:
        return list(boundaries)
    for boundary in boundaries:
        if goes_on(picture, boundary, reach, settings):
            continue
        if kept and 0 < boundary.first - kept[-1].end <= reach:
            joined = _joined(picture, kept[-1], boundary, settings)
            if joined is not None:
                kept[-1] = joined
                continue
        kept.append(boundary)
    return kept


def goes_on(picture: Picture, boundary: Boundary, reach: int, settings: ShotSettings) -> bool:
    """Return whether the shot before a boundary continues within ``reach`` frames after it."""
    if boundary.end - boundary.first > reach:
        return False
    start = max(0, boundary.first - reach - 1)
    window = picture.compare(start, min(len(picture.frames), boundary.end + reach + 1))
    same = window.same(settings.same_shot)
    befores = range(boundary.first - start)
    if boundary.first == boundary.end and _is_switched(window, same, len(befores)):
        return True
    return any(
        same[before, after] and _is_disturbance(window, before, after, settings)
        for before in befores
        for after in range(
            max(boundary.end - start, before + 2), min(len(same), before + reach + 2)
        )
    )


def _is_switched(window: Comparison, same: Mask, frame: int) -> bool:
    """Return whether a light is switched at a frame: well before and after, the shot is the same.

    The steps of a dissolve look similar, but lead from one shot to another.
    """
    goes_on = same[0, frame] and same[frame - 1, -1]
    return bool(goes_on and window.relit(frame - 1, frame))


def _is_disturbance(window: Comparison, before: int, after: int, settings: ShotSettings) -> bool:
    """Return whether the frames between two boundaries are a disturbance: brief, or of light."""
    between = slice(before + 1, after)
    away = np.minimum(window.distance[before, between], window.distance[after, between])
    if window.distance[before, after] > _RETURN * away.max():
        return False
    if after - before - 1 <= settings.flash_frames:
        return True
    likeness = np.maximum(window.likeness[before, between], window.likeness[after, between])
    return bool((window.blank[between] | (likeness >= settings.same_shot)).all())


def _joined(
    picture: Picture, one: Boundary, other: Boundary, settings: ShotSettings
) -> Boundary | None:
    """Join the boundaries on both sides of a flash on a cut; None if a shot lies between them."""
    first, end = one.end, other.first
    if one.first == 0:
        return None
    window = picture.compare(one.first - 1, min(other.end + 1, len(picture.frames)))
    between = slice(first - one.first + 1, end - one.first + 1)
    blank = window.blank[between]
    if end - first > settings.flash_frames:
        return Boundary.gradual(one.first, other.end) if blank.all() else None
    old, new = window.likeness[0, between], window.likeness[-1, between]
    if not (blank | (np.maximum(old, new) >= settings.same_shot)).all():
        return None
    if one.end > one.first or other.end > other.first:
        return Boundary.gradual(one.first, other.end)
    return Boundary.cut(first + _split(np.where(blank, 0, old - new)))


def _split(older: Measure) -> int:
    """Return how many frames still show the old shot, by their likeness to both shots.

    If several numbers are equally good, as for blank frames, the middle one is returned.
    """
    totals = np.concatenate(([0], np.cumsum(older)))
    best = np.flatnonzero(totals >= totals.max() - 1e-6)
    return int(best[len(best) // 2])
