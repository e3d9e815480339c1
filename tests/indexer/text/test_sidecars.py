"""Which file beside a film is its timed text, and what is made of a broken one."""

import logging
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.records import Line
from indexer.settings import TextSettings
from indexer.text.sidecars import find_sidecar, read_sidecar, sidecars

CUE = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


def folder(tmp_path: Path, *names: str) -> Path:
    """A film with files beside it."""
    for name in names:
        (tmp_path / name).write_text(CUE)
    return tmp_path / "Film.mp4"


@pytest.mark.parametrize(
    ("names", "language", "best"),
    [
        (["Film.srt"], None, "Film.srt"),
        (["film.EN.Srt"], None, "film.EN.Srt"),
        (["Film.de.srt", "Film.en.srt"], "de", "Film.de.srt"),
        (["Film.ger.srt", "Film.en.srt"], "de", "Film.ger.srt"),
        (["Film.de.srt", "Film.eng.srt"], "deu", "Film.de.srt"),
        (["Film.de.srt", "Film.en.srt"], None, "Film.en.srt"),
        (["Film.de.srt", "Film.en.srt", "Film.srt"], None, "Film.srt"),
        (["Film.de.srt", "Film.srt"], "fr", "Film.srt"),
        (["Film.de.forced.srt", "Film.en.srt"], "de", "Film.en.srt"),
        (["Film.de.forced.srt"], None, "Film.de.forced.srt"),
        (["Film.en.sdh.srt", "Film.en.vtt"], "en", "Film.en.vtt"),
        (["Film.en.sdh.srt", "Film.de.srt"], "en", "Film.en.sdh.srt"),
        (["Film.descriptions.en.vtt", "Film.en.vtt"], "en", "Film.en.vtt"),
        (["Film.en.ass", "Film.en.vtt"], "en", "Film.en.vtt"),
        (["Film.hi.srt", "Film.en.srt"], "hi", "Film.hi.srt"),
        (["Film.en.hi.srt", "Film.hi.srt"], "en", "Film.en.hi.srt"),
        (["Film.pt-BR.srt"], "pt", "Film.pt-BR.srt"),
        (["Film.chapters.en.vtt"], None, None),
        (["Film 2.srt", "Film.Extended.srt", "Film.txt", "Other.srt", "Film.srt.bak"], None, None),
    ],
)
def test_the_best_sidecar(
    tmp_path: Path, names: list[str], language: str | None, best: str | None
) -> None:
    found = find_sidecar(folder(tmp_path, *names), TextSettings(language=language))
    assert (found.name if found else None) == best


def test_the_real_ones(media: Path) -> None:
    film = media / "sintel_trailer_720p.mp4"
    assert find_sidecar(film, TextSettings()) == media / "sintel_trailer_720p.en.srt"
    dream = sidecars(media / "subtitles" / "elephants_dream.mp4")
    assert {sidecar.language for sidecar in dream} == {"ar", "en", "ja"}
    assert not any("chapters" in sidecar.path.name for sidecar in dream)


def test_reading_one(media: Path) -> None:
    film = media / "sintel_trailer_720p.mp4"
    text = read_sidecar(media / "sintel_trailer_720p.en.srt", film, 52.2)
    assert (text.source, text.language) == ("sidecar", "en")
    assert text.origin == "sintel_trailer_720p.en.srt"
    assert text.lines[1] == Line(18.9, 20.0, "I'm searching for someone.")


def test_broken_times_are_counted_in_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    film = folder(tmp_path)
    sidecar = tmp_path / "Film.srt"
    sidecar.write_text(
        CUE + "\n2\n00:00:05,000 --> 00:00:03,000\nbackwards\n\n3\n00:09:00,000 --> 00:09:01,000\n"
        "after the end\n\n4\n00:00:xx,000 --> 00:00:09,000\nunreadable\n"
    )
    with caplog.at_level(logging.WARNING):
        text = read_sidecar(sidecar, film, 60)
    assert [line.text for line in text.lines] == ["Hello", "backwards"]
    assert f"{sidecar}: broken times; 1 lines repaired, 2 dropped" in caplog.text


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("", "no line with a time"),
        ("just words", "no line with a time"),
        ("1\n01:00:00,000 --> 01:00:02,000\nHello\n", "all 1 lines begin after the film's end"),
    ],
)
def test_one_with_nothing_usable_is_named(tmp_path: Path, content: str, cause: str) -> None:
    film = folder(tmp_path)
    (tmp_path / "Film.srt").write_text(content)
    with pytest.raises(ReelfindError, match=rf"Film\.srt: {cause}.*; repair it, or move it away"):
        read_sidecar(tmp_path / "Film.srt", film, 60)
