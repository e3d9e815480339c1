"""What reading text on screen is worth, on labelled stills, and what it costs.

Run as ``python -m bench.onscreen MEDIA_DIR``. ``bench/onscreen_labels.csv`` has stills of the
development films, one of each shot and those with text or every third of them, labelled by
looking. A label with a question mark could be argued about: to find it is not wrong, and to miss
it neither. ``bench/onscreen_lines.csv`` has the lines of twelve stills, as a person reads them.

"Edges" are what lets a still pass to the networks. Characters are compared without case and
spaces: the edit distance of each line to the nearest row of lines that was read, at most its own
length. A word is found if it was read as it is.
"""

import argparse
import csv
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.table import Table

from bench.judging import share
from indexer.decoding import STILL_NAME, STILLS_FOLDER, decode, extract_stills, open_frames
from indexer.onscreen import reading
from indexer.onscreen.edges import may_have_text, read_grey
from indexer.onscreen.names import OnScreen
from indexer.onscreen.network import TextNetwork
from indexer.onscreen.reading import Reader
from indexer.onscreen.records import ReadShot, ScreenLine
from indexer.onscreen.values import kinds_of_shots
from indexer.pipeline_sections import DecodeSettings, OnScreenSettings, ShotSettings, VideoSettings
from indexer.probe import probe
from indexer.records import Shot
from indexer.shots.detect import detect
from indexer.shots.transnet import load_transnet
from indexer.stages.stills import choose

LABELS = Path(__file__).with_name("onscreen_labels.csv")
LINES = Path(__file__).with_name("onscreen_lines.csv")
SIDES = (224, 256, 288, 320, 384)
LENIENT = 0.5
SIGNS = ("EXIT", "MOTEL", "POLICE", "Paris", "1984", "Tea room")
SIZES = (12, 16, 24, 36)
"""Of letters, in pixels of a still."""
MADE = 100
"""Signs of each size."""


@dataclass(frozen=True)
class Film:
    """A film with its shots and the frames of their stills."""

    folder: Path
    shots: Sequence[Shot]
    frames: Sequence[Sequence[int]]
    fps: float
    seconds: float

    def reader(self, network: TextNetwork, settings: OnScreenSettings) -> Reader:
        return Reader(self.still, lambda: network, settings, self.fps)

    def still(self, frame: int) -> Path:
        return self.folder / STILLS_FOLDER / STILL_NAME.format(frame)

    def read(self, network: TextNetwork) -> list[ReadShot]:
        reader = self.reader(network, OnScreenSettings())
        return [reader.read(own) for own in self.frames]


def film_of(path: Path, folder: Path) -> Film:
    media = probe(path)
    decode(media, folder, DecodeSettings())
    small = open_frames(folder)
    shots = detect(small, media.fps, ShotSettings(), load_transnet())
    here = sorted(int(each.stem) for each in (folder / STILLS_FOLDER).glob("*.jpg"))
    frames = []
    for shot in shots:
        own = [frame for frame in here if shot.start_frame <= frame < shot.end_frame]
        chosen, _ = choose(shot, own, VideoSettings(), float(media.fps))
        if not own:
            extract_stills(media, chosen, folder / STILLS_FOLDER, DecodeSettings())
        frames.append(chosen)
    return Film(folder, shots, frames, float(media.fps), float(len(small) / media.fps))


def read_labels() -> Iterator[tuple[str, int, str, str]]:
    with LABELS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["film"], int(row["frame"]), row["text"], row["credits"]


def read_lines() -> Mapping[tuple[str, int], Sequence[str]]:
    found = defaultdict(list)
    with LINES.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["film"], int(row["frame"])].append(row["line"])
    return found


def compare_stills(films: Mapping[str, Film], network: TextNetwork) -> Table:
    """Return how well stills with text are told, each by itself."""
    table = Table(
        "", "stills", "found", "precision", "labelled", "recall", title="Stills with text"
    )
    labels = list(read_labels())
    passed, alone, read = [], [], []
    for name, frame, _, _ in labels:
        film, found = films[name], films[name].still(frame)
        passed.append(may_have_text(read_grey(found)))
        with mock.patch.object(reading, "may_have_text", return_value=True):
            lines = film.reader(network, OnScreenSettings()).read([frame]).lines
        alone.append(bool(lines))
        read.append(bool(lines) and passed[-1])
    for name, told in (("edges", passed), ("networks alone", alone), ("both", read)):
        table.add_row(name, *_judged([label for _, _, label, _ in labels], told))
    return table


def compare_credits(films: Mapping[str, Film], read: Mapping[str, Sequence[ReadShot]]) -> Table:
    """Return how well shots are told, at the labelled stills."""
    table = Table("", "stills", "found", "precision", "labelled", "recall", title="Shots")
    kinds = {
        name: kinds_of_shots(film.shots, read[name], OnScreenSettings())
        for name, film in films.items()
    }
    labels = list(read_labels())
    here = [_kind_at(films[name], kinds[name], frame) for name, frame, _, _ in labels]
    told = [kind is not None for kind in here]
    table.add_row("text of any kind", *_judged([label for _, _, label, _ in labels], told))
    told = [kind == "credits" for kind in here]
    table.add_row("credits", *_judged([label for *_, label in labels], told))
    return table


def _kind_at(film: Film, kinds: Sequence[OnScreen | None], frame: int) -> OnScreen | None:
    (shot,) = [each for each in film.shots if each.start_frame <= frame < each.end_frame]
    return kinds[shot.index]


def _judged(labels: Sequence[str], told: Sequence[bool]) -> Iterator[str]:
    found = [label for label, is_told in zip(labels, told, strict=True) if is_told]
    sure = [is_told for label, is_told in zip(labels, told, strict=True) if label in SURE]
    yield str(len(labels))
    yield str(len(found))
    yield share(sum(bool(each) for each in found), len(found))
    yield str(len(sure))
    yield share(sum(sure), len(sure))


SURE = ("text", "credits")


def compare_lines(films: Mapping[str, Film], network: TextNetwork) -> Table:
    """Return how well lines are read, by the size of the picture and the least score."""
    table = Table("side", "score from", "errors", "words", title="Lines of twelve stills")
    choices = [(side, OnScreenSettings().least_score) for side in SIDES]
    default = OnScreenSettings().side
    for side, score in [*choices, (default, LENIENT), (default, 0.9)]:
        settings = OnScreenSettings(side=side, least_score=score, most_lines=1000)
        wrong = letters = words = 0
        wanted: list[str] = []
        for (name, frame), lines in read_lines().items():
            read = films[name].reader(network, settings).read([frame]).lines
            rows = [_plain(row) for row in _rows(read)]
            here = Counter(_words(" ".join(each.text for each in read)))
            for line in map(_plain, lines):
                wrong += min([_distance(line, row) for row in rows] + [len(line)])
                letters += len(line)
            own = Counter(_words(" ".join(lines)))
            words += (own & here).total()
            wanted += own.elements()
        table.add_row(str(side), f"{score:g}", share(wrong, letters), share(words, len(wanted)))
    return table


def compare_made(films: Mapping[str, Film], network: TextNetwork) -> Table:
    """Return how many short words are read that were drawn on stills without text."""
    plain = [(name, frame) for name, frame, *labels in read_labels() if not any(labels)]
    table = Table("size", "of the height", "edges", "networks alone", "both", title="Made signs")
    for size in SIZES:
        draw = random.Random(size)
        passed, read = [], []
        with tempfile.TemporaryDirectory() as folder:
            for name, frame in draw.sample(plain, MADE):
                word, path = draw.choice(SIGNS), Path(folder, "sign.jpg")
                height = _write_sign(films[name].still(frame), path, word, size, draw)
                passed.append(may_have_text(read_grey(path)))
                settings = OnScreenSettings()
                reader = Reader(lambda _: path, lambda: network, settings, 1.0)  # noqa: B023
                with mock.patch.object(reading, "may_have_text", return_value=True):
                    lines = reader.read([0]).lines
                read.append(word in [each.text for each in lines])
        both = [one and other for one, other in zip(passed, read, strict=True)]
        shares = (share(sum(each), MADE) for each in (passed, read, both))
        table.add_row(str(size), f"{size / height:.2f}", *shares)
    return table


def _write_sign(still: Path, path: Path, word: str, size: int, draw: random.Random) -> int:
    """Write a still with a word at a place of it; return its height."""
    with Image.open(still) as image:
        picture = image.convert("RGB")
    font = ImageFont.load_default(size)
    _, _, width, height = font.getbbox(word)
    place = draw.uniform(0, picture.width - width), draw.uniform(0, picture.height - height)
    colour, edge = draw.choice([("white", "black"), ("yellow", "black"), ("black", "white")])
    pen = ImageDraw.Draw(picture)
    pen.text(place, word, colour, font, stroke_width=draw.choice([0, 1]), stroke_fill=edge)
    picture.save(path, quality=85)
    return picture.height


def _rows(lines: Sequence[ScreenLine]) -> list[str]:
    """Return lines side by side as one."""
    rows: list[list[ScreenLine]] = []
    for line in sorted(lines, key=lambda each: each.box.top):
        for row in rows:
            one, other = row[-1].box, line.box
            shared = min(one.bottom, other.bottom) - max(one.top, other.top)
            if shared > min(one.height, other.height) / 2:
                row.append(line)
                break
        else:
            rows.append([line])
    ordered = (sorted(row, key=lambda each: each.box.left) for row in rows)
    return [" ".join(each.text for each in row) for row in ordered]


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _distance(one: str, other: str) -> int:
    """Return the number of letters to change, add or take away (Levenshtein 1966)."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for place, each in enumerate(other, 1):
            now.append(min(before[place] + 1, now[-1] + 1, before[place - 1] + (letter != each)))
        before = now
    return before[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path, help="folder of the development films")
    media = parser.parse_args().media
    network = TextNetwork()
    with tempfile.TemporaryDirectory() as folder:
        names = dict.fromkeys(film for film, *_ in read_labels())
        films = {name: film_of(media / name, Path(folder, name)) for name in names}
        minutes = sum(each.seconds for each in films.values()) / 60
        began = time.process_time()
        read = {name: film.read(network) for name, film in films.items()}
        cost = time.process_time() - began
        print(f"{cost:.1f} core-seconds for {minutes:.1f} minutes: {cost / minutes:.2f} a minute")
        console = Console()
        console.print(compare_stills(films, network))
        console.print(compare_credits(films, read))
        console.print(compare_lines(films, network))
        console.print(compare_made(films, network))
        with mock.patch.object(reading, "may_have_text", return_value=True):
            began = time.process_time()
            for film in films.values():
                film.read(network)
        print(f"{time.process_time() - began:.1f} core-seconds where edges let every still pass")


if __name__ == "__main__":
    main()
