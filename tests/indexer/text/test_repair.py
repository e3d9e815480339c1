"""Times that cannot be right are made right, or their line is dropped."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.records import Line
from indexer.text.repair import repair

times = st.floats(0, 1000) | st.floats(0, 1e7)


@settings(deadline=None)
@given(
    st.lists(st.builds(Line, times, times, st.sampled_from(["Hello", "A long line " * 9]))),
    st.just(0.0) | st.floats(1, 2000),
)
def test_whatever_comes_in_what_comes_out_can_be_shown(lines: list[Line], duration: float) -> None:
    result = repair(lines, duration)
    assert all(line.start < line.end for line in result.lines)
    assert all(a.start <= b.start for a, b in pairwise(result.lines))
    if duration:
        assert all(line.end <= duration for line in result.lines)
    assert len(result.lines) + result.beyond == len(set(lines))


def test_a_sound_file_is_left_alone() -> None:
    """Two people who speak at once are no fault."""
    lines = (Line(1, 3, "a"), Line(2, 4, "b"), Line(4, 6, "c"))
    result = repair(lines, 10)
    assert (result.lines, result.repaired, result.beyond) == (lines, 0, 0)


def test_an_end_before_the_start_becomes_the_time_to_read_it() -> None:
    result = repair([Line(5, 2, "fifteen letters"), Line(9, 9, "x" * 30), Line(10, 11, "z")], 0)
    assert [(line.start, line.end) for line in result.lines] == [(5, 6), (9, 10), (10, 11)]
    assert result.repaired == 2


def test_an_end_that_never_comes_is_cut() -> None:
    lines = [Line(1, 90, "stuck"), *(Line(3 + i, 4 + i, "next") for i in range(5))]
    assert repair(lines, 100).lines[0].end == 2
    assert repair([Line(1, 9000, "stuck")], 0).lines[0].end == 2


def test_order_is_restored_and_doubles_are_joined() -> None:
    result = repair([Line(5, 6, "b"), Line(1, 2, "a"), Line(5, 6, "b")], 0)
    assert result.lines == (Line(1, 2, "a"), Line(5, 6, "b"))
    assert result.repaired == 1


def test_lines_after_the_end_are_dropped_and_counted() -> None:
    result = repair([Line(1, 2, "a"), Line(9, 12, "b"), Line(11, 12, "c")], 10)
    assert result.lines == (Line(1, 2, "a"), Line(9, 10, "b"))
    assert result.beyond == 1


@pytest.mark.timeout(5)
def test_lines_that_begin_together_take_no_longer() -> None:
    """Sixteen thousand took sixteen seconds."""
    result = repair([Line(1, 1, f"line {i}") for i in range(50_000)] + [Line(3, 4, "next")], 0)
    assert result.lines[0].end == 2
    assert result.lines[-1] == Line(3, 4, "next")
