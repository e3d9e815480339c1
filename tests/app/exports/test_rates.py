"""Frame rates as people write them."""

from fractions import Fraction

import pytest

from app.exports.rates import parse_rate
from app.exports.records import ExportError


@pytest.mark.parametrize(
    ("nominal", "spellings"),
    [
        (24, "23.98 23.976 23.97 23,976 23.976p 23.98psf 24000/1001 24/1.001 23.976023976"),
        (30, "29.97 29.970 29,97 29.97p 29.97DF 29.97ndf 30000/1001 30/1.001"),
        (48, "47.95 47.952 48000/1001"),
        (60, "59.94 59.9401 59.94p 60000/1001"),
        (120, "119.88 120000/1001"),
    ],
)
def test_customary_spellings_mean_the_ntsc_rate(nominal: int, spellings: str) -> None:
    for spelling in spellings.split():
        assert parse_rate(spelling) == Fraction(nominal * 1000, 1001), spelling


def test_whole_rates_stay_whole() -> None:
    for spelling in ("24", "24p", "24.0", "25", "25 fps", "30", "50p", "60"):
        assert parse_rate(spelling).denominator == 1, spelling
    assert parse_rate("12.5") == Fraction(25, 2)


@pytest.mark.parametrize("spelling", ["", "0", "fast", "25/0", "1/0", "-24", "1000", "24//1", "."])
def test_what_is_no_rate_is_refused(spelling: str) -> None:
    with pytest.raises(ExportError, match=r"not a frame rate; write 25, 23\.976"):
        parse_rate(spelling)
