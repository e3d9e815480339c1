"""Spans to shots, against an obvious reference."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.labels.matching import ShotRange, ShotTimes, Unmatched, match
from probes.labels.records import Label
from tests.probes.labels.conftest import MakeLabel

TODAY = date(2026, 1, 31)


def shots_of(*cuts: float) -> ShotTimes:
    return np.stack([np.array(cuts[:-1]), np.array(cuts[1:])], axis=1)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (2.0, 6.0, 1, 3),  # the cuts themselves
        (2.2, 5.9, 1, 3),  # an editor's eye
        (2.9, 5.1, 1, 3),  # little more than half of both
        (3.1, 4.8, 1, 2),  # half of none: the one with most of the span
        (3.1, 4.9, 1, 2),  # as much of one as of the next: the earlier
        (3.3, 6.2, 2, 3),
        (2.4, 2.6, 1, 2),  # a moment within a shot
        (0.0, 10.0, 0, 5),
        (9.5, 10.4, 4, 5),  # runs out a little
    ],
)
def test_a_span_means_the_shots_it_mostly_covers(
    make_label: MakeLabel, start: float, end: float, first: int, last: int
) -> None:
    shots = shots_of(0, 2, 4, 6, 8, 10)
    assert match(make_label(start=start, end=end), shots) == ShotRange("abc", first, last)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (10.0, 12.0, "outside the title"),
        (100.0, 120.0, "outside the title"),
        (9.5, 11.0, "outside the title"),
        (3.0, 3.001, "too short"),
    ],
)
def test_a_span_without_shots_says_why(
    make_label: MakeLabel, start: float, end: float, reason: str
) -> None:
    found = match(make_label(start=start, end=end), shots_of(0, 2, 4, 6, 8, 10))
    assert isinstance(found, Unmatched)
    assert found.reason == reason


def test_an_unknown_title_and_one_without_shots(make_label: MakeLabel) -> None:
    unknown = match(make_label(), None)
    assert isinstance(unknown, Unmatched)
    assert unknown.reason == "title unknown"
    empty = match(make_label(), np.empty((0, 2)))
    assert isinstance(empty, Unmatched)
    assert empty.reason == "outside the title"


lengths = st.lists(st.integers(1, 400), min_size=1, max_size=12)


@given(lengths, st.integers(0, 3000), st.integers(1, 3000))
def test_as_the_rule_says_in_whole_frames(lengths: list[int], start: int, length: int) -> None:
    """The rule in integers: a frame is 1/25 second."""
    cuts = [0]
    for each in lengths:
        cuts.append(cuts[-1] + each)
    end = start + length
    shared = [min(b, end) - max(a, start) for a, b in pairwise(cuts)]
    half = [i for i, each in enumerate(shared) if 2 * each >= lengths[i]]
    most = max(range(len(lengths)), key=lambda i: shared[i])
    wanted = (half[0], half[-1] + 1) if half else (most, most + 1)
    label = Label("tone", "sad", "abc", start / 25, end / 25, 1.0, "ann", TODAY)
    found = match(label, shots_of(*(cut / 25 for cut in cuts)))
    if half or 2 * shared[most] >= length:
        assert found == ShotRange("abc", *wanted)
    else:
        assert isinstance(found, Unmatched)
        assert end > cuts[-1]


@given(lengths)
def test_a_title_s_own_cuts_match_themselves(lengths: list[int]) -> None:
    cuts = np.concatenate([[0], np.cumsum(lengths)]) * 1001 / 24000
    for first in range(len(lengths)):
        # As a table with three decimals has them.
        start, end = round(float(cuts[first]), 3), round(float(cuts[-1]), 3)
        label = Label("tone", "sad", "abc", start, end, 1.0, "ann", TODAY)
        assert match(label, shots_of(*cuts)) == ShotRange("abc", first, len(lengths))
