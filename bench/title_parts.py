"""Whether the parts of a film are alike in story, look and sound.

Run as ``python -m bench.title_parts DATA``, over an index of several films. Each film is cut into
parts of whole shots, and each part stands for a title of its own: its vector is that of a title
(``indexer.title_vectors``), and the encoder sees the part alone, without what is known of the film.
Each part is compared, as ``app.titles.similar`` compares titles, with another part of its film and
one part of each other film, drawn at random: how often is that of its film the nearest? This is
computed for all draws, so that a long film counts no more than a short one. The parts beside it are
left out: they may be of one scene, and a window of the sound network may reach into them.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from encoder.model import Encoder
from encoder.windows import embed_title
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import load_current
from indexer.fused import fuse
from indexer.library import IndexedTitle, Library
from indexer.title_vectors import PARTS, VECTORS, Part, Vector, join, mean_vector, some

BY: dict[str, tuple[Part, ...]] = {
    "story": ("story",),
    "look": ("look",),
    "sound": ("sound",),
    "all three": ("story", "look", "sound"),
    "together, as shipped": PARTS,
}
RESAMPLES = 2000
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a film: which one of how many, and its vectors."""

    film: str
    place: int
    vectors: Mapping[Part, Vector]


@dataclass(frozen=True)
class Outcome:
    """Of a part: its film, how often its film's other parts are the nearest, and chance."""

    film: str
    hit: float
    chance: float


def pieces(title: IndexedTitle, encoder: Encoder, seconds: float) -> list[Piece]:
    """Cut a film into parts of at least so many seconds; what is left at its end joins the last."""
    fps, starts, begun = title.manifest.title.media.fps, [0], 0
    for shot in title.shots:
        if (shot.start_frame - begun) / fps >= seconds:
            starts.append(shot.index)
            begun = shot.start_frame
    if len(starts) > 1 and (title.shots[-1].end_frame - begun) / fps < seconds:
        starts.pop()
    ends = [*starts[1:], len(title.shots)]
    own = {part: title.vectors(name) for part, name in VECTORS.items()}
    fused = fuse({name: title.vectors(name) for name in ("video", "audio", "text")})
    name = title.manifest.title.metadata.name
    found = []
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        vectors = {part: mean_vector(rows[start:end]) for part, rows in own.items()}
        # Not from the states that the encoder gave the shots in their film.
        vectors["context"] = mean_vector(embed_title(encoder, fused[start:end]).states)
        found.append(Piece(name, place, vectors))
    return found


def outcomes(every: Sequence[Piece], compared: Sequence[Part]) -> list[Outcome]:
    """Compare each part that has something of what is compared, and another part to find."""
    widths = {part: len(own) for part, own in every[0].vectors.items()}
    there = [each for each in every if any(each.vectors[part].any() for part in compared)]
    joined = np.stack([join(each.vectors, widths) for each in there])
    films = np.array([each.film for each in there])
    places = np.array([each.place for each in there])
    found = []
    for piece, vector in zip(there, joined, strict=True):
        scores = joined @ some(vector, widths, compared)
        own = scores[(films == piece.film) & (np.abs(places - piece.place) > 1)]
        others = [scores[films == film] for film in sorted({*films} - {piece.film})]
        if len(own):
            below = [(film[None] < own[:, None]).mean(axis=1) for film in others]
            hit = float(np.prod(below, axis=0).mean())
            found.append(Outcome(piece.film, hit, 1 / (1 + len(others))))
    return found


def interval(by_film: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of a mean over films, by bootstrap."""
    draws = np.random.default_rng(0).integers(0, len(by_film), (RESAMPLES, len(by_film)))
    low, high = np.quantile(np.array(by_film)[draws].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def cells(found: Sequence[Outcome], films: Sequence[str]) -> list[str]:
    """Return the hits of each film, and the mean of films with its interval, and chance."""
    hits = {film: [each.hit for each in found if each.film == film] for film in films}
    means = [float(np.mean(own)) for own in hits.values() if own]
    low, high = interval(means)
    mean = f"{np.mean(means):.2f} ({low:.2f} to {high:.2f})"
    shown = [f"{np.mean(own):.2f}" if own else "-" for own in hits.values()]
    return [*shown, mean, f"{found[0].chance:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path, help="The data directory.")
    parser.add_argument("--seconds", type=float, default=10, help="Of a part, at least.")
    asked = parser.parse_args()
    catalogue = Catalogue(asked.data)
    frozen = load_current(catalogue)
    if frozen is None:
        parser.error(f"{asked.data}: nothing is indexed")
    every = [
        piece
        for title in Library(catalogue).titles()
        for piece in pieces(title, frozen.encoder, asked.seconds)
    ]
    count = {film: sum(each.film == film for each in every) for film in {e.film for e in every}}
    films = sorted(film for film, parts in count.items() if parts > 2)
    console = Console(width=200)
    console.print(
        f"{len(every)} parts of {len(count)} films; asked by: "
        + ", ".join(f"{film} ({count[film]})" for film in films)
    )
    table = Table("by", *films, "mean of these films (95 %)", "chance")
    for name, compared in BY.items():
        table.add_row(name, *cells(outcomes(every, compared), films))
    console.print(table)


if __name__ == "__main__":
    main()
