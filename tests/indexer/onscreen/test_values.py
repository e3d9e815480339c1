"""Credits, burned-in subtitles and other text, and its lines."""

from collections.abc import Sequence

import pytest

from indexer.onscreen.names import OnScreen
from indexer.onscreen.records import Box, ReadShot, ScreenLine, ScreenStill
from indexer.onscreen.values import kinds_of_shots, texts_of
from indexer.pipeline_sections import OnScreenSettings
from indexer.records import Shot

SETTINGS = OnScreenSettings()
NONE = ReadShot()
MIDDLE = Box(0.3, 0.4, 0.7, 0.5)
LOW = Box(0.2, 0.85, 0.8, 0.92)
LEFT = Box(0.05, 0.85, 0.3, 0.92)


def shots(count: int) -> list[Shot]:
    return [Shot(index, 24 * index, 24 * (index + 1), "cut") for index in range(count)]


def text(*boxes: Box, found: int | None = None) -> ReadShot:
    still = ScreenStill(0, len(boxes) if found is None else found)
    lines = (ScreenLine(0, f"line {place}", 0.9, box) for place, box in enumerate(boxes))
    return ReadShot((still,), tuple(lines))


def kinds(read: Sequence[ReadShot]) -> list[OnScreen | None]:
    return kinds_of_shots(shots(len(read)), read, SETTINGS)


def test_many_lines_are_credits_near_the_ends_of_a_title() -> None:
    many = text(MIDDLE, found=8)
    assert kinds([many, *[NONE] * 8, many]) == ["credits", *[None] * 8, "credits"]
    newspaper = [*[NONE] * 4, many, *[NONE] * 4]
    assert kinds(newspaper)[4] == "text"
    assert kinds([text(MIDDLE, found=3), *[NONE] * 9])[0] == "text"
    assert kinds([]) == []


def test_a_row_of_cards_is_credits_at_the_start_or_end() -> None:
    card = text(MIDDLE)
    assert kinds([*[NONE] * 20, *[card] * 4])[20:] == ["credits"] * 4
    assert kinds([*[NONE] * 20, *[card] * 3])[20:] == ["text"] * 3
    assert kinds([*[NONE] * 10, *[card] * 4, *[NONE] * 10])[10:14] == ["text"] * 4


def test_lines_below_are_subtitles_where_a_title_has_several() -> None:
    subtitled = [each for _ in range(6) for each in (text(LOW), NONE)]
    assert kinds(subtitled) == ["subtitles", None] * 6
    assert kinds([text(LOW), *[NONE] * 11])[0] == "text"
    places = [each for _ in range(6) for each in (text(LEFT), NONE)]
    assert kinds(places) == ["text", None] * 6
    both = [*subtitled, text(MIDDLE, LOW)]
    assert kinds(both)[-1] == "text"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([(0, "Big Buck", 0.9), (24, "Big Buck", 0.8)], ["Big Buck"]),
        ([(0, "EIG BUCK", 0.8), (24, "BIG BUCK", 0.9)], ["BIG BUCK"]),
        ([(0, "Adam Kat", 0.9), (0, "Adam Kot", 0.9)], ["Adam Kat", "Adam Kot"]),
        ([(0, "one", 0.9), (24, "two", 0.9)], ["one", "two"]),
    ],
)
def test_a_line_counts_once_in_its_best_reading(
    lines: list[tuple[int, str, float]], kept: list[str]
) -> None:
    assert texts_of(ScreenLine(*each, MIDDLE) for each in lines) == kept
