"""What is seen and heard in shots and clips, as values of a kind, such as ``brightness:dark``.

Points hold the values of all kinds in one field with one index.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import get_args

from indexer.framing.names import People, Size
from indexer.look.names import Brightness, Camera, Colour, Motion, Temperature
from indexer.onscreen.names import OnScreen
from indexer.records import Clip, Shot
from indexer.soundtrack.names import Heard, Loudness

GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Look and movement": {
        "brightness": get_args(Brightness),
        "temperature": get_args(Temperature),
        "colour": get_args(Colour),
        "motion": get_args(Motion),
        "camera": get_args(Camera),
    },
    "Framing and people": {
        "people": get_args(People),
        "shot_size": get_args(Size),
    },
    "Text on screen": {"onscreen": get_args(OnScreen)},
    "Sound": {"sound": get_args(Heard), "loudness": get_args(Loudness)},
}
"""The kinds as pages show them together, and all values of each."""

VALUES: Mapping[str, tuple[str, ...]] = {
    kind: values for kinds in GROUPS.values() for kind, values in kinds.items()
}
"""All kinds, and their values."""

PERSON = "person"
"""A kind with no fixed values: they are numbers of groups of faces of the title, see
``indexer.who``. Whose they are is in the database."""

FIELD = "look"
"""The field of a point; it has the name of the kinds that came first."""
_OF_CLIP = "clip:"


def stored(kind: str, value: str) -> str:
    """Return a value as the point has it that it describes."""
    return f"{kind}:{value}"


def stored_of_clip(value: str) -> str:
    """Return a stored value of a clip as the clip's shots have it, beside those of their own."""
    return f"{_OF_CLIP}{value}"


def own_values(values: Sequence[str]) -> list[str]:
    """Return the stored values of a point without those of its clip."""
    return [each for each in values if not each.startswith(_OF_CLIP)]


def split(values: Sequence[str]) -> dict[str, list[str]]:
    """Return the stored values of a point without those of its clip, by field of a hit.

    ``sound`` has those of sound, and ``look`` has all that is seen. Groups of faces are left out:
    their numbers tell nothing without the names that people give them.
    """
    found: dict[str, list[str]] = {"look": [], "sound": []}
    for value in own_values(values):
        kind = value.partition(":")[0]
        if kind == PERSON:
            continue
        found["sound" if kind in GROUPS["Sound"] else "look"].append(value)
    return found


def values_of_clip(
    clip: Clip, shots: Sequence[Shot], values: Sequence[Sequence[str]], share: float
) -> list[str]:
    """Return the stored values that hold for enough of a clip's frames.

    Args:
        clip: one clip.
        shots: of its title.
        values: of each shot.
        share: of the clip's frames, at least.
    """
    frames: Counter[str] = Counter()
    for shot in shots[clip.first_shot : clip.end_shot]:
        for value in values[shot.index]:
            frames[value] += shot.end_frame - shot.start_frame
    least = share * (clip.end_frame - clip.start_frame)
    return [value for value, count in frames.items() if count >= least]
