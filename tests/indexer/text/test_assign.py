"""A line is in the shots that it is mostly heard in."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.records import Line, Shot
from indexer.text.assign import assign

FPS = Fraction(25)


def shots(*lengths: float) -> list[Shot]:
    """Shots of so many seconds, one after the other."""
    made: list[Shot] = []
    for i, length in enumerate(lengths):
        start = made[-1].end_frame if made else 0
        made.append(Shot(i, start, start + round(length * FPS), "cut"))
    return made


def test_a_line_within_a_shot() -> None:
    lines = [Line(1, 2, "one"), Line(3, 4, "two"), Line(6, 7, "three")]
    assert assign(lines, shots(5, 5, 5), FPS) == ["one two", "three", ""]


def test_a_line_that_runs_over_a_cut_a_little_stays_where_it_began() -> None:
    assert assign([Line(3, 5.5, "over")], shots(5, 5), FPS) == ["over", ""]


def test_a_line_halved_by_a_cut_is_in_both() -> None:
    assert assign([Line(4, 6, "both")], shots(5, 5), FPS) == ["both", "both"]


def test_short_shots_under_a_long_speech_have_it() -> None:
    assert assign([Line(0, 10, "speech")], shots(*[1] * 10), FPS) == ["speech"] * 10


def test_a_line_outside_the_film_is_left_out() -> None:
    assert assign([Line(50, 51, "late")], shots(5, 5), FPS) == ["", ""]
    assert assign([], shots(5), FPS) == [""]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 15)), max_size=8),
    st.lists(st.floats(0.1, 9), min_size=1, max_size=20),
)
def test_against_the_rule_written_out(spans: list[tuple[float, float]], sizes: list[float]) -> None:
    lines = [Line(start, start + length, f"line{i}") for i, (start, length) in enumerate(spans)]
    film = shots(*sizes)
    expected = ["" for _ in film]
    for line in lines:
        bounds = [(float(shot.start_frame / FPS), float(shot.end_frame / FPS)) for shot in film]
        heard = [min(end, line.end) - max(start, line.start) for start, end in bounds]
        mostly = [
            i
            for i, (start, end) in enumerate(bounds)
            if heard[i] > 0
            and (heard[i] >= (line.end - line.start) / 3 or heard[i] >= (end - start) / 2)
        ]
        if not mostly and max(heard) > 0:
            mostly = [heard.index(max(heard))]
        for i in mostly:
            expected[i] = f"{expected[i]} {line.text}".strip()
    assert assign(lines, film, FPS) == expected
