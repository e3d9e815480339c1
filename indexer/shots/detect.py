"""Detects the shots of a title: a fast detector on every frame, TransNetV2 on uncertain spans."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from indexer.cores import map_on_cores
from indexer.pipeline_sections import ShotSettings
from indexer.records import Shot, Transition
from indexer.shots.boundary import Boundary
from indexer.shots.compare import Picture, without_bars
from indexer.shots.fades import join_fades
from indexer.shots.fast import Candidates, Frames, Measure, find_candidates, spans
from indexer.shots.flashes import drop_flashes

if TYPE_CHECKING:
    from indexer.shots.transnet import TransNet

DETECTOR_VERSION = "3"
"""Changes whenever the same frames may give other shots."""

THRESHOLD = 0.35
"""Probability from which TransNetV2 confirms a candidate. Its authors ask for 0.5 where nothing
else is known; here the fast detector suspects the place already."""

PART_THRESHOLD = 0.5
"""Probability from which a frame is part of a transition."""

MARGIN = 16
"""Frames of context on both sides of those that TransNetV2 decides on. Its authors use 25; 16
cost a third less and changed one decision in the three films that it was tried on."""

_PAD = 2
_LONGEST = 128
_SAME = 2


def detect(
    frames: Frames, fps: Fraction, settings: ShotSettings, transnet: "TransNet"
) -> list[Shot]:
    """Return the shots of a title in order; they cover it without gaps.

    Args:
        frames: [n, 27, 48, 3] uint8 RGB, n at least 1; may be memory-mapped.
        fps: frames per second.
        settings: whether to use TransNetV2, and what counts as a flash or a fade.
        transnet: the network.
    """
    candidates = find_candidates(frames, fps)
    boundaries = [Boundary.cut(int(cut)) for cut in candidates.cuts.nonzero()[0]]
    picture = without_bars(frames)
    if settings.refine:
        uncertain = uncertain_spans(candidates, picture)
        # One span a core: quicker than all cores on one span.
        judged = map_on_cores(lambda span: judge(frames, span[0], span[1], transnet), uncertain)
        for (start, _), (one, many) in zip(uncertain, judged, strict=True):
            found = read_boundaries(one, many, start, candidates.change)
            boundaries += [new for new in found if not _known(new, boundaries)]
    changes = drop_flashes(picture, sorted(boundaries), fps, settings)
    return _shots(join_fades(picture, changes, fps, settings), len(frames))


def uncertain_spans(candidates: Candidates, picture: Picture) -> list[tuple[int, int]]:
    """Return the spans (start, end) that TransNetV2 decides on, end exclusive.

    A span of nearly identical frames has no boundary and is left out. Neighbouring spans whose
    context would overlap are joined.
    """
    joined: list[tuple[int, int]] = []
    for start, end in spans(candidates.uncertain):
        first, last = max(0, start - _PAD), min(end + _PAD, len(candidates.uncertain))
        if last - first <= _LONGEST and picture.compare(first, last).one_picture():
            continue
        if joined and first - joined[-1][1] <= 2 * MARGIN:
            first = joined.pop()[0]
        joined.append((first, last))
    return joined


def judge(frames: Frames, start: int, end: int, transnet: "TransNet") -> tuple[Measure, Measure]:
    """Return TransNetV2's two probabilities (see ``TransNet``) for frames ``start`` to ``end``."""
    parts = []
    for first in range(start, end, _LONGEST):
        last = min(first + _LONGEST, end)
        window = np.arange(first - MARGIN, last + MARGIN).clip(0, len(frames) - 1)
        parts.append(transnet(frames[window], MARGIN))
    one, many = zip(*parts, strict=True)
    return np.concatenate(one), np.concatenate(many)


def read_boundaries(
    one: Measure, many: Measure, start: int, change: Measure, threshold: float = THRESHOLD
) -> Iterator[Boundary]:
    """Yield the boundaries in TransNetV2's probabilities.

    Args:
        one: [m] probability of a transition's middle, for the frames from ``start`` on.
        many: [m] probability of being part of a transition.
        start: the first of these frames.
        change: [n] change from frame to frame of the whole title.
        threshold: the probability from which a transition counts.
    """
    parts = spans(many > PART_THRESHOLD)
    for low, high in spans(one > threshold):
        middle = low + int(one[low:high].argmax())
        first, end = next((part for part in parts if part[0] <= middle < part[1]), (0, 0))
        if end - first > _SAME:
            yield Boundary.gradual(start + first, start + end)
        else:
            cut = start + middle + 1
            cut += int(change[cut : cut + _SAME].argmax()) if cut < len(change) else 0
            yield Boundary.cut(cut)


def _known(new: Boundary, boundaries: list[Boundary]) -> bool:
    return any(
        new.first - _SAME <= old.frame <= new.end + _SAME or abs(old.frame - new.frame) <= _SAME
        for old in boundaries
    )


def _shots(boundaries: list[Boundary], count: int) -> list[Shot]:
    inside = [boundary for boundary in boundaries if 0 < boundary.frame < count]
    starts = [Boundary(0, 0, 0), *inside]
    ends = [*(boundary.frame for boundary in inside), count]
    return [
        Shot(index, boundary.frame, end, _kind(index, boundary), boundary.end - boundary.first)
        for index, (boundary, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _kind(index: int, boundary: Boundary) -> Transition:
    if index == 0:
        return "start"
    return "gradual" if boundary.end > boundary.first else "cut"
