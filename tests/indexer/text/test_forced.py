"""Forced subtitles add to the text; they do not replace it or repeat it."""

from indexer.records import Line, TimedText
from indexer.text.forced import with_forced

FORCED = TimedText((Line(5, 6, "A sign"), Line(8, 9, "<Alien> speech")), "sidecar", "en", "f.srt")


def test_lines_are_added_in_order() -> None:
    full = TimedText((Line(1, 2, "one"), Line(6, 7, "two")), "transcription", "en", "whisper")
    merged = with_forced(full, FORCED)
    assert [line.text for line in merged.lines] == ["one", "A sign", "two", "<Alien> speech"]
    assert (merged.source, merged.origin) == ("transcription", "whisper and f.srt")


def test_what_is_there_already_is_not_added() -> None:
    full = TimedText((Line(4.6, 5.5, "A sign."), Line(8, 9, "alien SPEECH")), "sidecar", "en", "a")
    assert with_forced(full, FORCED) == full


def test_the_same_words_at_another_time_are_another_line() -> None:
    full = TimedText((Line(50, 51, "A sign"),), "sidecar", "en", "a")
    assert len(with_forced(full, FORCED).lines) == 3


def test_alone_they_are_all_there_is() -> None:
    assert with_forced(TimedText((), "none"), FORCED) == FORCED


def test_the_time_it_takes_grows_with_the_lines_only() -> None:
    """A quadratic comparison of these took minutes."""
    lines = tuple(Line(1, 2, f"line {i}") for i in range(20_000))
    full = TimedText(lines, "sidecar", "en", "a")
    assert with_forced(full, TimedText(lines, "sidecar", "en", "b")) == full
