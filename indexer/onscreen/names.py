"""The names of text on screen: what a shot with text has."""

from typing import Literal

OnScreen = Literal["text", "subtitles", "credits"]
