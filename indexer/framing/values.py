"""People and shot size in words, such as ``people:2`` and ``shot_size:close-up``."""

from collections.abc import Sequence
from statistics import median

from indexer.framing.faces import Face
from indexer.framing.names import People, Size
from indexer.pipeline_sections import FramingSettings
from indexer.traits import stored

_MANY = 3


def values_of_shot(
    stills: Sequence[Sequence[Face]], picture: float, settings: FramingSettings
) -> list[str]:
    """Return the values of a shot.

    Args:
        stills: the faces in each of its stills.
        picture: height of the picture without bars, as a part of the frame's.
        settings: how sure a face must be, and how high in which size of shot.
    """
    sure = [[face for face in faces if face.score >= settings.certain] for faces in stills]
    found = [stored("people", _people(max(map(len, sure), default=0)))]
    heights = [max(face.height for face in faces) / picture for faces in sure if faces]
    if heights:
        found.append(stored("shot_size", _size(median(heights), settings)))
    return found


def _people(count: int) -> People:
    named: tuple[People, ...] = ("0", "1", "2", "3+")
    return named[min(count, _MANY)]


def _size(height: float, settings: FramingSettings) -> Size:
    bounds: tuple[tuple[float, Size], ...] = (
        (settings.extreme_close_up, "extreme-close-up"),
        (settings.close_up, "close-up"),
        (settings.medium_close_up, "medium-close-up"),
        (settings.medium, "medium"),
    )
    return next((size for least, size in bounds if height >= least), "wide")
