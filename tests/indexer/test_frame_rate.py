"""Frame rates out of timestamps, rounded and broken as containers have them."""

from fractions import Fraction

import numpy as np
import pytest

from indexer.frame_rate import STANDARD, FrameRate, frame_rate, offset

MILLISECOND = Fraction(1, 1000)


def timestamps(fps: Fraction, count: int, tick: Fraction, first: int = 0) -> list[int]:
    """Times of frames in ticks, rounded as a container does."""
    return [first + round(frame / fps / tick) for frame in range(count)]


@pytest.mark.parametrize("fps", STANDARD)
@pytest.mark.parametrize("tick", [MILLISECOND, Fraction(1, 90_000), Fraction(1, 1_000_000)])
def test_rounded_timestamps_give_the_standard_rate(fps: Fraction, tick: Fraction) -> None:
    for declared in ([], [Fraction(1000)], [Fraction(90_000), None]):
        measured = frame_rate([timestamps(fps, 3000, tick, 7)], tick, declared)
        assert measured == FrameRate(fps, variable=False)


def test_a_short_film_follows_its_container() -> None:
    """20 frames at milliseconds cannot tell 24 from 23.976."""
    fps = Fraction(24000, 1001)
    assert frame_rate([timestamps(fps, 20, MILLISECOND)], MILLISECOND, [fps]).fps == fps
    assert frame_rate([timestamps(fps, 20, MILLISECOND)], MILLISECOND, [Fraction(24)]).fps == 24


def test_a_wrong_claim_loses_to_the_timestamps() -> None:
    times = timestamps(Fraction(25), 1000, MILLISECOND)
    assert frame_rate([times], MILLISECOND, [Fraction(30)]) == FrameRate(Fraction(25), False)


def test_dropped_frames_and_an_edit_do_not_make_a_rate_variable() -> None:
    times = timestamps(Fraction(24000, 1001), 3000, MILLISECOND)
    del times[500], times[1000:1003]
    assert frame_rate([times], MILLISECOND, []) == FrameRate(Fraction(24000, 1001), False)


def test_two_rates_in_one_film_are_variable_on_the_faster_grid() -> None:
    slow = timestamps(Fraction(24), 1000, MILLISECOND)
    fast = timestamps(Fraction(60), 1000, MILLISECOND, first=slow[-1] + 17)
    assert frame_rate([slow + fast], MILLISECOND, [Fraction(32)]) == FrameRate(Fraction(60), True)


@pytest.mark.parametrize("ntsc", [Fraction(1), Fraction(1000, 1001)])
def test_film_and_video_in_turn_are_on_the_grid_of_the_video(ntsc: Fraction) -> None:
    tick = Fraction(1, 90_000)
    film = timestamps(24 * ntsc, 126, tick)
    video = timestamps(30 * ntsc, 125, tick, first=film[-1])
    assert frame_rate([film[:-1] + video], tick, []) == FrameRate(30 * ntsc, variable=True)


def test_half_the_rate_in_low_light_loses_no_frame() -> None:
    """Their mean is 20, on which a third of the frames at 30 would have no place."""
    bright = timestamps(Fraction(30), 126, MILLISECOND)
    dark = timestamps(Fraction(15), 125, MILLISECOND, first=bright[-1])
    assert frame_rate([bright[:-1] + dark], MILLISECOND, []).fps == 30
    jitter = np.random.default_rng(0).integers(0, 4, 250)
    wavering = (np.array(bright[:-1] + dark) + jitter).tolist()
    assert frame_rate([wavering], MILLISECOND, []).fps == 30


def test_a_recording_of_a_screen_that_often_stands_still_loses_no_frame() -> None:
    places = [frame + frame * frame // 70 for frame in range(250)]
    times = [round(place * 1000 / 30) for place in places]
    assert frame_rate([times], MILLISECOND, []) == FrameRate(Fraction(30), variable=True)


def test_a_dropped_frame_among_some_that_waver_leaves_the_rate() -> None:
    places = np.arange(250) + 0.09 * (1 + np.sin(np.arange(250) * 0.9)) + (np.arange(250) > 99)
    times = [round(place * 3000) for place in places.tolist()]
    assert frame_rate([times], Fraction(1, 90_000), []).fps == 30


def test_a_telephone_that_wavers_around_30_is_variable_on_30() -> None:
    gaps = np.random.default_rng(0).normal(3000, 300, 2000).round()
    times = [int(time) for time in np.cumsum(gaps)]
    assert frame_rate([times], Fraction(1, 90_000), []) == FrameRate(Fraction(30), True)


def test_without_timestamps_the_claim_counts_if_it_is_sane() -> None:
    clock, rounded = Fraction(90_000), Fraction(2997, 100)
    assert frame_rate([], MILLISECOND, [clock, rounded]).fps == Fraction(30000, 1001)
    assert frame_rate([[0]], MILLISECOND, [clock]).fps == 25


@pytest.mark.parametrize("fps", [rate for rate in STANDARD if 23 < rate < 61])
@pytest.mark.parametrize("jitter", [0.1, 0.2, 0.35])
def test_times_that_waver_lie_on_the_standard_grid(fps: Fraction, jitter: float) -> None:
    """Up to a third of a frame off, in either direction, as telephones and recorders write."""
    places = np.arange(250) + jitter * np.sin(np.arange(250) * 1.7)
    times = [round(place / fps / Fraction(1, 90_000)) for place in places.tolist()]
    average = Fraction(249 * 90_000, times[-1] - times[0])
    assert frame_rate([times], Fraction(1, 90_000), [average]).fps == fps


@pytest.mark.parametrize("tick", [MILLISECOND, Fraction(1, 90_000)])
@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30000, 1001), Fraction(30)])
def test_telecined_film_has_the_rate_of_its_video(fps: Fraction, tick: Fraction) -> None:
    """Pictures are held for three fields and two in turn: a place on the grid for each."""
    fields = [(5 * picture + 1) // 2 for picture in range(1000)]
    times = [round(field / (2 * fps) / tick) for field in fields]
    assert frame_rate([times], tick, []) == FrameRate(fps, variable=True)
    start = times[0] * tick + offset(times, tick, fps)
    places = [(time * tick - start) * fps for time in times]
    # No picture lies so near to the middle between two places that rounding decides.
    assert max(abs(place - round(place)) for place in places) < 0.35


def test_a_gap_of_an_hour_leaves_the_rate() -> None:
    times = timestamps(Fraction(25), 200, MILLISECOND)
    later = timestamps(Fraction(25), 200, MILLISECOND, first=times[-1] + 3_600_013)
    assert frame_rate([times + later], MILLISECOND, []) == FrameRate(Fraction(25), False)
