"""Random titles to choose breaks on, without a film."""

import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from app.ads.timeline import Timeline
from indexer.manifest import Manifest
from indexer.records import Clip, Line, Media, Metadata, Shot, Title
from indexer.soundtrack.measure import Soundtrack

CATEGORIES = ("pets", "travel")
TONES = ("calm", "sad", "gruesome")
RATES = (Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001))
WORDS = ("a gun", "hello there", "begun")


def draw_timeline(seed: int) -> Timeline:
    """Return a title of 1 to 24 shots, with overlapping lines, some of which end at a cut."""
    draw = random.Random(seed)
    fps = draw.choice(RATES)
    lengths = [draw.randrange(1, 200) for _ in range(draw.randrange(1, 25))]
    ends = np.cumsum(lengths).tolist()
    starts = [0, *ends[:-1]]
    shots = [
        Shot(n, start, end, "start" if n == 0 else draw.choice(["cut", "gradual"]))
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    divisions = [
        0,
        *sorted(draw.sample(range(1, len(shots)), draw.randrange(len(shots)))),
        len(shots),
    ]
    clips = [
        Clip(n, first, end, shots[first].start_frame, shots[end - 1].end_frame)
        for n, (first, end) in enumerate(pairwise(divisions))
    ]
    return Timeline(
        manifest=_manifest(seed, fps, ends[-1], len(shots), len(clips)),
        shots=shots,
        clips=clips,
        lines=None if draw.random() < 0.2 else _lines(draw, starts, fps, ends[-1]),
        categories=[draw.sample(CATEGORIES, draw.randrange(2)) for _ in clips],
        tones=[draw.sample(TONES, draw.randrange(2)) for _ in clips],
        estimates=[[] for _ in clips],
        genres=[],
        worthiness=np.array([draw.random() for _ in clips]),
        curves={
            name: np.array([draw.random() * 0.3 for _ in shots]) for name in (*CATEGORIES, *TONES)
        },
        cuts=np.array([draw.random() for _ in shots]),
        soundtrack=None if draw.random() < 0.2 else _soundtrack(draw, float(ends[-1] / fps)),
    )


def _soundtrack(draw: random.Random, seconds: float) -> Soundtrack:
    """Sound that may end before the title does; silent, quiet or loud for a second each."""
    levels = [
        draw.choice([0.0, 1e-5, 1e-3, 1e-2]) for _ in range(draw.randrange(round(seconds) + 2))
    ]
    energy = np.repeat(np.array(levels, np.float32), 10)
    speech = np.array([draw.random() < 0.3 for _ in energy], np.float32)
    return Soundtrack(energy, speech, np.zeros_like(energy))


def _lines(draw: random.Random, starts: list[int], fps: Fraction, last: int) -> list[Line]:
    """Lines in order of their start: at any moment, or from or to a cut."""
    found = []
    for _ in range(draw.randrange(6)):
        cut = float(draw.choice(starts) / fps)
        length = draw.uniform(0, 4)
        start = draw.choice([draw.uniform(0, float(last / fps)), cut, cut - length])
        found.append(Line(start, start + length, draw.choice(WORDS)))
    return sorted(found, key=lambda line: line.start)


def _manifest(seed: int, fps: Fraction, frames: int, shots: int, clips: int) -> Manifest:
    media = Media(
        Path(f"{seed}.mp4"), f"content {seed}", 1, fps, False, 1.0, None, 640, 360, "h264"
    )
    title = Title(f"{seed:016x}", media, Metadata(name=f"film {seed % 3}", tags=("short",)))
    return Manifest(
        *(title, "lite", "encoder", "pair", {}, frames, shots, clips),
        *("sidecar", "en", ("drama",), "metadata", {}),
    )
