"""Formats that count at one frame rate, by timecode."""

from app.exports.cut import Cut
from app.exports.rates import rate_words, whole_rate
from app.exports.records import ExportError

_FASTEST = 60


def check_one_rate(cut: Cut, form: str) -> None:
    """Check that a format which counts at one rate can hold a cut.

    Args:
        cut: the sequence.
        form: the format as messages call it, such as "an EDL".

    Raises:
        ExportError: titles of several rates, or a rate that timecode cannot count.
    """
    others = {rate: names for rate, names in cut.rates.items() if rate != cut.fps}
    if others:
        rates = "; ".join(
            f"{', '.join(names)} at {rate_words(rate)}" for rate, names in cut.rates.items()
        )
        raise ExportError(
            f"{cut.name}: {form} counts at one frame rate, here {rate_words(cut.fps)}, and this "
            f"shortlist has {rates}; export OTIO, FCP7 XML or FCPXML, or one list for each rate"
        )
    if whole_rate(cut.fps) is None or cut.fps > _FASTEST:
        raise ExportError(
            f"{cut.name}: {form} cannot count {rate_words(cut.fps)} frames a second; export OTIO, "
            "FCPXML or CSV"
        )
