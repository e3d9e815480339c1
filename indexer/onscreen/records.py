"""What was read of a shot."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """The place of a line: parts (0 to 1) of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Its height, as a part of the picture's."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class ScreenLine:
    """A line of text in a still: ``score`` (0 to 1) is how certain the network is."""

    frame: int
    text: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class ScreenStill:
    """A still with text: ``found`` is how many lines were found, of which some may be read.

    Once as many lines of a shot are read as may be, what looks like text counts as text, with 0
    lines found.
    """

    frame: int
    found: int


@dataclass(frozen=True, slots=True)
class ReadShot:
    """The text of a shot: a still without lines of its own shows what was read before it."""

    stills: tuple[ScreenStill, ...] = ()
    lines: tuple[ScreenLine, ...] = ()
