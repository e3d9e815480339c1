"""Speech in real films is written down; music is not turned into words."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from faster_whisper.transcribe import Word  # type: ignore[import-untyped]
from faster_whisper.vad import get_vad_model  # type: ignore[import-untyped]
from numpy.typing import NDArray

from indexer.models import Models
from indexer.records import TimedText
from indexer.text import transcription
from indexer.text.encoding import read_text
from indexer.text.parsing import parse
from indexer.text.speech import ANY_LANGUAGE
from indexer.text.transcription import CHUNK, RATE, VOICE_BATCH, InBatches
from indexer.whisper import Whisper

FFmpeg = Callable[..., Path]


def sound(ffmpeg: FFmpeg, film: Path, *cut: str) -> Path:
    return ffmpeg(*cut, "-i", film, "-vn", "-ac", "1", "-ar", str(RATE), "-f", "s16le", "audio.s16")


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def silent(_: float) -> None:
    pass


@pytest.fixture
def trailer(media: Path, ffmpeg: FFmpeg) -> Path:
    """The sound of Sintel's trailer: four spoken lines under loud music."""
    return sound(ffmpeg, media / "sintel_trailer_720p.mp4")


def test_the_trailer_is_written_down_as_its_subtitles_have_it(
    media: Path, trailer: Path, models: Models
) -> None:
    done: list[float] = []
    text = models.transcribe(trailer, done.append)
    assert (text.source, text.language) == ("transcription", "en")
    truth = parse(read_text(media / "sintel_trailer_720p.en.srt")).lines
    said, heard = ([w for line in lines for w in words(line.text)] for lines in (truth, text.lines))
    assert len(set(said) & set(heard)) / len(set(said)) > 0.8
    assert len(set(heard) - set(said)) <= 5
    for line in truth:
        near = min(text.lines, key=lambda other: abs(other.start - line.start))
        assert abs(near.start - line.start) < 1.0
        assert abs(near.end - line.end) < 1.6
    assert done[-1] == 1


def test_the_voice_detector_finds_the_same_in_batches() -> None:
    sound = np.random.default_rng(3).normal(size=(VOICE_BATCH * 2 + 7) * 512).astype(np.float32)
    detector = get_vad_model.__wrapped__()  # Not the one that the process keeps.
    whole = detector(sound)
    detector.session = InBatches(detector.session)
    np.testing.assert_allclose(detector(sound), whole, atol=1e-6)


@pytest.mark.parametrize("film", ["big_buck_bunny_360p.mp4", "tears_of_steel_battle_clip.webm"])
def test_music_and_battle_give_no_lines(
    media: Path, ffmpeg: FFmpeg, models: Models, film: str
) -> None:
    assert models.transcribe(sound(ffmpeg, media / film, "-t", "60"), silent).lines == ()


def test_a_concert_gives_no_lines(samples: Path, ffmpeg: FFmpeg, models: Models) -> None:
    assert models.transcribe(sound(ffmpeg, samples / "video" / "demo.mp4"), silent).lines == ()


@pytest.mark.parametrize("content", [b"", bytes(100), bytes(RATE * 2)], ids=len)
def test_silence_and_no_sound(tmp_path: Path, models: Models, content: bytes) -> None:
    audio = tmp_path / "audio.s16"
    audio.write_bytes(content)
    nothing = TimedText((), "transcription", "en", "whisper tiny.en")
    assert models.transcribe(audio, silent) == nothing


def test_lines_late_in_a_long_film_keep_their_time(
    trailer: Path, tmp_path: Path, models: Models
) -> None:
    """Speech across the place where a long sound is parted, and the progress of the parts."""
    speech = np.fromfile(trailer, np.int16)[11 * RATE : 21 * RATE]
    before = np.zeros((CHUNK - 9) * RATE, np.int16)
    path = tmp_path / "long.s16"
    np.concatenate([before, speech]).tofile(path)
    done: list[float] = []
    lines = models.transcribe(path, done.append).lines
    assert models.transcribe(path, silent).lines == lines
    shift = CHUNK - 9 - 11
    assert len(done) == 2
    assert [round(line.start - shift) for line in lines] == [12, 18]
    assert "gatekeepers" in lines[0].text
    assert "searching" in lines[1].text


class Polyglot:
    """Hears German in all passages but music, in which it hears a little of everything."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def detect_language(self, passage: NDArray[np.float32]) -> tuple[str, float, Any]:
        likely = [("de", 0.9), ("en", 0.05)] if passage.max() > 0.1 else [("la", 0.2), ("de", 0.1)]
        return *likely[0], likely

    def transcribe(self, passage: NDArray[np.float32], language: str, **_: Any) -> Any:
        self.asked.append(language)
        said = [Word(0.1, 0.5, " Guten", 0.9), Word(0.5, 0.9, " Tag.", 0.9)]
        return [SimpleNamespace(words=said, text=" Guten Tag.")], None


@pytest.mark.parametrize(
    ("given", "spoken"), [(None, "de"), ("fr", "fr")], ids=["found out", "as the film says"]
)
def test_a_network_of_many_languages_writes_in_that_of_the_title(
    given: str | None, spoken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = [{"start": 0, "end": RATE}, {"start": RATE, "end": 3 * RATE}]
    monkeypatch.setattr(transcription, "get_speech_timestamps", lambda *_: passages)
    sound = np.concatenate([np.full(RATE, 300, "<i2"), np.full(2 * RATE, 9000, "<i2")])
    sound.tofile(tmp_path / "sound.s16")
    network = Polyglot()
    text = transcription.transcribe(
        cast(Whisper, network), ANY_LANGUAGE, tmp_path / "sound.s16", silent, given
    )
    assert (text.language, text.origin) == (spoken, "whisper base")
    assert set(network.asked) == {spoken}
    assert [line.text for line in text.lines] == ["Guten Tag."] * 2


def test_where_nobody_speaks_there_is_no_language(tmp_path: Path) -> None:
    np.zeros(RATE, "<i2").tofile(tmp_path / "sound.s16")
    network = cast(Whisper, Polyglot())
    text = transcription.transcribe(network, ANY_LANGUAGE, tmp_path / "sound.s16", silent)
    assert (text.lines, text.language) == ((), None)
