"""Frame grids, and where a frame of one lies on another when a title's frames are counted anew.

A grid places frame ``i`` at ``i / fps`` seconds after its start. Another version of Reelfind, or
another setting, may start it elsewhere, give it another rate, or leave out a gap of a recording.
What people made in frames of the old grid is then moved: by time, exactly, and checked against
the pictures where both passes over the film are still on disk.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Protocol

import numpy as np

from indexer.catalogue import Manifest
from indexer.decoding import open_frames
from indexer.records import Breaks, Media
from indexer.stages import decode
from indexer.stages.work import TitleWork

SAME_PICTURE = 1.0
"""Mean difference of two small frames, in levels of 255, up to which they are one picture."""
REACH = 2
"""Frames on both sides of its place by time among which a picture is looked for: rounding."""

Distance = Callable[[int, int], float | None]
"""How far a frame of the old grid is from one of the new; None where one of them is not there."""


@dataclass(frozen=True)
class Grid:
    """A title's frame grid: ``start`` is when frame 0 is shown, in seconds of the file.

    ``gaps`` are moments of the file after which some seconds of it have no frames, in order:
    (moment, seconds). ``restarts`` says that its clock is set anew somewhere, so that time alone
    does not tell where a picture lies; ``stream`` is the video stream where it is not the first.
    """

    fps: Fraction
    start: Fraction = Fraction(0)
    gaps: tuple[tuple[Fraction, Fraction], ...] = ()
    restarts: bool = False
    stream: int | None = None

    def moment(self, frame: Fraction) -> Fraction:
        """Return when a frame is shown, in seconds of the file."""
        moment = self.start + frame / self.fps
        for after, seconds in self.gaps:
            moment += seconds if moment > after else 0
        return moment

    def place(self, moment: Fraction) -> Fraction:
        """Return where a moment of the file lies, in frames; a gap is one place."""
        left_out = sum(
            (min(seconds, max(moment - after, Fraction(0))) for after, seconds in self.gaps),
            Fraction(0),
        )
        return (moment - left_out - self.start) * self.fps


@dataclass(frozen=True)
class GridChange:
    """A title whose frames are counted on another grid than before.

    ``distance`` compares the pictures; without it, a place is sure only where the rate stays.
    """

    title_id: str
    old: Grid
    new: Grid
    frame_count: int
    distance: Distance | None = None

    def frame(self, frame: int) -> tuple[int, bool]:
        """Return where a frame's picture lies on the new grid, and whether that is sure."""
        by_time = _nearest(self.new.place(self.old.moment(Fraction(frame))))
        by_time = min(max(by_time, 0), self.frame_count - 1)
        if self.distance is None:
            return by_time, self._is_shift
        near = sorted(range(by_time - REACH, by_time + REACH + 1), key=lambda at: abs(at - by_time))
        found = [(self.distance(frame, at), at) for at in near if 0 <= at < self.frame_count]
        known = [(far, at) for far, at in found if far is not None]
        if not known:
            return by_time, self._is_shift
        far, at = min(known, key=lambda each: each[0])
        return (at, True) if far <= SAME_PICTURE else (by_time, False)

    def span(self, start: int, end: int) -> tuple[int, int, bool]:
        """Return where a span lies on the new grid (end exclusive), and whether that is sure."""
        (first, sure), (last, also) = self.frame(start), self.frame(end - 1)
        return first, max(first, last) + 1, sure and also

    def times(self, start: float, end: float) -> tuple[float, float]:
        """Return where a span in seconds from frame 0 lies on the new grid (end exclusive).

        The times of frames become those of their new places to the last bit, so that what was
        said of a clip is still said of that clip.
        """
        first, last = self._frame_at(start), self._frame_at(end)
        moved = self._time(start) if first is None else self.frame(first)[0] / self.new.fps
        until = self._time(end) if last is None else (self.frame(last - 1)[0] + 1) / self.new.fps
        return float(moved), float(max(until, moved + 1 / self.new.fps))

    def _frame_at(self, seconds: float) -> int | None:
        frame = _nearest(Fraction(seconds) * self.old.fps)
        return frame if float(frame / self.old.fps) == seconds else None

    def _time(self, seconds: float) -> Fraction:
        place = self.new.place(self.old.moment(Fraction(seconds) * self.old.fps))
        return max(place, Fraction(0)) / self.new.fps

    @property
    def _is_shift(self) -> bool:
        return replace(self.old, start=self.new.start) == self.new and not self.new.gaps


class Spans(Protocol):
    """What was made in frames or seconds of titles, wherever it is kept."""

    def move(self, change: GridChange) -> None:
        """Move it to a title's new grid, all or nothing; again is the same as once.

        Raises:
            ReelfindError: it cannot be read or written.
        """


def grid_change(before: Manifest, work: TitleWork) -> GridChange | None:
    """Return how a title that was just analysed counts its frames differently; None if not."""
    decoded = decode.read_decoded(work)
    old = grid_of(before.title.media, before.breaks)
    new = grid_of(work.title.media, decoded.breaks)
    moved = _nearest((new.start - old.start) * new.fps)
    if replace(old, start=new.start) == new and not moved:
        return None
    distance = _distance(decode.earlier_result(work, before.keys), work.result(decode.NAME))
    return GridChange(work.title.title_id, old, new, decoded.frame_count, distance)


def grid_of(media: Media, breaks: Breaks) -> Grid:
    """Return the grid of a title's frames."""
    # Timestamps of the file begin anywhere, its seconds at 0.
    began = (media.origin or Fraction(0)) - media.picture_start
    gaps = tuple((gap.start - began, gap.length) for gap in breaks.gaps)
    return Grid(media.fps, media.picture_start, gaps, breaks.restarts, media.video_stream)


def _distance(old: Path, new: Path) -> Distance | None:
    """Return what compares the small frames of two passes over a film, where both are there."""
    if not (old / decode.ABOUT).is_file() or old == new:
        return None
    before, after = open_frames(old), open_frames(new)

    def distance(one: int, other: int) -> float | None:
        if one >= len(before) or other >= len(after):
            return None
        return float(np.abs(before[one].astype(np.int16) - after[other]).mean())

    return distance


def _nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))
