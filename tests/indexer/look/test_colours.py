"""Colours by name, and how warm they are."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageColor

from indexer.look.colours import colour_shares, read_colours, temperature, to_lab

KNOWN = {
    "black": ("black", "#0a0a0f"),
    "grey": ("grey", "dimgrey", "silver"),
    "white": ("white", "whitesmoke"),
    "red": ("red", "firebrick", "darkred", "crimson"),
    "orange": ("orange", "darkorange"),
    "brown": ("saddlebrown", "sienna", "#5c4033"),
    "yellow": ("yellow", "gold", "khaki"),
    "green": ("green", "limegreen", "forestgreen", "olivedrab", "yellowgreen"),
    "turquoise": ("turquoise", "darkcyan", "lightseagreen"),
    "blue": ("blue", "navy", "royalblue", "skyblue", "steelblue"),
    "purple": ("purple", "darkviolet", "rebeccapurple"),
    "pink": ("pink", "hotpink", "lightpink"),
}
"""Colours of CSS by the name that they are to have."""


def painted(*colours: str) -> NDArray[np.uint8]:
    """Return a picture of equal stripes of colours of CSS."""
    pixels = [ImageColor.getrgb(colour)[:3] for colour in colours]
    return np.repeat(np.array([pixels], np.uint8), 6, axis=0)


@pytest.mark.parametrize(("name", "css"), [(n, each) for n, own in KNOWN.items() for each in own])
def test_a_colour_has_its_name(name: str, css: str) -> None:
    shares = colour_shares(read_colours(painted(css)))
    assert {each for each, share in shares.items() if share > 0} == {name}


def test_shares_make_one() -> None:
    shares = colour_shares(read_colours(painted("red", "red", "blue", "white")))
    assert shares["red"] == pytest.approx(0.5)
    assert shares["blue"] == shares["white"] == pytest.approx(0.25)
    assert sum(shares.values()) == pytest.approx(1)


def test_lab_is_that_of_the_standard() -> None:
    # Of sRGB's primaries under D65, by Bruce Lindbloom's calculator.
    lab = to_lab(painted("red", "lime", "blue", "white"))[0]
    red, green, blue = (53.24, 80.09, 67.20), (87.73, -86.18, 83.18), (32.30, 79.19, -107.86)
    expected = np.array([red, green, blue, (100, 0, 0)])
    np.testing.assert_allclose(lab, expected, atol=0.05)


def test_temperature_leans_to_the_stronger_side() -> None:
    warm, cold = (temperature(read_colours(painted(each))) for each in ("darkorange", "royalblue"))
    assert warm > 0.7
    assert cold < -0.7
    assert temperature(read_colours(painted("grey"))) == pytest.approx(0, abs=0.01)
    assert abs(temperature(read_colours(painted("green")))) < 0.1
    assert abs(temperature(read_colours(painted("darkorange", "royalblue")))) < 0.2
