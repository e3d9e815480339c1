"""What the name of a subtitle file says."""

import unicodedata
from pathlib import Path

import pytest

from indexer.text.naming import FORCED, Tags, tags_of

FILM = Path("Film.mp4")


@pytest.mark.parametrize(
    ("name", "language", "kind"),
    [
        ("Film.srt", None, 0),
        ("Film.English.srt", "en", 0),
        ("Film.mp4.srt", None, 0),
        ("Film.MP4.en.forced.srt", "en", FORCED),
        ("Film.und.srt", None, 0),
        ("Film.Français.srt", "fr", 0),
        ("Film - SDH.srt", None, 1),
        ("Film - English - SDH.srt", "en", 1),
        ("Film (English).srt", "en", 0),
        ("Film [en] [CC].srt", "en", 1),
        ("Film.en.1.srt", "en", 0),
        ("Film.2_English.srt", "en", 0),
        ("Film_en.srt", "en", 0),
        ("Film-en.srt", "en", 0),
        ("Film.en.sdh.srt", "en", 1),
        ("Film.en_US.hi.srt", "en", 1),
        ("Film.hi.srt", "hi", 0),
        ("Film.pt_BR.forced.srt", "pt", FORCED),
        ("Film.es-419.srt", "es", 0),
        ("Film.Latin American Spanish.srt", "es", 0),
        ("Film.zh-Hans.ass", "zh", 0),
        ("Film.cht.srt", "zh", 0),
        ("Film.Signs & Songs.en.ass", "en", FORCED),
    ],
)
def test_language_and_kind(name: str, language: str | None, kind: int) -> None:
    assert tags_of(FILM, Path(name)) == Tags(language, kind)


@pytest.mark.parametrize(
    "name",
    [
        "Film 2.srt",
        "Film.2.srt",
        "Films.srt",
        "Film.Extended.srt",
        "Film.chapters.en.vtt",
        "Film.en.de.srt",
        "Film.brazil.srt",
        "Film.en.txt",
        "Other.en.srt",
    ],
)
def test_what_is_not_its(name: str) -> None:
    assert tags_of(FILM, Path(name)) is None


def test_accents_are_compared_as_letters() -> None:
    together = unicodedata.normalize("NFC", "Café Müller")
    apart = unicodedata.normalize("NFD", together)
    for film, sidecar in ((together, apart), (apart, together)):
        assert tags_of(Path(f"{film}.mkv"), Path(f"{sidecar.upper()}.de.srt")) == Tags("de", 0)
