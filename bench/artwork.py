"""How good the stills are that artwork chooses, on stills labelled by looking.

Run as ``python -m bench.artwork DATA``, over an index of the development films.
``bench/artwork_labels.csv`` says of the first 10 and 32 stills that were chosen in each, and of as
many spread evenly over it, whether they could stand for the film: yes, no, or ``?`` where one could
argue. Stills without a label were not looked at yet.
"""

import argparse
import csv
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.artwork.finding import artwork_of_title
from indexer.catalogue import Catalogue
from indexer.library import IndexedTitle, Library
from indexer.settings import Settings, load_settings

LABELS = Path(__file__).with_name("artwork_labels.csv")
COUNTS = (10, 32)
ANSWERS = ("yes", "?", "no", "not looked at")


def read_labels() -> Mapping[tuple[str, int], str]:
    with LABELS.open(newline="", encoding="utf-8") as file:
        return {(row["film"], int(row["frame"])): row["good"] for row in csv.DictReader(file)}


def chosen(title: IndexedTitle, settings: Settings, count: int) -> Sequence[int]:
    return [each.frame for each in artwork_of_title(title, settings, count).stills]


def spread(title: IndexedTitle, count: int) -> Sequence[int]:
    frames = sorted(title.qualities)
    return [frames[int((place + 0.5) * len(frames) / count)] for place in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="an index of the development films")
    data = parser.parse_args().data
    labels, settings = read_labels(), load_settings(data)
    films = {film for film, _ in labels}
    table = Table("film", "stills", *ANSWERS)
    for title in Library(Catalogue(data)).titles():
        film = title.manifest.title.media.path.name
        if film not in films:
            continue
        for count in COUNTS:
            began = time.perf_counter()
            best = chosen(title, settings, count)
            took = time.perf_counter() - began
            for name, frames in (("chosen", best), ("spread evenly", spread(title, count))):
                counts = Counter(labels.get((film, frame), "not looked at") for frame in frames)
                row = (str(counts[each]) for each in ANSWERS)
                table.add_row(film, f"{name}, {len(frames)}", *row)
            print(f"{film}, {count} stills: {1000 * took:.0f} ms")
    Console().print(table)


if __name__ == "__main__":
    main()
