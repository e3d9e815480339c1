"""Brightness, temperature and named colours of small frames, in CIELAB (CIE 1976, D65)."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.look.names import HUES, Hue

Lab = NDArray[np.float32]
"""[..., 3]: lightness 0 to 100, and the axes green to red and blue to yellow."""

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
) / np.array([[0.95047], [1.0], [1.08883]])
_LINEAR = np.where(
    np.arange(256) <= 0.04045 * 255,
    np.arange(256) / 255 / 12.92,
    ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4,
).astype(np.float32)

_BLACK, _DEEP, _WHITE = 18.0, 30.0, 88.0
"""Lightness up to which all but strong colours are black, up to which weak ones are, and from which
weak ones are white."""
_GREY, _WEAK = 10.0, 14.0
"""Chroma up to which a colour is grey, and up to which a very dark or light one has no hue."""
_BROWN, _PINK = 58.0, 62.0
"""Lightness up to which orange and yellow are brown, and from which red is pink."""
_PEACH, _STRONG = 72.0, 30.0
"""Lightness from which orange is pink, unless it is stronger than this chroma; yellow that is
weaker is brown."""
_DEEP_BLUE = 308.0
"""Hue up to which a very strong purple is blue: CIELAB's hue of blue turns with its strength."""
_OLIVE = 98.0
"""Hue up to which dark yellow is brown; beyond, it is green."""
_ENDS: Mapping[Hue, float] = {
    "red": 40.0,
    "orange": 75.0,
    "yellow": 105.0,
    "green": 168.0,
    "turquoise": 212.0,
    "blue": 292.0,
    "purple": 332.0,
    "pink": 360.0,
}
"""Where each hue ends, in degrees from red over yellow, green and blue; it begins where the one
before ends."""
_WARM, _COLD = (-40.0, 98.0), (180.0, 295.0)
"""Hues that look warm and cold; green is neither."""
_PALE = 12.0
"""Chroma that a frame without any colour counts as when its temperature is measured."""


def to_lab(pixels: NDArray[np.uint8]) -> Lab:
    """Return sRGB pixels [..., 3] in CIELAB."""
    xyz = _LINEAR[pixels] @ _TO_XYZ.T.astype(np.float32)
    curve = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = curve[..., 0], curve[..., 1], curve[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


class Colours(NamedTuple):
    """Pixels by lightness (0 to 100), chroma (0 for grey) and hue (0 to 360 degrees)."""

    lightness: NDArray[np.float32]
    chroma: NDArray[np.float32]
    hue: NDArray[np.float32]


def read_colours(pixels: NDArray[np.uint8]) -> Colours:
    """Return the colours of sRGB pixels [..., 3]."""
    lab = to_lab(pixels)
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % np.float32(360)
    return Colours(lab[..., 0], np.hypot(lab[..., 1], lab[..., 2]), hue)


def colour_shares(colours: Colours) -> dict[Hue, float]:
    """Return the share of the pixels that each colour has; together they make 1."""
    names = _names(colours)
    counts = np.bincount(names.ravel(), minlength=len(HUES)) / names.size
    return dict(zip(HUES, counts.tolist(), strict=True))


def temperature(colours: Colours) -> float:
    """Return from -1 (all cold) over 0 to 1 (all warm) how strong colours lean."""
    _, chroma, hue = colours
    warm = chroma[_between(hue, *_WARM)].sum()
    cold = chroma[_between(hue, *_COLD)].sum()
    return float((warm - cold) / (chroma.sum() + _PALE * chroma.size))


def _names(colours: Colours) -> NDArray[np.intp]:
    """Return the index in ``HUES`` of each pixel's colour."""
    lightness, chroma, hue = colours
    ends = np.array(list(_ENDS.values()), dtype=np.float32)
    order = np.array([HUES.index(name) for name in _ENDS])
    names = order[np.minimum(np.searchsorted(ends, hue, side="right"), len(order) - 1)]
    red, orange, brown, yellow, green, blue, purple, pink = (
        HUES.index(each)
        for each in ("red", "orange", "brown", "yellow", "green", "blue", "purple", "pink")
    )
    dim = (lightness < _BROWN) | (chroma < _STRONG)
    names[(names == yellow) & dim & (hue > _OLIVE)] = green
    names[(names == yellow) & dim] = brown
    names[(names == orange) & (lightness > _PEACH) & (chroma < _STRONG)] = pink
    names[(names == orange) & (lightness < _BROWN)] = brown
    names[(names == red) & (lightness > _PINK)] = pink
    names[(names == purple) & (hue < _DEEP_BLUE) & (chroma > 2 * _STRONG)] = blue
    names[chroma < _GREY] = HUES.index("grey")
    weak = chroma < _WEAK
    names[weak & (lightness > _WHITE)] = HUES.index("white")
    dark = (chroma < _STRONG) & (lightness < _BLACK)
    names[(weak & (lightness < _DEEP)) | dark] = HUES.index("black")
    return names


def _between(hue: NDArray[np.float32], start: float, end: float) -> NDArray[np.bool_]:
    return (hue - start) % 360 < end - start
