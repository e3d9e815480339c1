"""Text tracks inside the file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.probe import probe
from indexer.records import Line
from indexer.text.embedded import read_track, text_tracks

FFmpeg = Callable[..., Path]
PICTURE = ["-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=9"]
WORDS = {
    "en": "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>, you\nthere\n\n"
    "2\n00:00:04,000 --> 00:00:05,000\n[MUSIC] &amp; more\n",
    "de": "1\n00:00:01,000 --> 00:00:02,500\nHallo, Größe\n",
    "fr": "1\n00:00:01,000 --> 00:00:02,500\nBonjour\n",
}
THREE = {"en": "eng", "de": "ger", "fr": "fre"}


@pytest.fixture
def make(ffmpeg: FFmpeg, tmp_path: Path) -> Callable[[str], Path]:
    """A film with English, German and forced French text in a container."""

    def run(name: str) -> Path:
        inputs, languages = [], []
        for i, (language, text) in enumerate(WORDS.items()):
            sidecar = tmp_path / f"words.{language}.srt"
            sidecar.write_text(text, encoding="utf-8")
            inputs += ["-i", sidecar]
            languages += ["-map", str(i + 1), f"-metadata:s:s:{i}", f"language={THREE[language]}"]
        codec = "mov_text" if name.endswith(("mp4", "mov")) else "ass" if "ass" in name else "srt"
        return ffmpeg(
            *PICTURE, *inputs, "-map", "0", *languages, "-disposition:s:2", "forced",
            "-c:s", codec, name,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("name", ["film.mkv", "film.mp4", "film.mov", "film.ass.mkv"])
def test_lines_of_the_wanted_language(make: Callable[[str], Path], name: str) -> None:
    media = probe(make(name))
    seen: list[float] = []
    track = text_tracks(media, "en")[0]
    text = read_track(media, track, media.duration, seen.append)
    assert (text.source, text.language, text.origin) == ("embedded", "en", "track 1")
    assert text.lines == (Line(1, 2.5, "Hello, you there"), Line(4, 5, "[MUSIC] & more"))
    assert seen == sorted(seen)
    assert 0 < seen[-1] <= 1
    german = read_track(media, text_tracks(media, "de")[0], 0, seen.append)
    assert german.lines == (Line(1, 2.5, "Hallo, Größe"),)


def test_full_comes_before_forced(make: Callable[[str], Path]) -> None:
    media = probe(make("film.mkv"))
    assert [track.language for track in text_tracks(media, "fr")][-1] == "fr"


def test_pictures_of_text_are_left_out(ffmpeg: FFmpeg, tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text(WORDS["de"], encoding="utf-8")
    film = ffmpeg(*PICTURE, "-i", words, "-map", "0", "-map", "1", "-c:s", "srt", "film.mkv")
    track = probe(film).text_tracks[0]
    assert text_tracks(probe(film), None) == [track]
    pictures = replace(track, codec="hdmv_pgs_subtitle")
    unknown = replace(track, codec="unknown")
    assert text_tracks(replace(probe(film), text_tracks=(pictures, unknown)), None) == []


def test_words_beside_a_drawing_stay(ffmpeg: FFmpeg, tmp_path: Path) -> None:
    words = tmp_path / "words.ass"
    words.write_text(
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        r"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\p1}m 0 0 l 9 9{\p0}Hello"
        "\n"
        r"Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\p1}m 0 0 l 9 9"
        "\n"
    )
    film = ffmpeg(*PICTURE, "-i", words, "-map", "0", "-map", "1", "-c:s", "ass", "film.mkv")
    media = probe(film)
    text = read_track(media, media.text_tracks[0], 9, lambda _: None)
    assert text.lines == (Line(1, 2, "Hello"),)
