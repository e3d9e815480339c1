"""What is heard along a title: loudness, speech and music in steps of a tenth of a second."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.decoding import SAMPLE_RATE
from indexer.soundtrack.loudness import STEP, Energy, KWeighting, energies, integrated, loudness
from indexer.soundtrack.networks import FRAMES_PER_SECOND, Networks, Probabilities, detect

SURE = 0.5
"""How sure a block must be of speech or music to count."""
_BLOCK = round(STEP * SAMPLE_RATE)
_PART = 30 * SAMPLE_RATE
"""Samples measured at once, so that memory does not grow with the film."""


@dataclass(frozen=True, eq=False)
class Soundtrack:
    """The sound of a title from its first frame on, in blocks of ``STEP`` seconds: [blocks] each.

    ``energy`` as in ``loudness``; ``speech`` and ``music``: how sure it is that they are heard, 0
    to 1. All are empty where a title has no sound.
    """

    energy: Energy
    speech: Probabilities
    music: Probabilities

    @cached_property
    def programme(self) -> float:
        """The integrated loudness of the whole in LUFS."""
        return integrated(self.energy)

    @cached_property
    def _sums(self) -> NDArray[np.float64]:
        """[blocks + 1]: the energy before each block, and that of all."""
        return np.concatenate(([0.0], np.cumsum(self.energy, dtype=np.float64)))

    def between(self, start: float, end: float) -> "Soundtrack":
        """Return the blocks from ``start`` to ``end`` seconds: one at least, if the sound lasts.

        A block that a border divides belongs to where most of it lies.
        """
        first = round(start / STEP)
        inside = slice(first, max(first + 1, round(end / STEP)))
        return Soundtrack(self.energy[inside], self.speech[inside], self.music[inside])

    @cached_property
    def speech_spans(self) -> list[tuple[float, float]]:
        """Where somebody speaks: starts and ends in seconds, in order."""
        heard = np.concatenate(([False], self.speech >= SURE, [False]))
        edges = np.flatnonzero(heard[1:] != heard[:-1])
        return [(start * STEP, end * STEP) for start, end in edges.reshape(-1, 2).tolist()]

    def levels_at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the loudness in LUFS around moments: of a second, half of it before each."""
        places = np.rint(seconds / STEP).astype(np.intp)
        reach = round(0.5 / STEP)
        first, end = (np.clip(places + each, 0, len(self.energy)) for each in (-reach, reach))
        means = (self._sums[end] - self._sums[first]) / np.maximum(end - first, 1)
        levels: NDArray[np.float64] = loudness(means)
        return levels


def measure(
    samples: NDArray[Any], networks: Networks, report: Callable[[float], None]
) -> Soundtrack:
    """Return what is heard in a title.

    Args:
        samples: its sound, int16 at 16 kHz, mono; not empty.
        networks: for speech and music.
        report: takes the part, 0 to 1, that is done.
    """
    weigh = KWeighting(SAMPLE_RATE)
    energy, heard = [], []
    for start in range(0, len(samples), _PART):
        own = samples[start : start + _PART]
        energy.append(energies(weigh(own / 32768), _BLOCK))
        end = start + len(energy[-1]) * _BLOCK
        heard.append([_blocks(each) for each in detect(networks, samples, start, end)])
        report(min(1.0, (start + _PART) / len(samples)))
    speech, music = np.concatenate(heard, axis=1)
    return Soundtrack(np.concatenate(energy), speech, music)


def _blocks(probabilities: Probabilities) -> Probabilities:
    means: Probabilities = probabilities.reshape(-1, round(STEP * FRAMES_PER_SECOND)).mean(axis=1)
    return means
