"""Frame grids, and how frame numbers change when a title gets a new grid.

A grid places frame ``i`` at ``i / fps`` seconds after its start. Another version of Reelfind, or
another setting, may start it elsewhere, give it another rate, or leave out a gap of a recording.
Shortlists and labels in frames of the old grid are then converted by time, exactly, and checked
against the pictures if the frames of both decode passes are still on disk.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Protocol

import numpy as np

from indexer.decoding import open_frames
from indexer.manifest import Manifest
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
    (moment, seconds). ``restarts``: timestamps restart somewhere, so time alone does not
    locate a picture; ``stream`` is the video stream if it is not the first.
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
        """Return the place of a moment of the file, in frames; a gap is a single place."""
        left_out = sum(
            (min(seconds, max(moment - after, Fraction(0))) for after, seconds in self.gaps),
            Fraction(0),
        )
        return (moment - left_out - self.start) * self.fps


@dataclass(frozen=True)
class GridChange:
    """A title that has another grid than before.

    ``distance`` compares pictures; without it, a new place is certain only at the same rate.
    """

    title_id: str
    old: Grid
    new: Grid
    frame_count: int
    distance: Distance | None = None

    def frame(self, frame: int) -> tuple[int, bool]:
        """Return the number of a frame's picture on the new grid, and whether that is certain."""
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
        """Return a span on the new grid (end exclusive), and whether that is certain."""
        (first, sure), (last, also) = self.frame(start), self.frame(end - 1)
        return first, max(first, last) + 1, sure and also

    def times(self, start: float, end: float) -> tuple[float, float]:
        """Return a span in seconds from frame 0 on the new grid (end exclusive).

        A time of a frame becomes exactly the time of its new number, to the last bit, so that a
        label of a clip still matches that clip.
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
    """Things that refer to frames or seconds of titles: shortlists and labels."""

    def move(self, change: GridChange) -> None:
        """Convert all of a title's spans to its new grid, or none; repeating it changes nothing.

        Raises:
            ReelfindError: it cannot be read or written.
        """


def grid_change(before: Manifest, work: TitleWork) -> GridChange | None:
    """Return the change of grid of a title that was just analysed; None if there is none."""
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
    # The file's timestamps may begin anywhere; its seconds begin at 0.
    began = (media.origin or Fraction(0)) - media.picture_start
    gaps = tuple((gap.start - began, gap.length) for gap in breaks.gaps)
    return Grid(media.fps, media.picture_start, gaps, breaks.restarts, media.video_stream)


def _distance(old: Path, new: Path) -> Distance | None:
    """Return a comparison of the small frames of two decode passes; None if one is missing."""
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
