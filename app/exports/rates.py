"""Frame rates as people and formats write them."""

from fractions import Fraction

from app.exports.errors import ExportError
from indexer.frame_rate import snap
from indexer.timecode import nominal_rate


def nearest(frames: Fraction) -> int:
    """Return the nearest whole number of frames; a half counts up."""
    return int(frames + Fraction(1, 2))


def parse_rate(text: str) -> Fraction:
    """Return the frame rate of ``25``, ``23.976`` or ``24000/1001``.

    Raises:
        ExportError: it is none.
    """
    try:
        # 1e999999999 is short to write, and a number of a gigabyte.
        rate = Fraction(0) if "e" in text.casefold() else Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 240:
        raise ExportError(f"rate {text}: not a frame rate; write 25, 23.976 or 24000/1001")
    return snap(rate, 1e-4)


def rate_words(fps: Fraction) -> str:
    """Return a rate as people write it: ``23.976``, ``25``."""
    return f"{float(fps):.3f}".rstrip("0").rstrip(".")


def whole_rate(fps: Fraction) -> tuple[int, bool] | None:
    """Return a rate's timebase and whether it is the NTSC one, 1000/1001 of it; None for others."""
    nominal = nominal_rate(fps)
    if fps == nominal:
        return nominal, False
    return (nominal, True) if fps == Fraction(nominal * 1000, 1001) else None
