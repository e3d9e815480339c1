"""What a player needs to count timecode."""

from fractions import Fraction

from pydantic import BaseModel

from indexer.timecode import frames_of, nominal_rate


class Clock(BaseModel):
    """The timecode of a film, as ``player/timecode.js`` takes it.

    ``first`` is the number of the first frame from ``00:00:00:00``, ``nominal`` the frames that
    timecode counts in a second, and ``drop`` says whether it drops some.
    """

    first: int
    nominal: int
    drop: bool


def clock_of(fps: Fraction, timecode: str | None, frame: int = 0) -> Clock:
    """Return the clock of a film, from the timecode of one of its frames."""
    first = frames_of(timecode, fps) if timecode else 0
    return Clock(first=first - frame, nominal=nominal_rate(fps), drop=";" in (timecode or ""))
