"""Where a title can be cut without cutting into what is said."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.trailer.spans import LONGEST, SHORTEST, fitted, runs, spoken
from indexer.records import Line, Shot

FPS = Fraction(24000, 1001)


def shots_at(*frames: int) -> list[Shot]:
    """Return shots that begin at the frames given, but for the last, which ends the title."""
    return [Shot(at, start, end, "cut") for at, (start, end) in enumerate(pairwise(frames))]


def test_a_line_is_heard_in_every_frame_that_it_touches() -> None:
    # 1001/24000 s a frame: 1 s lies in frame 23, and 2.002 s is where frame 48 begins.
    lines = [Line(3.0, 3.0, "(empty)"), Line(1.0, 2.002, "one")]
    assert spoken(lines, FPS) == [(23, 48)]


def test_shots_that_share_a_line_stay_together() -> None:
    shots = shots_at(0, 48, 96, 144, 192)
    assert runs(shots, [(50, 90), (96, 100)]) == [
        range(0, 1),
        range(1, 2),
        range(2, 3),
        range(3, 4),
    ]
    assert runs(shots, [(40, 60), (90, 100)]) == [range(0, 3), range(3, 4)]


def test_a_run_is_taken_whole_where_it_is_short_enough() -> None:
    assert fitted(shots_at(0, 48, 96), [], Fraction(24)) == (0, 96)
    assert fitted(shots_at(0, 23), [], Fraction(24)) is None


def test_a_long_run_ends_at_a_cut_else_between_two_lines() -> None:
    assert fitted(shots_at(0, 90, 150, 400), [], Fraction(24)) == (0, 150)
    assert fitted(shots_at(0, 400), [], Fraction(24)) == (0, 192)
    assert fitted(shots_at(0, 400), [(100, 170), (170, 250)], Fraction(24)) == (0, 170)
    assert fitted(shots_at(0, 400), [(0, 400)], Fraction(24)) is None


def test_without_a_cut_a_long_run_ends_where_it_is_quietest_in_the_last_seconds() -> None:
    shots, quiet = shots_at(0, 400), {100, 160, 180}

    def level(frame: int) -> float:
        return -40.0 if frame in quiet else -20.0

    assert fitted(shots, [], Fraction(24), level) == (0, 180)
    assert fitted(shots, [(170, 190)], Fraction(24), level) == (0, 160)
    assert fitted(shots, [(120, 200)], Fraction(24), level) == (0, 100)
    assert fitted(shots_at(0, 150, 400), [], Fraction(24), level) == (0, 150)


FRAMES = st.integers(0, 600)


@given(
    cuts=st.sets(FRAMES, min_size=2),
    heard=st.lists(st.tuples(FRAMES, FRAMES).filter(lambda each: each[0] < each[1])),
)
def test_no_line_is_ever_cut_into(cuts: set[int], heard: list[tuple[int, int]]) -> None:
    shots = shots_at(*sorted(cuts))
    heard = [(max(start, shots[0].start_frame), end) for start, end in heard]
    heard = [(start, min(end, shots[-1].end_frame)) for start, end in heard]
    taken = []
    for run in runs(shots, heard):
        span = fitted(shots[run.start : run.stop], heard, FPS)
        if span is None:
            continue
        first, last = span
        assert SHORTEST <= (last - first) / FPS <= LONGEST
        for start, end in heard:
            assert last <= start or end <= first or first <= start < end <= last
        taken.append(span)
    assert all(one[1] <= other[0] for one, other in pairwise(taken))
