"""Loudness against ffmpeg's own meter, and by the tones that EBU Tech 3341 names."""

import re
import subprocess
from math import pi
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.soundtrack.loudness import (
    MISSING,
    SILENCE,
    KWeighting,
    energies,
    integrated,
    loudness,
    momentary,
)

RATE = 16_000
BLOCK = 1_600

Samples = NDArray[np.float64]


def sine(seconds: float, decibels: float, hertz: float = 1000.0) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    wave: Samples = 10 ** (decibels / 20) * np.sin(2 * pi * hertz * time)
    return wave


def energy_of(samples: Samples) -> NDArray[np.float32]:
    return energies(KWeighting(RATE)(samples), BLOCK)


def measured_by_ffmpeg(samples: Samples, folder: Path) -> tuple[list[float], float]:
    """Return the momentary and the integrated loudness of the same sound in both channels."""
    path = folder / "sound.s16"
    path.write_bytes(np.rint(samples * 32767).astype("<i2").tobytes())
    run = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-f", "s16le", "-ar", str(RATE)),
            *("-ac", "1", "-i", str(path), "-af"),
            "pan=stereo|c0=c0|c1=c0,ebur128=metadata=1,ametadata=print:file=-",
            *("-f", "null", "-"),
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    found = {
        name: [float(each) for each in re.findall(rf"r128\.{name}=(\S+)", run.stdout)]
        for name in "MI"
    }
    return found["M"], found["I"][-1]


@pytest.mark.parametrize("decibels", [-23.0, -33.0])
def test_a_tone_in_both_channels_is_as_loud_as_the_standard_says(decibels: float) -> None:
    # EBU Tech 3341, cases 1 and 2: stereo sines of 1 kHz.
    assert integrated(energy_of(sine(20, decibels))) - MISSING == pytest.approx(decibels, abs=0.1)


def test_gates_leave_out_what_is_much_quieter() -> None:
    # EBU Tech 3341, case 3: 10 s at -36, 60 s at -23, 10 s at -36.
    parts = [sine(10, -36), sine(60, -23), sine(10, -36)]
    assert integrated(energy_of(np.concatenate(parts))) - MISSING == pytest.approx(-23, abs=0.1)


def test_values_are_those_of_ffmpeg(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    time = np.arange(8 * RATE) / RATE
    # Noise and tones that rise, fall and stop.
    samples = draw.normal(0, 0.05, len(time)) * np.abs(np.sin(time)) + sine(8, -20, 300)
    samples[3 * RATE : 4 * RATE] *= 0.001
    expected, whole = measured_by_ffmpeg(samples, tmp_path)
    energy = energy_of(samples)
    found = loudness(momentary(energy)) - MISSING
    # ffmpeg gives its first values of less than 400 ms.
    assert found == pytest.approx(np.array(expected[3:]), abs=0.15)
    assert integrated(energy) - MISSING == pytest.approx(whole, abs=0.15)


def test_parts_give_what_the_whole_gives() -> None:
    samples = np.random.default_rng(2).normal(0, 0.1, 5 * BLOCK + 7)
    weigh = KWeighting(RATE)
    parts = [energies(weigh(samples[at : at + 2 * BLOCK]), BLOCK) for at in (0, 3200, 6400)]
    assert np.concatenate(parts) == pytest.approx(energy_of(samples))
    assert len(energy_of(samples)) == 6


def test_silence_has_a_value_and_a_short_sound_is_measured_as_it_is() -> None:
    assert integrated(energy_of(np.zeros(RATE))) == SILENCE
    assert float(loudness(0.0)) == pytest.approx(SILENCE)
    assert integrated(energy_of(sine(0.2, -20))) - MISSING == pytest.approx(-20, abs=0.5)
    assert len(energies(np.zeros(0), BLOCK)) == 0
