"""Joining consecutive shots into clips.

Dynamic programming over the cuts divides a film into runs of shots so that the total cost of its
divisions is least (the optimal form of TextTiling's idea, Hearst 1997, after
Utiyama and Isahara 2001). A division is cheap where the content breaks: where the in-context
embeddings of the shots before and after differ, where nobody speaks, at long transitions. It
is expensive where it would cut through a spoken line, and so is a clip far from the typical
length. A film shorter than the shortest clip is one clip; a shot longer than the longest clip is
a clip of its own, since a clip never divides a shot.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.pipeline_sections import ClipSettings
from indexer.records import Clip, Line, Shot

WINDOW = 3
"""Shots on each side of a cut whose means are compared."""
LINE_TOLERANCE = 0.2
"""Seconds that a line may reach across a cut and still not count as cut through: subtitles
linger, and their times are rarely exact to the frame."""
SPEECH_GAP = 2.0
"""Seconds without speech around a cut that make it as good a place as any silence."""
LONG_TRANSITION = 1.0
"""Seconds of a gradual transition that count in full as a break."""

GAP_WEIGHT = 0.3
TRANSITION_WEIGHT = 0.5
LENGTH_WEIGHT = 0.5
CUT_LINE_COST = 100.0
"""Far above anything the other terms add up to for one clip, so that a line is cut only when
keeping it whole would make a clip more than this many seconds too long or too short."""


def build_clips(
    shots: Sequence[Shot],
    fps: Fraction,
    in_context: NDArray[np.float32],
    lines: Sequence[Line],
    settings: ClipSettings,
) -> list[Clip]:
    """Return clips that cover all of ``shots``, in order, without gap or overlap.

    Args:
        shots: of one title, in order.
        fps: frames per second of its grid.
        in_context: [shots, width] float32 in-context embeddings.
        lines: its timed text, in order of time.
        settings: shortest, longest and typical length in seconds.
    """
    starts = np.array([float(shot.start_frame / fps) for shot in shots])
    ends = np.array([float(shot.end_frame / fps) for shot in shots])
    breaks = cut_costs(shots, starts, fps, in_context, lines)
    divisions = _cheapest_divisions(starts, ends, breaks, settings)
    return [
        Clip(index, first, end, shots[first].start_frame, shots[end - 1].end_frame)
        for index, (first, end) in enumerate(pairwise(divisions))
    ]


def cut_costs(
    shots: Sequence[Shot],
    starts: NDArray[np.float64],
    fps: Fraction,
    in_context: NDArray[np.float32],
    lines: Sequence[Line],
) -> NDArray[np.float64]:
    """Return [shots] the cost of a division before each shot; 0 for the first.

    An ordinary cut costs 0, a good one less, and one inside a spoken line ``CUT_LINE_COST``.
    """
    costs = np.zeros(len(shots))
    similarity = _similarity_across(in_context)
    line_starts = np.array([line.start for line in lines])
    line_ends = np.array([line.end for line in lines])
    for i in range(1, len(shots)):
        time = starts[i]
        transition = float(shots[i].transition_frames / fps)
        costs[i] = similarity[i] - TRANSITION_WEIGHT * min(transition / LONG_TRANSITION, 1.0)
        inside = (line_starts < time - LINE_TOLERANCE) & (line_ends > time + LINE_TOLERANCE)
        if inside.any():
            costs[i] += CUT_LINE_COST
        elif len(lines):
            costs[i] -= GAP_WEIGHT * min(_silence(time, line_starts, line_ends) / SPEECH_GAP, 1.0)
    return costs


def _silence(time: float, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> float:
    """Return the seconds without speech around ``time``."""
    before = ends[starts < time]
    after = starts[starts >= time]
    last = float(before.max()) if len(before) else -np.inf
    following = float(after.min()) if len(after) else np.inf
    return max(following - min(last, time), 0.0)


def _similarity_across(in_context: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return [shots] the similarity across each cut, as standard scores within the title.

    The cosines of in-context embeddings crowd together near 1, differently in each title;
    as standard scores they weigh the same everywhere.
    """
    count = len(in_context)
    cosines = np.zeros(count)
    for i in range(1, count):
        left = in_context[max(0, i - WINDOW) : i].mean(axis=0)
        right = in_context[i : i + WINDOW].mean(axis=0)
        norm = float(np.linalg.norm(left) * np.linalg.norm(right))
        cosines[i] = float(left @ right) / norm if norm else 0.0
    inner = cosines[1:]
    spread = float(inner.std()) if count > 2 else 0.0
    if spread < 1e-6:
        return np.zeros(count)
    scores: NDArray[np.float64] = np.clip((cosines - inner.mean()) / spread, -2.0, 2.0) / 2.0
    scores[0] = 0.0
    return scores


def _cheapest_divisions(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    breaks: NDArray[np.float64],
    settings: ClipSettings,
) -> list[int]:
    """Return the first shot of each clip, followed by the number of shots."""
    count = len(starts)
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    came_from = np.zeros(count + 1, dtype=int)
    reach = settings.longest + CUT_LINE_COST
    for end in range(1, count + 1):
        for first in range(end - 1, -1, -1):
            length = ends[end - 1] - starts[first]
            cost = best[first] + breaks[first] + _length_cost(length, settings)
            if cost < best[end]:
                best[end] = cost
                came_from[end] = first
            if length > reach:
                break
    divisions = [count]
    while divisions[-1] > 0:
        divisions.append(int(came_from[divisions[-1]]))
    return divisions[::-1]


def _length_cost(length: float, settings: ClipSettings) -> float:
    """Return what a clip of ``length`` seconds costs: log distance from the typical length.

    Outside of shortest to longest each second costs as much as a few bad divisions would.
    """
    cost = LENGTH_WEIGHT * float(np.log2(max(length, 0.04) / settings.typical)) ** 2
    if length < settings.shortest:
        return cost + 10.0 + 4.0 * (settings.shortest - length)
    if length > settings.longest:
        return cost + 10.0 + (length - settings.longest)
    return cost
