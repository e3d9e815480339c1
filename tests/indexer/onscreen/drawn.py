"""Stills with text, drawn."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (448, 252)


def card(
    lines: Mapping[str, tuple[float, float]], size: float = 20, ground: Image.Image | None = None
) -> Image.Image:
    """Return a picture with lines, each with its middle at a place (0 to 1); black by default."""
    picture = Image.new("RGB", SIZE) if ground is None else ground.copy()
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size)
    for text, (x, y) in lines.items():
        place = (x * picture.width, y * picture.height)
        draw.text(place, text, "white", font, anchor="mm", stroke_width=1, stroke_fill="black")
    return picture


def save(folder: Path, stills: Mapping[int, Image.Image]) -> None:
    """Write stills by their frames."""
    for frame, picture in stills.items():
        picture.save(folder / f"{frame}.jpg", quality=90)
