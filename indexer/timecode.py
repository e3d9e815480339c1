"""SMPTE timecode on a source's start timecode (SMPTE ST 12-1).

Counts at the nominal rate: 23.976 counts at 24. Drop-frame, written with ``;`` before the
frames, is counted at 29.97 and 59.94 when the source's start timecode is drop-frame.
"""

import re
from fractions import Fraction

from timecode.timecode import Timecode

from indexer.errors import ReelfindError

DROP_RATES = {Fraction(30000, 1001): "29.97", Fraction(60000, 1001): "59.94"}
"""The rates that drop-frame timecode is defined for."""

_PATTERN = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)([:;.,])(\d{2,3})")


def nominal_rate(fps: Fraction) -> int:
    """Return the frames that timecode counts in a second: 24 for 24000/1001."""
    return max(1, int(fps + Fraction(1, 2)))


def timecode(frame: int, fps: Fraction, start: str | None = None) -> str:
    """Return the timecode of a frame of a title that starts at the timecode ``start``.

    Wraps after 24 hours, as a recorder does.

    Args:
        frame: from 0, on the title's grid.
        fps: the title's frame rate; for a variable one, that of its grid.
        start: the source's start timecode; None is ``00:00:00:00``.

    Raises:
        ReelfindError: ``start`` is not a timecode at this rate.
    """
    first = frames_of(start, fps) if start else 0
    drop = _drops(start, fps)
    count = _counter(fps, drop)
    # The library numbers frames from 1.
    count.frames = (first + frame) % _frames_a_day(fps, drop) + 1
    return str(count)


def frames_of(timecode: str, fps: Fraction) -> int:
    """Return the frames from ``00:00:00:00`` to a timecode; ``;`` marks drop-frame.

    Raises:
        ReelfindError: it is not a timecode at this rate.
    """
    if not is_timecode(timecode, fps):
        raise ReelfindError(
            f"timecode {timecode}: not a timecode at {float(fps):.3f} frames a second; "
            "write it as HH:MM:SS:FF"
        )
    drop = _drops(timecode, fps)
    count = _counter(fps, drop)
    return int(count.tc_to_frames(timecode.replace(",", ":").replace(".", ":"))) - 1


def frame_at(timecode: str, fps: Fraction, start: str | None) -> int:
    """Return the frame of a title at a timecode; below 0 before its start.

    A timecode of more than twelve hours before the start is one after midnight.

    Raises:
        ReelfindError: it is not a timecode at this rate, or counts drop-frame where ``start`` does
            not or the other way round.
    """
    if start and fps in DROP_RATES and (";" in start) != (";" in timecode):
        raise ReelfindError(f"timecode {timecode}: the title counts as its start {start} does")
    frame = frames_of(timecode, fps) - (frames_of(start, fps) if start else 0)
    day = _frames_a_day(fps, _drops(start, fps))
    return frame + day if frame < -day // 2 else frame


def is_timecode(text: str, fps: Fraction) -> bool:
    """Return whether a text is a timecode that exists at this rate."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        return False
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    if hours > 23 or frames >= nominal_rate(fps):
        return False
    dropped = nominal_rate(fps) // 15 if _drops(text, fps) else 0
    return not (minutes % 10 and seconds == 0 and frames < dropped)


def _drops(timecode: str | None, fps: Fraction) -> bool:
    return timecode is not None and ";" in timecode and fps in DROP_RATES


def _counter(fps: Fraction, drop: bool) -> Timecode:
    if drop:
        return Timecode(DROP_RATES[fps], frames=1)
    return Timecode(str(nominal_rate(fps)), frames=1)


def _frames_a_day(fps: Fraction, drop: bool) -> int:
    every = 24 * 3600 * nominal_rate(fps)
    # Each of 54 minutes of an hour drops a fifteenth of a second's frames.
    return every - 24 * 54 * (nominal_rate(fps) // 15) if drop else every
