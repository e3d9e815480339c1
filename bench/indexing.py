"""What indexing costs beyond what it cannot do without, and its memory.

    python -m bench.indexing MEDIA_DIR
    python -m bench.indexing MEDIA_DIR --full-hd --long --profile

In one run: `reelfind index` on all films as a user runs it (a process of its own, an empty data
directory, so loading networks and fitting the encoder count) and once more with nothing to do,
then the same films' one ffmpeg decode and the backbones' forward passes alone, the networks
loaded. Next, Big Buck Bunny alone where it is there.

With `--full-hd` the same for three minutes of 1080p in H.264 and in HEVC, with `--long` for a film
of two hours, each beside ffmpeg's plain decode. These films are made of the longest one given and
kept in build/films. With `--profile` the ten parts of the code that take most core-seconds of all
films.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import floor
from bench.big_films import CODERS, full_hd, long_film, megabits, plain_decode
from bench.machine import Cost, cost, machine
from indexer.catalogue import Catalogue
from indexer.discovery import discover
from indexer.models import Models
from indexer.probe import probe
from indexer.settings import Settings

ONE_FILM = "big_buck_bunny_360p.mp4"
MADE = Path("build/films")
REELFIND = ("-m", "app.cli.main")
MOST = 10
"""Parts of a profile that are printed."""

console = Console(width=140)


def index(films: Path, data: Path, program: Sequence[str] = REELFIND) -> Cost:
    """Run ``reelfind index``."""
    return cost([sys.executable, *program, "index", str(films), "--data", str(data)])


def measure(films: Path, models: Models, least: Table, whole: Table) -> None:
    """Index ``films`` twice, measure what the first run cannot do without, and add both as rows."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        first, again = index(films, data), index(films, data)
        catalogue = Catalogue(data)
        manifests = catalogue.manifests()
        parts = [floor.floor(catalogue, manifest, models) for manifest in manifests]
    length = sum(manifest.seconds for manifest in manifests)
    sums = [sum(part[name] for part in parts) for name in floor.PARTS]
    least.add_row(films.name, f"{length:.0f}", *(f"{each:.1f}" for each in (*sums, sum(sums))))
    whole.add_row(
        films.name,
        *_figures(first),
        f"{first.seconds / sum(sums):.2f}",
        f"{length / first.seconds:.1f}",
        f"{again.seconds:.1f}",
        f"{again.core_seconds:.1f}",
    )


def beside_decode(films: Sequence[Path]) -> Table:
    """Index each film alone, beside ffmpeg's plain decode of it."""
    columns = ("film", "s", "Mbit/s", "decode s", "core-s", "index s", "core-s", "peak GiB")
    table = Table(*columns, "index / decode", "× real time", title="Large and long films")
    for film in films:
        plain = cost(plain_decode(film))
        with tempfile.TemporaryDirectory() as scratch:
            indexed = index(film, Path(scratch) / "data")
        length = probe(film).duration
        table.add_row(
            film.stem,
            f"{length:.0f}",
            f"{megabits(film):.1f}",
            f"{plain.seconds:.1f}",
            f"{plain.core_seconds:.1f}",
            *_figures(indexed),
            f"{indexed.seconds / plain.seconds:.2f}",
            f"{length / indexed.seconds:.1f}",
        )
    return table


def profile(films: Path) -> Table:
    """Index ``films`` under the profile; return the parts that take most."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "parts.json"
        index(films, Path(scratch) / "data", ("-m", "bench.profiling", str(file)))
        parts: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    whole = sum(parts.values())
    table = Table("part", "core-s", "%", title=f"{films.name}: {whole:.1f} core-seconds")
    for part, seconds in sorted(parts.items(), key=lambda item: -item[1])[:MOST]:
        table.add_row(part, f"{seconds:.1f}", f"{100 * seconds / whole:.0f}")
    return table


def main() -> None:
    """Measure what was asked for, and print it with the machine's name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("media", type=Path)
    parser.add_argument("--full-hd", action="store_true", help="three minutes of 1080p, twice")
    parser.add_argument("--long", action="store_true", help="a film of two hours")
    parser.add_argument("--profile", action="store_true", help="the ten most expensive parts")
    parser.add_argument("--only", action="store_true", help="only what these options name")
    asked = parser.parse_args()
    console.print(machine())
    if not asked.only:
        usual(asked.media)
    longest = max(discover([asked.media]).files, key=lambda film: probe(film).duration)
    films = [full_hd(longest, codec, MADE) for codec in CODERS] if asked.full_hd else []
    films += [long_film(longest, MADE)] if asked.long else []
    if films:
        console.print(beside_decode(films))
    if asked.profile:
        console.print(profile(asked.media))


def usual(media: Path) -> None:
    """Measure all films, then the long one alone."""
    models = Models(Settings())
    floor.load(models)
    least = Table("films", "film s", *floor.PARTS, "sum", title="What it cannot do without, s")
    columns = ("films", "s", "core-s", "peak GiB", "index / sum", "× real time")
    whole = Table(*columns, "again s", "core-s")
    whole.title = "reelfind index"
    measure(media, models, least, whole)
    if (media / ONE_FILM).is_file():
        measure(media / ONE_FILM, models, least, whole)
    console.print(least, whole)


def _figures(of: Cost) -> tuple[str, str, str]:
    return f"{of.seconds:.1f}", f"{of.core_seconds:.1f}", f"{of.peak:.2f}"


if __name__ == "__main__":
    main()
