"""What the sound of shots is worth, on labelled shots and made mixes, and what it costs.

Run as ``python -m bench.sound MEDIA_DIR``. ``bench/sound_labels.csv`` has a row for each shot of
the development films, by a frame in its middle. The labels were made on spectrograms beside stills,
with the subtitles at hand, and not by ear. A label with a question mark is one that could be argued
about, such as music in a part of the shot: to find it is not wrong, and to miss it neither.

Speech is rare in these films. So it is also made: the spoken lines of the Sintel trailer are
mixed into the music of Big Buck Bunny and into the battle of Tears of Steel.

Loudness needs no labels: it is compared with ffmpeg's ``ebur128`` of the film's own channels.
"""

import argparse
import csv
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.judging import share
from indexer.decoding import SAMPLE_RATE, decode, open_audio, open_frames
from indexer.pipeline_sections import DecodeSettings, ShotSettings, SoundSettings
from indexer.probe import probe
from indexer.records import Shot
from indexer.shots.detect import detect
from indexer.shots.transnet import load_transnet
from indexer.soundtrack.loudness import STEP, loudness, momentary
from indexer.soundtrack.measure import Soundtrack, measure
from indexer.soundtrack.networks import Networks, load_networks
from indexer.soundtrack.values import values_of_span
from indexer.text.parsing import parse

LABELS = Path(__file__).with_name("sound_labels.csv")
UNSURE = "?"
MUSIC, BATTLE, SPOKEN = (
    "big_buck_bunny_360p.mp4",
    "tears_of_steel_battle_clip.webm",
    "sintel_trailer_720p.mp4",
)
RATIOS = (12, 6, 3, 0, -3, -6)
"""dB by which made speech is louder than what it is mixed into."""
PLACES = {MUSIC: np.linspace(60, 560, 15), BATTLE: np.linspace(2, 62, 10)}
"""Seconds of a film into which lines are mixed."""
AUDIBLE = -50.0
"""LUFS below which differences of loudness do not count."""


@dataclass(frozen=True)
class Heard:
    """What was measured of one film."""

    path: Path
    samples: NDArray[np.int16]
    shots: Sequence[Shot]
    fps: float
    track: Soundtrack
    cost: float

    def values(self, start: float, end: float) -> list[str]:
        return values_of_span(self.track, start, end, SoundSettings())

    def at(self, frame: int) -> list[str]:
        """Return the values of the shot with a frame."""
        (shot,) = [each for each in self.shots if each.start_frame <= frame < each.end_frame]
        return self.values(shot.start_frame / self.fps, shot.end_frame / self.fps)


def read_labels() -> Iterator[tuple[str, int, list[str]]]:
    with LABELS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["film"], int(row["frame"]), row["sound"].split()


def listen(film: Path, folder: Path, networks: Networks) -> Heard:
    media = probe(film)
    decode(media, folder, DecodeSettings())
    shots = detect(open_frames(folder), media.fps, ShotSettings(), load_transnet())
    samples = open_audio(folder)
    assert samples is not None
    began = time.process_time()
    track = measure(samples, networks, lambda _: None)
    return Heard(film, samples, shots, float(media.fps), track, time.process_time() - began)


def compare(films: Mapping[str, Heard]) -> Table:
    labelled = [(films[film].at(frame), labels) for film, frame, labels in read_labels()]
    table = Table("", "found", "precision", "labelled", "recall", title="Labelled shots")
    for name in ("speech", "music"):
        found = [own for values, own in labelled if f"sound:{name}" in values]
        right = sum(name in own or name + UNSURE in own for own in found)
        sure = [values for values, own in labelled if name in own]
        hit = sum(f"sound:{name}" in values for values in sure)
        row = (share(right, len(found)), str(len(sure)), share(hit, len(sure)))
        table.add_row(name, str(len(found)), *row)
    without = [own for values, own in labelled if {"sound:speech"}.isdisjoint(values)]
    right = sum("speech" not in own for own in without)
    table.add_row("no speech", str(len(without)), share(right, len(without)), "", "")
    return table


def compare_mixed(films: Mapping[str, Heard], networks: Networks) -> Table:
    lines = list(_lines(films[SPOKEN]))
    titles = (f"{ratio} dB" for ratio in RATIOS)
    table = Table("speech in", *titles, "without", title="Made speech that is found")
    for name, places in PLACES.items():
        film = films[name]
        cells = []
        for ratio in RATIOS:
            mixes = [_mixed(film.samples, line, at, ratio) for at in places for line in lines]
            cells.append(_found([each for each in mixes if each is not None], networks))
        plain = [film.samples[_place(at) :][: 4 * SAMPLE_RATE] for at in places]
        table.add_row(name, *cells, _found(plain, networks))
    return table


def _lines(film: Heard) -> Iterator[NDArray[np.int16]]:
    text = film.path.with_suffix(".en.srt").read_text(encoding="utf-8")
    for line in parse(text).lines:
        yield film.samples[_place(line.start) : _place(line.end)]


def _place(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def _mixed(
    samples: NDArray[np.int16], line: NDArray[np.int16], seconds: float, ratio: float
) -> NDArray[np.int16] | None:
    """Return a line within a second of a film before and after it; None where that is silent."""
    start, margin = _place(seconds), SAMPLE_RATE
    behind = samples[start - margin : start + len(line) + margin].astype(np.float64)
    within = slice(margin, margin + len(line))
    if behind[within].std() < 30:
        return None
    behind *= line.std() / behind[within].std() / 10 ** (ratio / 20)
    behind[within] += line
    mixed: NDArray[np.int16] = (behind * min(1.0, 32000 / np.abs(behind).max())).astype(np.int16)
    return mixed


def _found(mixes: Sequence[NDArray[np.int16]], networks: Networks) -> str:
    count = 0
    for samples in mixes:
        track = measure(samples, networks, lambda _: None)
        values = values_of_span(track, 0, len(samples) / SAMPLE_RATE, SoundSettings())
        count += "sound:speech" in values
    return share(count, len(mixes))


def compare_loudness(films: Mapping[str, Heard]) -> Table:
    table = Table(
        *("", "integrated", "ebur128", "mean", "spread", "95 %", "shots", "same"),
        title="Loudness: momentary values against ffmpeg's, in LU, and the words for shots",
    )
    for name, film in films.items():
        reference, integrated = _ebur128(film.path)
        own = loudness(momentary(film.track.energy))
        count = min(len(own), len(reference) - 3)
        own, real = own[:count], reference[3 : 3 + count]
        away = (own - real)[real > AUDIBLE]
        words = [_words(film, film.track), _words(film, _as_track(reference))]
        same = sum(one == other for one, other in zip(*words, strict=True))
        table.add_row(
            *(name, f"{film.track.programme:.1f}", f"{integrated:.1f}", f"{away.mean():+.1f}"),
            *(f"{away.std():.1f}", f"{np.quantile(np.abs(away), 0.95):.1f}"),
            *(str(len(film.shots)), share(same, len(film.shots))),
        )
    return table


def _words(film: Heard, track: Soundtrack) -> list[str]:
    spans = [(each.start_frame / film.fps, each.end_frame / film.fps) for each in film.shots]
    return [values_of_span(track, *span, SoundSettings())[-1] for span in spans]


def _as_track(levels: NDArray[np.float64]) -> Soundtrack:
    """Return a sound of these momentary values, each half of its 400 ms earlier."""
    energy = (10 ** ((levels - float(loudness(1.0))) / 10)).astype(np.float32)[2:]
    return Soundtrack(energy, np.zeros_like(energy), np.zeros_like(energy))


def _ebur128(film: Path) -> tuple[NDArray[np.float64], float]:
    """Return the momentary values, every tenth of a second, and the integrated one."""
    options = ("-nostats", "-hide_banner", "-i", str(film), "-map", "0:a", "-f", "null", "-af")
    filters = "ebur128=metadata=1,ametadata=print:file=-"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *options, filters, "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    found = {name: re.findall(rf"r128\.{name}=(\S+)", text) for name in "MI"}
    return np.array(found["M"], np.float64), float(found["I"][-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path, help="folder of the development films")
    media = parser.parse_args().media
    names = dict.fromkeys(film for film, _, _ in read_labels())
    networks = load_networks()
    with tempfile.TemporaryDirectory() as folder:
        films = {name: listen(media / name, Path(folder, name), networks) for name in names}
        console = Console()
        console.print(compare(films))
        console.print(compare_mixed(films, networks))
        console.print(compare_loudness(films))
    cost = sum(each.cost for each in films.values())
    minutes = sum(len(each.track.energy) for each in films.values()) * STEP / 60
    print(f"{cost:.1f} core-seconds for {minutes:.1f} minutes: {cost / minutes:.2f} a minute")


if __name__ == "__main__":
    main()
