"""Small frames of made shots: blurred patches that a slow pan moves."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Frames = NDArray[np.uint8]
COLOURS = {"white": (255, 255, 255), "black": (0, 0, 0), "red": (200, 20, 20)}


def shot(seed: int, length: int) -> Frames:
    """Return a shot of its own for every seed: [length, 27, 48, 3]."""
    patches = np.random.default_rng(seed).integers(20, 236, (5, 12, 3)).astype(np.uint8)
    wide = np.asarray(Image.fromarray(patches).resize((200, 27), Image.Resampling.BILINEAR))
    return np.stack([wide[:, frame // 8 : frame // 8 + 48] for frame in range(length)])


def blend(frames: Frames, colour: str, share: NDArray[np.float64] | float) -> Frames:
    """Mix a colour into frames; ``share`` is a number or [n]: 1 leaves nothing of them."""
    part = np.reshape(share, (-1, 1, 1, 1))
    mixed: Frames = np.rint(frames * (1 - part) + np.array(COLOURS[colour]) * part).astype(np.uint8)
    return mixed


def with_bars(frames: Frames) -> Frames:
    """Cover the rows of a letter box."""
    covered = frames.copy()
    covered[:, :4] = covered[:, -4:] = 16
    return covered
