"""Where a title's timed text comes from: sidecar, its own track, transcription, nowhere."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from indexer.backbones.base import SAMPLE_RATE
from indexer.models import Models
from indexer.pipeline_sections import TextSettings
from indexer.probe import probe
from indexer.records import TimedText
from indexer.text.timed_text import NONE, read_timed_text

FFmpeg = Callable[..., Path]
Transcribe = Callable[[Callable[[float], None]], TimedText]
CUE = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"


def silent(_: float) -> None:
    pass


@pytest.fixture
def film(ffmpeg: FFmpeg, tmp_path: Path) -> Path:
    """Three seconds of picture with a text track."""
    words = tmp_path / "words.srt"
    words.write_text(CUE.format("from the track"))
    picture = ["-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=3"]
    return ffmpeg(*picture, "-i", words, "film.mkv")


def test_a_sidecar_comes_before_the_track(film: Path) -> None:
    film.with_suffix(".srt").write_text(CUE.format("from the sidecar"))
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert (text.source, text.lines[0].text) == ("sidecar", "from the sidecar")


def test_the_track_without_a_sidecar(film: Path) -> None:
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert (text.source, text.lines[0].text) == ("embedded", "from the track")


def test_a_broken_sidecar_is_named_and_the_next_best_is_taken(film: Path) -> None:
    film.with_suffix(".srt").write_text("nothing")
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert (text.source, text.lines[0].text) == ("embedded", "from the track")
    assert text.warnings == (
        f"{film.with_suffix('.srt')}: no subtitle with a time in it; correct or remove it",
    )
    film.with_suffix(".en.srt").write_text(CUE.format("from the other"))
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert (text.source, text.lines[0].text) == ("sidecar", "from the other")


def test_forced_subtitles_add_to_the_sidecar_and_to_the_track(film: Path) -> None:
    forced = film.with_suffix(".en.forced.srt")
    forced.write_text(CUE.format("a sign"))
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert [line.text for line in text.lines] == ["from the track", "a sign"]
    assert text.source == "embedded"
    film.with_suffix(".srt").write_text(CUE.format("from the sidecar"))
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert [line.text for line in text.lines] == ["from the sidecar", "a sign"]
    assert (text.source, text.origin) == ("sidecar", "film.srt and film.en.forced.srt")


def test_forced_subtitles_of_another_language_are_for_another_audience(film: Path) -> None:
    film.with_suffix(".en.srt").write_text(CUE.format("from the sidecar"))
    film.with_suffix(".de.forced.srt").write_text(CUE.format("ein Schild"))
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert [line.text for line in text.lines] == ["from the sidecar"]


def test_a_forced_track_adds_to_the_full_one(ffmpeg: FFmpeg, tmp_path: Path) -> None:
    full, forced = tmp_path / "full.srt", tmp_path / "forced.srt"
    full.write_text(CUE.format("said"))
    forced.write_text(CUE.format("said") + "\n" + CUE.format("a sign"))
    film = ffmpeg(
        "-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=3", "-i", full, "-i", forced,
        "-map", "0", "-map", "2", "-map", "1", "-disposition:s:0", "forced", "film.mkv",
    )  # fmt: skip
    text = read_timed_text(probe(film), TextSettings(), None, silent)
    assert [line.text for line in text.lines] == ["said", "a sign"]


@pytest.fixture
def trailer(media: Path, ffmpeg: FFmpeg, models: Models) -> tuple[Path, Transcribe]:
    """The start of Sintel's trailer without its sidecar, and what is spoken in it."""
    start = ["-t", "16", "-i", media / "sintel_trailer_720p.mp4"]
    film = ffmpeg(*start, "-c", "copy", "trailer.mp4")
    sound = ["-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le"]
    return film, partial(models.transcribe, ffmpeg("-i", film, *sound, "audio.s16"))


def test_transcription_when_there_is_neither(trailer: tuple[Path, Transcribe]) -> None:
    film, spoken = trailer
    text = read_timed_text(probe(film), TextSettings(), spoken, silent)
    assert text.source == "transcription"
    assert "gatekeepers" in text.lines[0].text


def test_forced_subtitles_add_to_speech(trailer: tuple[Path, Transcribe]) -> None:
    film, spoken = trailer
    film.with_suffix(".en.forced.srt").write_text(CUE.format("a sign"))
    text = read_timed_text(probe(film), TextSettings(), spoken, silent)
    assert text.source == "transcription"
    assert text.lines[0].text == "a sign"
    assert any("gatekeepers" in line.text for line in text.lines)


def test_no_transcription_when_it_is_off_or_there_is_no_sound(
    trailer: tuple[Path, Transcribe],
) -> None:
    film, spoken = trailer
    off = TextSettings(transcribe=False)
    assert read_timed_text(probe(film), off, spoken, silent) == NONE
    assert read_timed_text(probe(film), TextSettings(), None, silent) == NONE


def test_another_spoken_language_is_not_put_into_english_words(
    trailer: tuple[Path, Transcribe], caplog: pytest.LogCaptureFixture
) -> None:
    film, spoken = trailer
    media = probe(film)
    german = replace(media, audio_tracks=(replace(media.audio_tracks[0], language="de"),))
    with caplog.at_level(logging.WARNING):
        assert read_timed_text(german, TextSettings(), spoken, silent) == NONE
    assert "spoken in 'de'" in caplog.text
