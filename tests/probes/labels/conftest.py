"""Labels, and titles that answer without a catalogue."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from probes.labels.matching import ShotTimes
from probes.labels.records import Label, LabelError

MakeLabel = Callable[..., Label]


@pytest.fixture
def make_label() -> MakeLabel:
    """Make a label; what is not said is the same for all."""

    def make(**said: object) -> Label:
        usual: dict[str, object] = {
            **{"task": "tone", "class_name": "sad", "title_id": "abc", "start": 1.0, "end": 2.0},
            **{"value": 1.0, "annotator": "ann", "date": date(2026, 1, 31)},
        }
        return Label(**(usual | said))  # type: ignore[arg-type]

    return make


class OneTitle:
    """The title abc, called Film: five shots of two seconds, at 25 frames a second."""

    def find(self, name: str) -> str:
        if name not in ("abc", "Film"):
            raise LabelError(f"{name}: no such title")
        return "abc"

    def seconds(self, title_id: str) -> float:
        return 10.0

    def at_frame(self, title_id: str, frame: int) -> float:
        return frame / 25

    def at_timecode(self, title_id: str, timecode: str) -> float:
        hours, minutes, seconds, frames = map(int, timecode.replace(";", ":").split(":"))
        return (hours - 1) * 3600 + minutes * 60 + seconds + frames / 25

    def clip(self, clip_id: str) -> tuple[str, float, float]:
        if clip_id != "clip-2":
            raise LabelError(f"no clip {clip_id}")
        return "abc", 4.0, 8.0

    def shots(self, title_id: str) -> ShotTimes | None:
        cuts = np.arange(0.0, 12.0, 2.0)
        return np.stack([cuts[:-1], cuts[1:]], axis=1)


@pytest.fixture
def titles() -> OneTitle:
    return OneTitle()
