"""The values of each kind of look."""

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
