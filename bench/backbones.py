"""Speed of a profile's backbones on this machine, on the films of a folder.

    python bench/backbones.py MEDIA_DIR [--profile lite]

Prints frames per second for the picture, times real time for the sound and sentences per
second for the text, and milliseconds of a sentence that comes alone, as a line and as a search
asks; weights are loaded and warmed before the clock starts.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import av
import numpy as np
import typer
from numpy.typing import NDArray

from indexer.backbones.base import SAMPLE_RATE, TextBackbone
from indexer.backbones.registry import describe, load_profile
from indexer.settings import Settings

FILMS = {".mp4", ".webm", ".mkv", ".mov"}
FRAMES = 120
SHORT_SIDE = 252
SECONDS = 180
SENTENCES = 400
ALONE = 100
"""Sentences that are embedded one by one."""


def read_frames(film: Path, count: int) -> list[NDArray[np.uint8]]:
    """Return up to ``count`` frames, one a second, short side as stills have it."""
    frames: list[NDArray[np.uint8]] = []
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        scale = SHORT_SIDE / min(stream.width, stream.height)
        width, height = round(stream.width * scale), round(stream.height * scale)
        for frame in container.decode(stream):
            if frame.time is not None and frame.time >= len(frames):
                picture = frame.to_ndarray(width=width, height=height, format="rgb24")
                frames.append(picture.astype(np.uint8))
            if len(frames) == count:
                break
    return frames


def read_sound(film: Path, seconds: float) -> NDArray[np.int16]:
    """Return the first ``seconds`` of a film's sound: int16, mono at 16 kHz."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    parts: list[NDArray[np.int16]] = []
    count = 0
    with av.open(str(film)) as container:
        for frame in container.decode(audio=0):
            for each in resampler.resample(frame):
                parts.append(each.to_ndarray()[0].astype(np.int16))
                count += len(parts[-1])
            if count >= seconds * SAMPLE_RATE:
                break
    return np.concatenate(parts)


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alone(text: TextBackbone, texts: Sequence[str]) -> tuple[float, float, float]:
    """Return the middle milliseconds of ``embed_texts`` and ``embed_query``, and the least cosine.

    Both embed the same texts one by one, in turn.
    """
    times, cosines = [], []
    for each in texts:
        vectors = []
        for embed in (text.embed_texts, text.embed_query):
            began = time.perf_counter()
            vectors.append(embed([each])[0])
            times.append((time.perf_counter() - began) * 1000)
        cosines.append(float(vectors[0] @ vectors[1]))
    return float(np.median(times[::2])), float(np.median(times[1::2])), min(cosines)


def spans_of(sound: NDArray[np.int16], length: float = 4.0) -> Sequence[tuple[float, float]]:
    """Return spans of a shot's usual length that cover the sound."""
    return [(start, start + length) for start in np.arange(0, len(sound) / SAMPLE_RATE, length)]


def main(media: Path, profile: Annotated[str, typer.Option()] = "lite") -> None:
    """Print the speed of each backbone."""
    settings = Settings(profile=profile)
    told, backbones = describe(settings), load_profile(settings)
    films = sorted(path for path in media.iterdir() if path.suffix in FILMS)
    frames = [frame for film in films for frame in read_frames(film, FRAMES // len(films))]
    sound = np.concatenate([read_sound(film, SECONDS / len(films)) for film in films])
    texts = [
        f"{number} times I was looking for someone in the snow." for number in range(SENTENCES)
    ]

    backbones.video.embed_frames(frames[:2])
    video = seconds_of(lambda: backbones.video.embed_frames(frames))
    backbones.audio.embed_spans(sound[:SAMPLE_RATE], [(0.0, 1.0)])
    audio = seconds_of(lambda: backbones.audio.embed_spans(sound, spans_of(sound)))
    backbones.text.embed_texts(texts[:2])
    text = seconds_of(lambda: backbones.text.embed_texts(texts))
    backbones.text.embed_query(texts[:1])
    line, query, cosine = alone(backbones.text, texts[:ALONE])

    print(f"profile {profile}: {len(films)} films")
    print(f"picture  {told.video.name:20} {len(frames) / video:8.1f} frames/s")
    print(f"sound    {told.audio.name:20} {len(sound) / SAMPLE_RATE / audio:8.1f} x real time")
    print(f"text     {told.text.name:20} {len(texts) / text:8.1f} sentences/s")
    print(f"one sentence: {line:.1f} ms as a line, {query:.1f} as a search, cosine >= {cosine:.5f}")


if __name__ == "__main__":
    typer.run(main)
