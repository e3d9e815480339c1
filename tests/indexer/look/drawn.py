"""Frames drawn for the tests: a texture that a window moves over."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Frames = NDArray[np.uint8]
FPS = 24


def texture(seed: int = 0) -> Image.Image:
    """Return a picture with detail of many sizes, 480 x 270."""
    draw = np.random.default_rng(seed)
    picture = np.zeros((270, 480, 3))
    for size in (4, 8, 16, 32):
        coarse = draw.integers(0, 256, (270 // size + 1, 480 // size + 1, 3), dtype=np.uint8)
        grown = Image.fromarray(coarse).resize((480, 270), Image.Resampling.BICUBIC)
        picture += np.asarray(grown, np.float64) / 4
    return Image.fromarray(picture.astype(np.uint8))


def moved(
    seconds: float = 2.0, x: float = 0.0, y: float = 0.0, growth: float = 0.0, fps: int = FPS
) -> Frames:
    """Return frames over which the picture moves, in widths and growth a second."""
    whole, frames = texture(), []
    for place in range(round(seconds * fps)):
        time = place / fps
        scale = (1 + growth) ** -time
        left = 120 - x * time * 240 + 120 * (1 - scale)
        top = 67.5 - y * time * 240 + 67.5 * (1 - scale)
        box = (left, top, left + 240 * scale, top + 135 * scale)
        frames.append(np.asarray(whole.resize((48, 27), Image.Resampling.BOX, box)))
    return np.stack(frames)
