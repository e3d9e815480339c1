"""Frame rates as people and formats write them."""

import re
from fractions import Fraction

from app.exports.records import ExportError
from indexer.frame_rate import snap
from indexer.timecode import nominal_rate


def nearest(frames: Fraction) -> int:
    """Return the nearest whole number of frames; a half counts up."""
    return int(frames + Fraction(1, 2))


def record_frames(frames: int, rate: Fraction, fps: Fraction) -> int:
    """Return how many frames of a sequence at ``fps`` show ``frames`` of a title at ``rate``."""
    return max(1, nearest(frames / rate * fps))


_ROUNDED = 3e-4
"""By how much a customary spelling is off at most, such as 23.97; 24 is three times as far."""

_SPELLING = re.compile(r"([\d.]+)(?:/([\d.]+))?\s*(?:p|psf|fps|hz|n?df)?", re.IGNORECASE)


def parse_rate(text: str) -> Fraction:
    """Return the frame rate of ``25``, ``23.98``, ``23,976p``, ``24000/1001`` or ``24/1.001``.

    Raises:
        ExportError: it is none.
    """
    match = _SPELLING.fullmatch(text.strip().replace(",", "."))
    try:
        rate = Fraction(match[1]) / Fraction(match[2] or 1) if match else Fraction(0)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 240:
        raise ExportError(f"rate {text}: not a frame rate; write 25, 23.976 or 24000/1001")
    return snap(rate, _ROUNDED)


def rate_words(fps: Fraction) -> str:
    """Return a rate as people write it: ``23.976``, ``25``."""
    return f"{float(fps):.3f}".rstrip("0").rstrip(".")


def whole_rate(fps: Fraction) -> tuple[int, bool] | None:
    """Return a rate's timebase and whether it is the NTSC one, 1000/1001 of it; None for others."""
    nominal = nominal_rate(fps)
    if fps == nominal:
        return nominal, False
    return (nominal, True) if fps == Fraction(nominal * 1000, 1001) else None
