"""Flashes, strobes and fades laid over real shots, with the boundaries that are right for each.

Shots are spans of the three development films at 320x180. What is laid over them is computed
on their pixels and encoded again, as an editing system would do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.float32]
"""[n, 180, 320, 3], RGB from 0 to 255."""
Span = tuple[int, int]

BUNNY = "big_buck_bunny_360p.mp4"
SINTEL = "sintel_trailer_720p.mp4"
TEARS = "tears_of_steel_battle_clip.webm"

SHOTS: Mapping[str, tuple[str, int, int]] = {
    "meadow": (BUNNY, 3060, 3180),
    "tree": (BUNNY, 5590, 5710),
    "walk": (BUNNY, 6840, 6960),
    "close": (BUNNY, 4800, 4898),
    "lab": (TEARS, 360, 480),
    "run": (TEARS, 720, 786),
    "deck": (TEARS, 1000, 1100),
    "desert": (SINTEL, 890, 960),
    "dragon": (SINTEL, 788, 843),
    "doorway": (SINTEL, 452, 492),
}
"""Film, first frame and end of spans without a boundary inside."""

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "red": (200, 20, 20),
    "blue": (30, 60, 220),
    "grey": (128, 128, 128),
}
FPS = 24
AT = 30
"""Where a disturbance begins in its shot, or the second shot in the film."""


@dataclass(frozen=True)
class Case:
    """A film and the spans (first, last) of its boundaries; ``kind`` groups cases in the table."""

    kind: str
    name: str
    pictures: Pictures
    truth: tuple[Span, ...] = ()


def cases(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    """Yield every case; equal from run to run."""
    yield from flashes(shots)
    yield from lights(shots)
    yield from strobes(shots)
    yield from inserts(shots)
    yield from on_cuts(shots)
    yield from fades(shots)
    yield from short_shots(shots)


def blend(pictures: Pictures, colour: str, share: Pictures | float) -> Pictures:
    """Mix a colour into pictures; ``share`` is a number or [n]: 1 leaves nothing of them."""
    part = np.reshape(np.asarray(share, np.float32), (-1, 1, 1, 1))
    return pictures * (1 - part) + np.array(COLOURS[colour], np.float32) * part


def flashes(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    names = ["meadow", "run", "desert", "lab"]
    for number, colour in enumerate(COLOURS):
        for length in (1, 2, 3, 4):
            name = names[(number + length) % len(names)]
            film = shots[name].copy()
            film[AT : AT + length] = blend(film[AT : AT + length], colour, 1)
            yield Case("flash", f"{length} {colour} in {name}", film)


def lights(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    lightning = np.array([0.9, 0.3, 0.0, 0.7, 0.2, 0.6, 0.1], np.float32)
    decay = np.array([0.95 * 0.75**step for step in range(12)], np.float32)
    for name in ("walk", "deck", "dragon"):
        for kind, share in (("lightning", lightning), ("photo flash", decay)):
            film = shots[name].copy()
            film[AT : AT + len(share)] = blend(film[AT : AT + len(share)], "white", share)
            yield Case("light", f"{kind} in {name}", film)
        for length in (1, 3, 6):
            film = shots[name].copy()
            film[AT : AT + length] = film[AT : AT + length] * 2.2 + 40
            yield Case("light", f"{length} frames brighter in {name}", film)
        film = shots[name].copy()
        film[AT : AT + 2, 40:130, 100:240] += 180
        yield Case("light", f"muzzle flash in {name}", film)
        film = shots[name].copy()
        film[AT : AT + 5] *= 0.15
        yield Case("light", f"5 frames nearly dark in {name}", film)


def strobes(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    for number, hertz in enumerate((2, 3, 4, 6, 8, 12)):
        half = FPS // (2 * hertz)
        for name, colour, share in (
            (("close", "lab")[number % 2], "white", 1.0),
            (("meadow", "doorway")[number % 2], "black", 1.0),
            (("deck", "tree")[number % 2], "white", 0.6),
        ):
            film = shots[name].copy()
            on = np.arange(len(film) - 24)[: 3 * FPS] // half % 2 == 1
            film[12 : 12 + len(on)][on] = blend(film[12 : 12 + len(on)][on], colour, share)
            yield Case("strobe", f"{hertz} Hz {colour} {share} in {name}", film)
    film = shots["lab"].copy()
    for start in range(12, 84, 12):
        film[start : start + 6] *= np.array([1.4, 0.3, 0.3], np.float32)
        film[start + 6 : start + 12] *= np.array([0.3, 0.4, 1.6], np.float32)
    yield Case("strobe", "red and blue in lab", film)


def inserts(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    for number, length in enumerate((1, 2, 3, 4)):
        for name, other in (("walk", "dragon"), ("desert", "tree"), ("run", "close")):
            film = shots[name].copy()
            film[AT : AT + length] = shots[other][:length]
            yield Case("insert", f"{length} of {other} in {name}", film)
        name = ("tree", "deck", "dragon", "lab")[number]
        film = shots[name].copy()
        film[AT : AT + length] = film[AT : AT + 1] if length > 1 else 255 - film[AT : AT + 1]
        yield Case("insert", f"{length} repeated or inverted in {name}", film)
    for name in ("meadow", "deck"):
        film = shots[name].copy()
        film[AT, 90:] = np.roll(film[AT, 90:], (37, 111), axis=(0, 1))
        film[AT, 120:] = (0, 135, 0)
        yield Case("insert", f"a corrupt frame in {name}", film)
        film = shots[name].copy()
        film[AT] = film[AT + 25]
        yield Case("insert", f"a misplaced frame in {name}", film)


def on_cuts(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    pairs = [("meadow", "lab"), ("run", "close"), ("dragon", "desert"), ("deck", "walk")]
    for number, length in enumerate((1, 2, 3, 4)):
        for place, colour in enumerate(("white", "black", "red")):
            name, other = pairs[(number + place) % len(pairs)]
            film = np.concatenate([shots[name][:AT], shots[other][:AT]])
            start = AT - (0, length // 2, length)[place]
            film[start : start + length] = blend(film[start : start + length], colour, 1)
            truth = (min(start, AT), max(start + length, AT))
            yield Case("on a cut", f"{length} {colour}, {name} to {other}", film, (truth,))


def fades(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    pairs = [("meadow", "lab"), ("deck", "close"), ("dragon", "desert"), ("tree", "walk")]
    shapes = [(6, 0, 6), (6, 6, 6), (12, 0, 12), (12, 12, 12), (20, 4, 10), (0, 2, 12), (12, 2, 0)]
    for number, (out, held, back) in enumerate(shapes):
        for place, colour in enumerate(("white", "black", "red")):
            name, other = pairs[(number + place) % len(pairs)]
            film = np.concatenate([shots[name][:45], shots[other][:45]])
            share = np.zeros(len(film), np.float32)
            share[45 - out : 45] = np.arange(1, out + 1) / (out + 1)
            share[45 : 45 + back] = np.arange(back, 0, -1) / (back + 1)
            film = np.insert(blend(film, colour, share), [45] * held, COLOURS[colour], axis=0)
            truth = (45 - out, 45 + held + back)
            yield Case("fade", f"{out}-{held}-{back} {colour}, {name} to {other}", film, (truth,))


def short_shots(shots: Mapping[str, Pictures]) -> Iterator[Case]:
    order = ["meadow", "lab", "dragon", "tree", "deck", "desert", "close", "run"]
    for length in (5, 6, 8):
        for turn in range(0, len(order), 2):
            names = [order[(turn + step) % len(order)] for step in range(3)]
            parts = [shots[names[0]][:AT], shots[names[1]][:length], shots[names[2]][:AT]]
            truth = ((AT, AT), (AT + length, AT + length))
            yield Case("short shot", f"{length}: {'-'.join(names)}", np.concatenate(parts), truth)
    for length in (5, 8, 12):
        name, other = order[length % 3], order[3 + length % 3]
        parts = [shots[name][:AT], shots[other][:length], shots[name][AT : 2 * AT]]
        truth = ((AT, AT), (AT + length, AT + length))
        yield Case("short shot", f"{length}: {name}-{other}-{name}", np.concatenate(parts), truth)
    montage = [shots[name][20:28] for name in order]
    starts = range(8, 8 * len(order), 8)
    film = np.concatenate(montage)
    yield Case("short shot", "eight of 8 frames", film, tuple((each, each) for each in starts))
