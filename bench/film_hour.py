"""What an hour of film leaves: shots, clips, embedded frames, and bytes of each kind.

    python -m bench.film_hour DATA

DATA is an indexed data directory. ``bench.scale`` reads the table that this prints from
``docs/results/measurements.md``.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from indexer.catalogue import Catalogue
from indexer.manifest import Manifest

DECODED = "decode"
"""The stage with stills and sound; the others have vectors, scores and text."""


def rows(catalogue: Catalogue) -> Iterator[tuple[str, float]]:
    """Yield what there is for an hour of film, with its name."""
    manifests = list(catalogue.manifests())
    hours = sum(float(each.title.media.duration) for each in manifests) / 3600
    yield "shots", sum(each.shots for each in manifests) / hours
    yield "clips", sum(each.clips for each in manifests) / hours
    yield "frames embedded", sum(_embedded(catalogue, each) for each in manifests) / hours
    sizes = [size for each in manifests for size in _sizes(catalogue, each)]
    decoded = sum(size for stage, size in sizes if stage == DECODED)
    yield "stills and sound, MB", decoded / hours / 1e6
    yield "vectors, scores and text, MB", (sum(size for _, size in sizes) - decoded) / hours / 1e6


def table(catalogue: Catalogue) -> str:
    """Return the rows as a table in Markdown."""
    lines = [f"| {name} | {value:,.1f} |" for name, value in rows(catalogue)]
    return "\n".join(["| An hour of film | |", "|---|---|", *lines])


def _embedded(catalogue: Catalogue, manifest: Manifest) -> int:
    (chosen,) = _folder(catalogue, manifest).glob("stills-*/stills.parquet")
    return int(pl.read_parquet(chosen)["embedded"].sum())


def _sizes(catalogue: Catalogue, manifest: Manifest) -> Iterator[tuple[str, int]]:
    for folder in _folder(catalogue, manifest).iterdir():
        files = folder.rglob("*") if folder.is_dir() else [folder]
        size = sum(each.stat().st_size for each in files if each.is_file())
        yield folder.name.partition("-")[0], size


def _folder(catalogue: Catalogue, manifest: Manifest) -> Path:
    return catalogue.path / "titles" / manifest.title.title_id


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    print(table(Catalogue(parser.parse_args().data)))
