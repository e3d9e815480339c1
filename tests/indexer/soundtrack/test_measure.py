"""What is heard along a sound, and which words stand for it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.models import Models
from indexer.pipeline_sections import SoundSettings
from indexer.soundtrack.loudness import SILENCE
from indexer.soundtrack.measure import Soundtrack, measure
from indexer.soundtrack.networks import Networks, detect
from indexer.soundtrack.table import NO_SOUND, read_soundtrack, write_soundtrack
from indexer.soundtrack.values import values_of_span

SETTINGS = SoundSettings()


def track(*parts: tuple[float, float, float, float]) -> Soundtrack:
    """Return a sound of parts: seconds, LUFS, and how sure speech and music are."""
    rows = np.concatenate(
        [
            np.tile([10 ** ((lufs - 3.82) / 10), *sure], (round(s * 10), 1))
            for s, lufs, *sure in parts
        ]
    ).astype(np.float32)
    return Soundtrack(*rows.T)


def chord(seconds: float) -> NDArray[np.int16]:
    """Return steady chords, which change every half second, as an organ plays them."""
    time = np.arange(round(seconds * 16_000)) / 16_000
    roots = 220 * 2 ** (np.array([0, 5, 7, 0])[(time * 2).astype(int) % 4] / 12)
    wave = sum(np.sin(2 * np.pi * roots * ratio * time) for ratio in (1, 1.25, 1.5, 2, 3))
    return (np.asarray(wave) * 3000).astype(np.int16)


def test_music_is_heard_in_chords_and_nothing_in_silence(models: Models) -> None:
    samples = np.concatenate([np.zeros(3 * 16_000, np.int16), chord(6)])
    reported: list[float] = []
    found = measure(samples, models.sound, reported.append)
    assert len(found.energy) == len(found.music) == len(found.speech) == 90
    assert found.music[:20].max() < 0.1
    assert (found.music[40:] > 0.5).mean() > 0.9
    assert found.speech.max() < 0.5
    assert found.energy[:29].max() == 0
    assert reported[-1] == 1


def test_parts_of_a_sound_give_what_the_whole_gives(models: Models) -> None:
    samples = chord(12)
    whole = detect(models.sound, samples, 0, len(samples))
    parts = [
        detect(models.sound, samples, at, at + 48_000) for at in range(0, len(samples), 48_000)
    ]
    for index, expected in enumerate(whole):
        assert np.concatenate([each[index] for each in parts]) == pytest.approx(expected, abs=1e-6)


def test_speech_needs_both_networks() -> None:
    def events(sure: float) -> NDArray[np.float32]:
        return np.full((500, 3), sure, np.float32)

    asked: list[int] = []

    def second(samples: NDArray[np.int16]) -> NDArray[np.float32]:
        asked.append(len(samples))
        return np.full(500, 0.2, np.float32)

    samples = np.zeros(16_000, np.int16)
    speech, music = detect(Networks(lambda _: events(0.9), second), samples, 0, 16_000)
    assert (speech.max(), music.max()) == pytest.approx((0.2, 0.9))
    detect(Networks(lambda _: events(0.3), second), samples, 0, 16_000)
    assert len(asked) == 1  # Where the first hears nobody, the second is not asked.


def test_a_span_has_words_for_what_is_heard_in_it() -> None:
    sound = track(
        (10, -20, 0, 1), (10, -20, 1, 0), (5, -40, 0, 0), (5, -12, 0, 0.4), (5, -80, 0, 0)
    )
    spans = {
        (0, 10): ["sound:music", "loudness:normal"],
        (0, 20): ["sound:speech", "sound:music", "loudness:normal"],
        (9, 20): ["sound:speech", "loudness:normal"],
        (20, 25): ["loudness:quiet"],
        (25, 30): ["loudness:loud"],
        (30, 35): ["loudness:silent"],
        (40, 45): ["loudness:silent"],  # The sound has ended.
    }
    for (start, end), expected in spans.items():
        assert values_of_span(sound, start, end, SETTINGS) == expected
    assert values_of_span(NO_SOUND, 0, 5, SETTINGS) == ["loudness:silent"]


def test_a_word_counts_as_speech_if_it_is_long_enough() -> None:
    sound = track((5, -20, 0, 0), (0.3, -20, 1, 0), (5, -20, 0, 0))
    assert values_of_span(sound, 0, 10, SETTINGS) == ["loudness:normal"]
    assert values_of_span(sound, 4.9, 5.4, SETTINGS) == ["sound:speech", "loudness:normal"]
    shorter = SoundSettings(speech_seconds=0.2)
    assert "sound:speech" in values_of_span(sound, 0, 10, shorter)


def test_how_loud_it_is_around_moments() -> None:
    sound = track((5, -20, 0, 0), (5, -50, 0, 0))
    levels = sound.levels_at(np.array([2.0, 8.0, 5.0, 100.0]))
    assert levels == pytest.approx([-20, -50, -23, SILENCE], abs=0.1)
    assert NO_SOUND.levels_at(np.array([0.0])) == pytest.approx([SILENCE])


def test_where_somebody_speaks() -> None:
    sound = track((1, -20, 1, 0), (1, -20, 0.4, 0), (0.5, -20, 0.6, 1))
    assert sound.speech_spans == [pytest.approx((0, 1)), pytest.approx((2, 2.5))]
    assert NO_SOUND.speech_spans == []


def test_a_soundtrack_is_read_as_it_was_written(tmp_path: Path) -> None:
    for number, sound in enumerate((track((1, -20, 0.3, 0.6), (1, -30, 0, 1)), NO_SOUND)):
        path = tmp_path / f"{number}.parquet"
        write_soundtrack(path, sound)
        again = read_soundtrack(path)
        for name in ("energy", "speech", "music"):
            assert getattr(again, name).tolist() == getattr(sound, name).tolist()
