"""Loudness after ITU-R BS.1770-5 and EBU R 128, of the mono sound that the decode pass keeps.

The standard measures all channels at their own rate. Of 16 kHz mono, what lies above 8 kHz is
missing, and so is what channels do not share. ``MISSING`` makes good for it on average;
``bench/sound.py`` prints how far it is from ffmpeg's ``ebur128``.
"""

from math import pi, tan
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = 0.1
"""Seconds of a block, whose energy is kept."""
_MOMENT = 4
"""Blocks of a momentary value, which gates compare: 400 ms."""
_OFFSET = -0.691
_MONO = 3.01
"""dB by which two equal channels are louder than their mean by itself."""
MISSING = 1.5
"""dB that high frequencies, and sound that differs between channels, add on average."""
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
SILENCE = -100.0
"""LUFS that stand for no sound at all."""

Energy = NDArray[np.float32]
"""Mean squares of the weighted sound, one for each block; 1 is full scale."""


class KWeighting:
    """The filter of the standard: a shelf for the head and a high pass, over parts of one sound.

    The standard lists coefficients for 48 kHz. These are of the analog filters behind them (as
    libebur128 has them), at any rate.
    """

    def __init__(self, rate: int) -> None:
        self._sections = np.stack([_shelf(rate), _high_pass(rate)])
        self._state = np.zeros((2, 2))

    def __call__(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the samples that follow those of the last call, weighted."""
        from scipy.signal import sosfilt  # type: ignore[import-untyped]

        weighted: NDArray[np.float64]
        weighted, self._state = sosfilt(self._sections, samples, zi=self._state)
        return weighted


def energies(samples: NDArray[np.float64], block: int) -> Energy:
    """Return the mean square of each block of weighted samples; a shorter last one counts."""
    starts = np.arange(0, len(samples), block)
    lengths = np.diff([*starts, len(samples)])
    means = np.add.reduceat(np.square(samples), starts) / lengths if len(starts) else samples
    return means.astype(np.float32)


def loudness(energy: Any) -> Any:
    """Return the loudness in LUFS of a mean energy, or of each; ``SILENCE`` at least."""
    floor = 10 ** ((SILENCE - _OFFSET - _MONO - MISSING) / 10)
    return _OFFSET + _MONO + MISSING + 10 * np.log10(np.maximum(energy, floor))


def momentary(energy: Energy) -> Energy:
    """Return the energy of each 400 ms, in steps of a block; of less sound, that of all."""
    if len(energy) < _MOMENT:
        return energy.mean(keepdims=True) if len(energy) else energy
    sums = np.convolve(energy.astype(np.float64), np.ones(_MOMENT), "valid")
    return (sums / _MOMENT).astype(np.float32)


def integrated(energy: Energy) -> float:
    """Return the loudness of a span in LUFS, by both gates of the standard.

    ``SILENCE`` if nothing in it passes the first.
    """
    moments = momentary(energy)
    heard = moments[loudness(moments) > _ABSOLUTE_GATE]
    if not len(heard):
        return SILENCE
    heard = heard[loudness(heard) > loudness(heard.mean()) + _RELATIVE_GATE]
    return float(loudness(heard.mean()))


def _shelf(rate: int) -> list[float]:
    """Return the section that raises what the head reflects: 4 dB from 1.7 kHz on."""
    k, q = tan(pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a = 1 + k / q + k * k
    return [
        (high + band * k / q + k * k) / a,
        2 * (k * k - high) / a,
        (high - band * k / q + k * k) / a,
        1.0,
        2 * (k * k - 1) / a,
        (1 - k / q + k * k) / a,
    ]


def _high_pass(rate: int) -> list[float]:
    """Return the section that lowers what is below 38 Hz."""
    k, q = tan(pi * 38.13547087602444 / rate), 0.5003270373238773
    a = 1 + k / q + k * k
    return [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a, (1 - k / q + k * k) / a]
