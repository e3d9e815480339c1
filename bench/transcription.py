"""How well speech is transcribed under the sound of other films, and what sound costs.

    python -m bench.transcription MEDIA_DIR [--hours 2]

The four lines of the Sintel trailer are mixed into the sound of the other films of the folder, 20 s
a piece, at levels from well above it to below it. Printed are the words that are found and those
that are invented, then the core-seconds of transcription and of the audio backbone on the films
themselves. ``--hours`` does both on the films' sound repeated to that length, too, to see whether
the memory grows.
"""

import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from bench.backbones import FILMS, read_sound, spans_of
from indexer.backbones.base import SAMPLE_RATE as RATE
from indexer.mapped import open_mapped
from indexer.models import Models
from indexer.records import Line
from indexer.settings import Settings
from indexer.text.encoding import read_text
from indexer.text.parsing import parse

SPOKEN = "sintel_trailer_720p"
PIECE = 20
"""Seconds of each mixture; the line begins 8 s into it."""
BEGIN = 8
MARGIN = 0.3
"""Seconds taken along on both sides of a line."""
BACKGROUNDS = 3
"""Pieces of other films that each line is mixed into."""
LEVELS = (12, 6, 0)
"""Loudness of a line above what it is mixed into, in dB."""
WHOLE_FILM = 100_000.0

Samples = NDArray[np.int16]


class Score(NamedTuple):
    """Words of the lines, those of them that were found, and words that nobody said."""

    words: int
    found: int
    invented: int


def words(text: str) -> set[str]:
    """Return the different words of a line."""
    return set(re.findall(r"[a-z']+", text.lower()))


def mix(line: Samples, background: Samples, level: float) -> Samples:
    """Return a piece of film with a line in it, ``level`` dB above what it covers."""
    mixed = background.astype(np.float64)
    at = slice(BEGIN * RATE, BEGIN * RATE + len(line))
    loud, under = (np.sqrt(np.mean(each**2)) for each in (line.astype(np.float64), mixed[at]))
    mixed *= loud / max(under, 1.0) / 10 ** (level / 20)
    mixed[at] += line
    mixed /= max(1.0, float(np.abs(mixed).max()) / 32767)
    return mixed.astype(np.int16)


def pieces(films: list[Samples]) -> Iterator[Samples]:
    """Return pieces of the films in turn, spread over each film's length."""
    for part in (0.1, 0.5, 0.8, 0.3, 0.65, 0.2):
        for film in films:
            start = int(part * (len(film) - PIECE * RATE))
            yield film[start : start + PIECE * RATE]


def mixtures(media: Path, level: float) -> Iterator[tuple[Line, Samples]]:
    """Return each line in each of its backgrounds."""
    spoken = read_sound(media / f"{SPOKEN}.mp4", WHOLE_FILM)
    lines = parse(read_text(media / f"{SPOKEN}.en.srt")).lines
    others = [film for film in films_of(media) if film.stem != SPOKEN]
    backgrounds = list(pieces([read_sound(film, WHOLE_FILM) for film in others]))
    for i, line in enumerate(lines):
        start, end = int((line.start - MARGIN) * RATE), int((line.end + MARGIN) * RATE)
        for j in range(BACKGROUNDS):
            background = backgrounds[(i * BACKGROUNDS + j) % len(backgrounds)]
            yield line, mix(spoken[start:end], background, level)


def films_of(media: Path) -> list[Path]:
    """Return the films of the folder."""
    return sorted(path for path in media.iterdir() if path.suffix in FILMS)


def written(models: Models, audio: Path) -> str:
    """Return what is transcribed of a sound, as one text."""
    return " ".join(line.text for line in models.transcribe(audio, lambda _: None).lines)


def score(media: Path, models: Models, level: float, audio: Path) -> Score:
    """Return how well the lines are found at one level; ``audio`` is overwritten."""
    total = found = invented = 0
    for line, sound in mixtures(media, level):
        sound.tofile(audio)
        said, heard = words(line.text), words(written(models, audio))
        total += len(said)
        found += len(said & heard)
        invented += len(heard - said)
    return Score(total, found, invented)


def core_seconds(work: Callable[[], object]) -> float:
    """Return the seconds that ``work`` keeps cores busy."""
    began = time.process_time()
    work()
    return time.process_time() - began


def cost(name: str, audio: Path, models: Models) -> str:
    """Return what a sound costs, and the most memory that the process has had so far."""
    text: list[str] = []
    spoken = core_seconds(lambda: text.append(written(models, audio)))
    sound, backbone = open_mapped(audio, np.int16), models.backbones.audio
    heard = core_seconds(lambda: backbone.embed_spans(sound, spans_of(sound)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return (
        f"{name}: {len(sound) / RATE:.0f} s, {len(text[0].split())} words, transcription "
        f"{spoken:.1f} core-seconds, embedding {heard:.1f}, peak {peak:.0f} MiB"
    )


def repeat(sounds: Sequence[Samples], seconds: float, audio: Path) -> None:
    """Write sounds one after the other, over and over, until there are so many seconds."""
    count, whole = int(seconds * RATE), sum(map(len, sounds))
    with audio.open("wb") as file:
        for _ in range(-(-count // whole)):
            for sound in sounds:
                sound.tofile(file)
        file.truncate(2 * count)


def main(media: Path, hours: Annotated[float, typer.Option()] = 0) -> None:
    """Print words found by level, and what the sound of each film costs."""
    models = Models(Settings())
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder) / "audio.s16"
        for level in LEVELS:
            own = score(media, models, level, audio)
            print(f"{level:3} dB: {own.found} of {own.words} words, {own.invented} invented")
        sounds = {film.name: read_sound(film, WHOLE_FILM) for film in films_of(media)}
        for film, sound in sounds.items():
            sound.tofile(audio)
            print(cost(film, audio, models))
        if hours:
            repeat(list(sounds.values()), hours * 3600, audio)
            print(cost("all of them repeated", audio, models))


if __name__ == "__main__":
    typer.run(main)
