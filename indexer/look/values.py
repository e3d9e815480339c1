"""The look of shots in words, such as ``brightness:dark``: what filters compare with."""

from indexer.look.camera import Movement
from indexer.look.measure import ShotLook
from indexer.look.names import Brightness, Camera, Motion, Temperature
from indexer.pipeline_sections import LookSettings
from indexer.traits import stored

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
