"""The names of looks: kinds such as ``brightness``, and their values such as ``dark``.

Points hold them as ``brightness:dark``, all in one field with one index.
"""

from typing import Literal, get_args

Brightness = Literal["dark", "normal", "bright"]
Temperature = Literal["warm", "neutral", "cold"]
Hue = Literal[
    "black", "grey", "white", "red", "orange", "brown", "yellow", "green", "turquoise", "blue",
    "purple", "pink",
]  # fmt: skip
Colour = Literal[Hue, "black-and-white"]
Motion = Literal["static", "calm", "lively"]
Camera = Literal["fixed", "pan", "tilt", "zoom"]

HUES: tuple[Hue, ...] = get_args(Hue)

VALUES: dict[str, tuple[str, ...]] = {
    "brightness": get_args(Brightness),
    "temperature": get_args(Temperature),
    "colour": get_args(Colour),
    "motion": get_args(Motion),
    "camera": get_args(Camera),
}
"""The kinds, and all values of each."""

FIELD = "look"
"""The field of a point."""
_OF_CLIP = "clip:"


def stored(kind: str, value: str) -> str:
    """Return a value as the point has it whose look it is."""
    return f"{kind}:{value}"


def stored_of_clip(value: str) -> str:
    """Return a stored value of a clip as the clip's shots have it, beside those of their own."""
    return f"{_OF_CLIP}{value}"


def own_values(values: list[str]) -> list[str]:
    """Return the stored values of a point without those of its clip."""
    return [each for each in values if not each.startswith(_OF_CLIP)]
