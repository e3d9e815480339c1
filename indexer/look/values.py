"""The look of shots and clips in words, such as ``brightness:dark``: what filters compare with."""

from collections import Counter
from collections.abc import Sequence

from indexer.look.camera import Movement
from indexer.look.measure import ShotLook
from indexer.look.names import Brightness, Camera, Motion, Temperature, stored
from indexer.pipeline_sections import LookSettings
from indexer.records import Clip, Shot

_STEADY = 0.65
"""How steadily a movement of the camera goes one way, at least."""


def values_of_shot(look: ShotLook, seconds: float, settings: LookSettings) -> list[str]:
    """Return the values of a shot with this length."""
    found = [
        stored("brightness", _brightness(look.brightness, settings)),
        stored("temperature", _temperature(look.temperature, settings)),
        stored("motion", _motion(look.movement.change, settings)),
    ]
    camera = _camera(look.movement, seconds, settings)
    if camera is not None:
        found.append(stored("camera", camera))
    if look.chroma < settings.colourless:
        found.append(stored("colour", "black-and-white"))
    shares = sorted(look.colours.items(), key=lambda each: -each[1])
    found += [stored("colour", name) for name, share in shares if share >= settings.colour_share]
    return found


def values_of_clip(
    clip: Clip, shots: Sequence[Shot], values: Sequence[Sequence[str]], settings: LookSettings
) -> list[str]:
    """Return the values that hold for enough of a clip's frames.

    Args:
        clip: one clip.
        shots: of its title.
        values: of each shot.
        settings: say what is enough.
    """
    frames: Counter[str] = Counter()
    for shot in shots[clip.first_shot : clip.end_shot]:
        for value in values[shot.index]:
            frames[value] += shot.end_frame - shot.start_frame
    least = settings.clip_share * (clip.end_frame - clip.start_frame)
    return [value for value, count in frames.items() if count >= least]


def _brightness(lightness: float, settings: LookSettings) -> Brightness:
    if lightness < settings.dark:
        return "dark"
    return "bright" if lightness >= settings.bright else "normal"


def _temperature(temperature: float, settings: LookSettings) -> Temperature:
    if temperature >= settings.warm:
        return "warm"
    return "cold" if temperature <= -settings.cold else "neutral"


def _motion(change: float, settings: LookSettings) -> Motion:
    if change < settings.static:
        return "static"
    return "lively" if change >= settings.lively else "calm"


def _camera(movement: Movement, seconds: float, settings: LookSettings) -> Camera | None:
    """Return the movement that moves the picture most; None if it moves in no one way.

    A point halfway between the middle of the picture and its side is a quarter of the width away
    from where it grows.
    """
    ways: list[tuple[float, float, Camera]] = [
        (abs(movement.x), movement.steady_x, "pan"),
        (abs(movement.y), movement.steady_y, "tilt"),
        (abs(movement.growth) / 4, movement.steady_growth, "zoom"),
    ]
    speed, steady, camera = max(ways)
    least, distance = settings.shift, settings.distance
    if camera == "zoom":
        least, distance = settings.growth / 4, distance / 4
    if speed >= least and speed * seconds >= distance and steady >= _STEADY:
        return camera
    still = movement.path <= settings.shift and abs(movement.growth) <= settings.growth
    return "fixed" if still else None
