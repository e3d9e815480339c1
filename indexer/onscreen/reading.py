"""Which stills of a shot are read, and what is kept of them.

Most stills have no text: edges tell, for a millisecond each. Of those that may have some, one is
looked at, and the others wait: what a title says stands for seconds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from indexer.onscreen.edges import Grey, may_have_text, read_grey, show_the_same
from indexer.onscreen.records import ReadShot, ScreenLine, ScreenStill
from indexer.pipeline_sections import OnScreenSettings

if TYPE_CHECKING:
    from indexer.onscreen.network import TextNetwork

_AGAIN = 2.0
"""Seconds from a still with text to the next that is read: a card stands for longer."""
_LONGEST_WAIT = 4.0
"""Seconds to which the wait grows after stills that only looked as if they had text."""
_MINUTE = 60  # seconds
_OF_A_STILL = 20
"""Lines that are read of one still, the largest ones."""
_LETTERS, _SIGNS = 3, 2
"""What a line has at least: letters or digits, or signs of a script without letters. What the
network invents is shorter, such as an X of two branches."""
_FIRST_SIGN = "\u2e80"
"""From here on scripts have signs for syllables and words."""


@dataclass(frozen=True)
class Reader:
    """Reads the text of a title's shots. Thread-safe.

    Args:
        still: returns the file of a frame's still.
        network: returns the network; not called where no still may have text.
        settings: which stills are looked at, and what is kept.
        fps: frames per second of the title's grid.
    """

    still: Callable[[int], Path]
    network: "Callable[[], TextNetwork]"
    settings: OnScreenSettings
    fps: float

    def read(self, frames: Sequence[int]) -> ReadShot:
        """Return the text of a shot.

        Args:
            frames: those of its stills, in order.
        """
        stills: list[ScreenStill] = []
        lines: list[ScreenLine] = []
        last: Grey | None = None
        shown, until, wait = 0, 0.0, 1.0
        for frame in thinned(frames, self.fps / self.settings.stills_per_second):
            grey = read_grey(self.still(frame))
            if not may_have_text(grey):
                continue
            left = self._most(frame - frames[0]) - len(lines)
            if left <= 0:
                stills.append(ScreenStill(frame, 0))
                continue
            if last is not None and show_the_same(last, grey):
                stills += [ScreenStill(frame, shown)] if shown else []
                continue
            if frame < until:
                continue
            shown, own = self._read_still(frame, left)
            last, lines = grey, [*lines, *own]
            if own:
                stills.append(ScreenStill(frame, shown))
                wait = 1.0
                until = frame + _AGAIN * self.fps
            else:
                shown = 0
                until = frame + wait * self.fps
                wait = min(2 * wait, _LONGEST_WAIT)
        return ReadShot(tuple(stills), tuple(lines))

    def _most(self, frames: int) -> int:
        """Return how many lines may be read in so many frames of a shot."""
        return self.settings.most_lines * (1 + int(frames / self.fps / _MINUTE))

    def _read_still(self, frame: int, most: int) -> tuple[int, list[ScreenLine]]:
        """Return how many lines a still has, and those that are kept, from top to bottom."""
        with Image.open(self.still(frame)) as image:
            picture = image.convert("RGB")
        network = self.network()
        boxes = network.find(picture, self.settings.side)
        largest = sorted(boxes, key=lambda each: -each.height)[: min(most, _OF_A_STILL)]
        read = ((*network.read(picture, box), box) for box in boxes if box in largest)
        kept = [
            ScreenLine(frame, text, score, box)
            for text, score, box in read
            if score >= self.settings.least_score and _is_text(text)
        ]
        return len(boxes), kept


def thinned(frames: Sequence[int], step: float) -> Iterator[int]:
    """Yield frames at least ``step`` apart, the middle one among them."""
    if not frames:
        return
    middle = frames[len(frames) // 2]
    before: float = middle
    earlier = []
    for frame in reversed(frames[: len(frames) // 2]):
        if before - frame >= step:
            earlier.append(frame)
            before = frame
    yield from reversed(earlier)
    yield middle
    after: float = middle
    for frame in frames[len(frames) // 2 + 1 :]:
        if frame - after >= step:
            yield frame
            after = frame


def _is_text(text: str) -> bool:
    letters = [each for each in text if each.isalnum()]
    signs = sum(each >= _FIRST_SIGN for each in letters)
    return signs >= _SIGNS or len(letters) - signs >= _LETTERS
