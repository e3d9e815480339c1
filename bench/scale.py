"""What a catalogue of many hours takes: storage, processors, GPUs, points and their memory.

    python -m bench.scale 1000 10000 100000

Multiplies what was measured of a film (``docs/results/measurements.md``) by hours, with the
assumptions below. ``docs/scale.md`` has the output; a test keeps it equal.
"""

import argparse
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from indexer.alike import alike_size
from indexer.models import Models
from indexer.settings import Settings

MEASUREMENTS = Path(__file__).parents[1] / "docs" / "results" / "measurements.md"
TIB, GIB = 2**40, 2**30
KINDS = ("none", "scalar", "binary")
"""Quantizations; without one, the vectors themselves are in memory."""


@dataclass(frozen=True)
class Assumptions:
    """What was not measured here; each field's name says its unit."""

    film_mbit_per_second: float = 8.0
    gigaflop_per_frame: float = 156.0
    gpu_teraflop_per_second: float = 30.0
    encoder_width: int = 128
    bytes_per_number: int = 2
    graph_links: int = 16
    payload_bytes: int = 1500
    index_bytes: int = 300
    words_per_shot: float = 8.0
    copies: int = 2
    machine_gib: int = 64


WHY = {
    "film_mbit_per_second": "films in H.264 at 1080p; the measured one has 8.2",
    "gigaflop_per_frame": "CLIP ViT-L/14: two operations for each of 304 million parameters and "
    "257 patches",
    "gpu_teraflop_per_second": "what a GPU of an ordinary server sustains in bfloat16, decoding "
    "aside; no GPU was measured",
    "encoder_width": "the encoder that is fitted to a catalogue",
    "bytes_per_number": "vectors are float16",
    "graph_links": "`m` of Qdrant's graph, its default; twice as many on the lowest level, of 4 "
    "bytes each",
    "payload_bytes": "of a shot or clip on disk, with its indexes",
    "index_bytes": "of a shot or clip in memory: payload indexes and ids",
    "words_per_shot": "of dialogue, 8 bytes each, kept in memory",
    "copies": "`store.replication_factor`, so that a machine may be away",
    "machine_gib": "memory of a machine of the cluster",
}


@dataclass(frozen=True)
class FilmHour:
    """What was measured for an hour of film."""

    shots: float
    clips: float
    frames: float
    decoded_mb: float
    vectors_mb: float
    core_seconds: float


def measured(text: str) -> FilmHour:
    """Return what the tables of the measurements say of an hour of film."""
    film = 180.0  # The seconds of the 1080p films, as the text before their table says.
    cores = float(_cells(text, "H.264")[-1].split(", ")[1])

    def of_hour(name: str) -> float:
        return float(_cells(text, name)[0].replace(",", ""))

    return FilmHour(
        shots=of_hour("shots"),
        clips=of_hour("clips"),
        frames=of_hour("frames embedded"),
        decoded_mb=of_hour("stills and sound, MB"),
        vectors_mb=of_hour("vectors, scores and text, MB"),
        core_seconds=cores / film * 3600,
    )


def _cells(text: str, name: str) -> list[str]:
    """Return the cells of the one row of a table that begins with ``name``."""
    (row,) = re.findall(rf"^\| {re.escape(name)} \|(.*)\|$", text, re.MULTILINE)
    return [each.strip() for each in row.split("|")]


def numbers_of_point(assumed: Assumptions, profile: str) -> int:
    """Return how many numbers the dense vectors of a shot or clip have."""
    description = Models(Settings(profile=profile)).description
    worded: int = sum(part.stop - part.start for part in description.worded)
    text = description.text.dimension
    alike = alike_size(description.dimension, text, assumed.encoder_width)
    return description.aligned + text + assumed.encoder_width + alike + worded


def memory_of_point(assumed: Assumptions, numbers: int, quantization: str) -> float:
    """Return the bytes of memory that a shot or clip takes on a Qdrant server.

    Full vectors stay on disk where there are quantized copies (``store.on_disk``).
    """
    vector = {"none": assumed.bytes_per_number, "scalar": 1.0, "binary": 1 / 8}[quantization]
    graph = 5 * 2 * assumed.graph_links * 4  # Five dense vectors, each with a graph.
    return numbers * vector + graph + assumed.index_bytes + assumed.words_per_shot * 8


def rows(
    hours: float, film: FilmHour, assumed: Assumptions, profile: str = "full"
) -> Iterator[tuple[str, str]]:
    """Yield what ``hours`` of film take, with its name."""
    points = (film.shots + film.clips) * hours
    numbers = numbers_of_point(assumed, profile)
    disk = numbers * assumed.bytes_per_number + assumed.payload_bytes
    operations = film.frames * assumed.gigaflop_per_frame / 1000 * hours
    yield "films, TiB", _told(assumed.film_mbit_per_second / 8 * 1e6 * 3600 * hours / TIB)
    yield "stills and sound, TiB", _told(film.decoded_mb * 1e6 * hours / TIB)
    yield "vectors, scores and text, TiB", _told(film.vectors_mb * 1e6 * hours / TIB)
    cores = film.core_seconds * hours / 3600
    yield (
        "indexing, core-hours (days of a hundred cores)",
        f"{_told(cores)} ({_told(cores / 2400)})",
    )
    yield "indexing, GPU hours", _told(operations / assumed.gpu_teraflop_per_second / 3600)
    yield "shots and clips, millions", _told(points / 1e6)
    yield "points on disk, all copies, TiB", _told(points * disk * assumed.copies / TIB)
    for kind in KINDS:
        memory = points * memory_of_point(assumed, numbers, kind) * assumed.copies
        machines = math.ceil(memory / GIB / assumed.machine_gib)
        name = f"points in memory, all copies, {kind}, GiB (machines)"
        yield name, f"{_told(memory / GIB)} ({machines})"


def table(hours: Sequence[int], film: FilmHour, assumed: Assumptions) -> str:
    """Return the rows for several sizes as a table in Markdown."""
    columns = [list(rows(each, film, assumed)) for each in hours]
    head = ["Hours of film", *(f"{each:,}" for each in hours)]
    body = [[each[0][0], *(value for _, value in each)] for each in zip(*columns, strict=True)]
    return _markdown([head, *body])


def assumptions_table(assumed: Assumptions) -> str:
    """Return the assumptions as a table in Markdown."""
    told = [
        [each.name.replace("_", " "), f"{getattr(assumed, each.name):g}", WHY[each.name]]
        for each in fields(assumed)
    ]
    return _markdown([["Assumed", "", "Because"], *told])


def check(assumed: Assumptions, text: str) -> str:
    """Return the formula's memory beside that of a server that was measured."""
    held = re.search(
        r"The server held ([\d.]+) GiB of its own, and [\d.]+ with mapped files; it", text
    )
    assert held is not None, "the measurements have lost the server with a million shots"
    points = 1_000_000 + 250_000
    memory = points * memory_of_point(assumed, numbers_of_point(assumed, "lite"), "scalar")
    return (
        f"For the million shots of profile `lite` that were searched, with their clips, it gives "
        f"{memory / GIB:.1f} GiB; that server held {held[1]}, with networks and Python."
    )


def _markdown(lines: Sequence[Sequence[str]]) -> str:
    rule = ["---"] * len(lines[0])
    return "\n".join(f"| {' | '.join(each)} |" for each in (lines[0], rule, *lines[1:]))


def _told(value: float) -> str:
    """Return a number to two digits: none of these is known better."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def main() -> None:
    """Print the tables and the check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("hours", type=int, nargs="+")
    hours, assumed = parser.parse_args().hours, Assumptions()
    text = MEASUREMENTS.read_text(encoding="utf-8")
    parts = table(hours, measured(text), assumed), assumptions_table(assumed), check(assumed, text)
    print("\n\n".join(parts))


if __name__ == "__main__":
    main()
