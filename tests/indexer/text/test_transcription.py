"""Speech in real films is written down; music is not turned into words."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model  # type: ignore[import-untyped]

from indexer.models import Models
from indexer.records import TimedText
from indexer.text.encoding import read_text
from indexer.text.parsing import parse
from indexer.text.transcription import CHUNK, RATE, VOICE_BATCH, InBatches

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
