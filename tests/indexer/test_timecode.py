"""Timecode against counting minute by minute, the slow and obvious way (SMPTE ST 12-1)."""

from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import ReelfindError
from indexer.timecode import frame_at, frames_of, is_timecode, nominal_rate, timecode

FILM, PAL, SIXTY = Fraction(24000, 1001), Fraction(25), Fraction(60)
NTSC, NTSC_DOUBLE = Fraction(30000, 1001), Fraction(60000, 1001)
WHOLE = [Fraction(n) for n in (12, 24, 25, 30, 48, 50, 60, 100, 120)]
CASES = [(rate, False) for rate in [FILM, NTSC, NTSC_DOUBLE, *WHOLE]]
CASES += [(NTSC, True), (NTSC_DOUBLE, True)]


def minute_of(rate: int, drop: bool, hour: int, minute: int) -> list[str]:
    """The timecodes of one minute, in order; drop-frame leaves out the first few of it."""
    sign, dropped = (";", rate // 15) if drop and minute % 10 else (";" if drop else ":", 0)
    return [
        f"{hour:02}:{minute:02}:{second:02}{sign}{frame:02}"
        for second in range(60)
        for frame in range(dropped if second == 0 else 0, rate)
    ]


def frames_before(rate: int, drop: bool, hour: int, minute: int) -> int:
    """The frames of all minutes before one, added up."""
    return sum(
        rate * 60 - (rate // 15 if drop and earlier % 10 else 0)
        for earlier in range(hour * 60 + minute)
    )


@pytest.mark.parametrize(("fps", "drop"), CASES)
def test_the_first_twelve_minutes_frame_by_frame(fps: Fraction, drop: bool) -> None:
    rate, frame = nominal_rate(fps), 0
    for minute in range(12):
        codes = minute_of(rate, drop, 0, minute)
        near_the_ends = {*islice(range(len(codes)), 70), *range(len(codes) - 70, len(codes))}
        for i in sorted(near_the_ends):
            start = "00:00:00;00" if drop else None
            assert timecode(frame + i, fps, start) == codes[i]
        frame += len(codes)


@settings(deadline=None)
@given(
    st.sampled_from(CASES),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 10**9),
)
def test_any_timecode_of_a_day_there_and_back(
    case: tuple[Fraction, bool], hour: int, minute: int, place: int
) -> None:
    fps, drop = case
    rate = nominal_rate(fps)
    codes = minute_of(rate, drop, hour, minute)
    code = codes[place % len(codes)]
    frame = frames_before(rate, drop, hour, minute) + place % len(codes)
    assert frames_of(code, fps) == frame
    assert timecode(frame, fps, "00:00:00;00" if drop else None) == code
    assert timecode(0, fps, code) == code


@pytest.mark.parametrize(("fps", "drop"), CASES)
def test_it_wraps_after_24_hours(fps: Fraction, drop: bool) -> None:
    rate = nominal_rate(fps)
    last = minute_of(rate, drop, 23, 59)[-1]
    first = minute_of(rate, drop, 0, 0)[0]
    assert timecode(1, fps, last) == first
    assert timecode(frames_before(rate, drop, 24, 0) + 5, fps, first)[-2:] == "05"


def test_frames_count_on_from_the_start_timecode() -> None:
    assert timecode(0, FILM, "01:00:00:00") == "01:00:00:00"
    assert timecode(24, FILM, "01:00:00:00") == "01:00:01:00"  # 23.976 counts at 24
    assert timecode(1, NTSC, "00:59:59;29") == "01:00:00;00"
    assert timecode(1, NTSC, "00:00:59;29") == "00:01:00;02"
    assert timecode(1, NTSC, "00:00:59:29") == "00:01:00:00"


def test_drop_frame_keeps_to_the_wall_clock() -> None:
    assert timecode(round(3600 * NTSC), NTSC, "00:00:00;00") == "01:00:00;00"


@pytest.mark.parametrize(
    "text", ["", "now", "1:00:00:00", "00:60:00:00", "00:00:00:25", "24:00:00:00", "00:00:01"]
)
def test_what_is_no_timecode_at_25_is_refused(text: str) -> None:
    assert not is_timecode(text, PAL)
    with pytest.raises(ReelfindError, match="HH:MM:SS:FF"):
        frames_of(text, PAL)


def test_a_dropped_frame_is_no_timecode() -> None:
    assert not is_timecode("00:01:00;00", NTSC)
    assert is_timecode("00:10:00;00", NTSC)
    assert is_timecode("00:01:00:00", NTSC)


def test_a_timecode_after_midnight_is_later_in_the_title() -> None:
    fps, start = Fraction(25), "23:59:55:00"
    assert timecode(137, fps, start) == "00:00:00:12"
    assert frame_at("00:00:00:12", fps, start) == 137
    assert frame_at("23:59:54:24", fps, start) == -1
    drop = Fraction(30000, 1001)
    assert frame_at("00:00:00;00", drop, "23:59:59;00") == 30
    assert frame_at("00:59:59:24", fps, "01:00:00:00") == -1
