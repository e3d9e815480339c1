"""A feature set: a folder of imported embeddings, to train and evaluate on.

features.json   format, profile, modalities, width of the metadata, what it was made from
titles.parquet  title_id, name, shots and whatever else was given, by title_id
shots.parquet   title_id, index, start, end, by title and index
fused.npy       [N, D] float32, the fused embedding of each shot
metadata.npy    [T, M] float32, the metadata embedding of each title
"""

import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from encoder import atomic
from encoder.batches import TitleSequence
from indexer.artefacts import write_json, write_vectors
from indexer.backbones.base import Vectors
from indexer.errors import ReelfindError
from indexer.features.table import ShotTable, read_shot_table
from indexer.features.titles_table import count_titles, nothing_known, read_titles_table
from indexer.fused import fuse

FORMAT = 1
"""Of the folder: raised when an older one can no longer be read."""
ABOUT = "features.json"
TITLES = "titles.parquet"
SHOTS = "shots.parquet"
FUSED = "fused.npy"
METADATA = "metadata.npy"
ROWS = 65_536
"""Fused rows looked at once."""


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """Titles as sequences of fused embeddings, without their films.

    ``modalities``: name and width, in the order of a fused row. ``titles``: title_id, name,
    shots (their number) and further columns, by title_id. ``shots``: title_id, index, start, end
    (seconds or null), the rows of a title together. ``fused``: [N, D] float32, mapped from the
    disk. ``metadata``: [T, M] float32. Rows are of unit norm, or zeros where nothing is known.
    ``warnings``: what a user should know of the import.
    """

    profile: str
    modalities: tuple[tuple[str, int], ...]
    titles: pl.DataFrame
    shots: pl.DataFrame
    fused: Vectors
    metadata: Vectors
    warnings: tuple[str, ...] = field(default=())

    def sequences(self, title_ids: Collection[str] | None = None) -> list[TitleSequence]:
        """Return titles as the encoder reads them, by title_id; all, or the given ones.

        Raises:
            ReelfindError: a given title is missing.
        """
        names = self.titles["title_id"].to_list()
        wanted = set(names if title_ids is None else title_ids)
        missing = sorted(wanted.difference(names))
        if missing:
            raise ReelfindError(
                f"{missing[0]}: no such title among these features; `{TITLES}` in their folder "
                "lists them"
            )
        ends = np.cumsum(self.titles["shots"].to_numpy())
        starts = ends - self.titles["shots"].to_numpy()
        return [
            TitleSequence(name, np.asarray(self.fused[start:end]), metadata)
            for name, start, end, metadata in zip(names, starts, ends, self.metadata, strict=True)
            if name in wanted
        ]

    def shares(self) -> dict[str, float]:
        """Return for each modality the share of shots, 0..1, that have it."""
        present = dict.fromkeys((name for name, _ in self.modalities), 0)
        for start in range(0, len(self.fused), ROWS):
            rows, place = self.fused[start : start + ROWS], 0
            for name, width in self.modalities:
                present[name] += int(rows[:, place : place + width].any(axis=1).sum())
                place += width
        return {name: count / len(self.fused) for name, count in present.items()}


def import_table(
    table: Path, titles: Path | None, folder: Path, profile: str | None = None
) -> FeatureSet:
    """Write a feature set from a table of shots, and of titles if there is one.

    Args:
        table: parquet; see ``indexer.features.table``.
        titles: parquet; see ``read_titles_table``.
        folder: created completely or not at all.
        profile: the name of what made the embeddings; by default what the table records, else
            the folder's name.

    Raises:
        ReelfindError: a table cannot be read or has bad rows, or the folder cannot be made.
    """
    check_new(folder)
    shots = read_shot_table(table)
    counted = count_titles(shots.shots)
    known, metadata, warnings = (
        nothing_known(counted) if titles is None else read_titles_table(titles, counted)
    )
    about = {
        "format": FORMAT,
        "profile": profile or shots.profile or folder.resolve().name,
        "modalities": shots.modalities,
        "metadata_dim": metadata.shape[1],
        "sources": [_source(path) for path in (table, titles) if path is not None],
        "warnings": [*shots.warnings, *warnings],
    }
    with new_folder(folder) as out:
        _write_fused(shots, out / FUSED)
        shots.shots.select("title_id", "index", "start", "end").write_parquet(out / SHOTS)
        known.write_parquet(out / TITLES)
        write_vectors(out / METADATA, metadata)
        write_json(out / ABOUT, about)
    return load_features(folder)


def load_features(folder: Path) -> FeatureSet:
    """Open what ``import_table`` wrote.

    Raises:
        ReelfindError: the folder is none, is of another version, or is damaged.
    """
    if not (folder / ABOUT).is_file():
        raise ReelfindError(
            f"{folder}: holds no features; make them with `reelfind features import TABLE "
            "--out FOLDER`"
        )
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ReelfindError(
                f"{folder}: features of format {about['format']}, and this version reads "
                f"{FORMAT}; import the table again"
            )
        found = FeatureSet(
            profile=str(about["profile"]),
            modalities=tuple((str(name), int(width)) for name, width in about["modalities"]),
            titles=pl.read_parquet(folder / TITLES),
            shots=pl.read_parquet(folder / SHOTS),
            # Copy on write: torch takes only arrays that could be written to.
            fused=np.load(folder / FUSED, mmap_mode="c", allow_pickle=False),
            metadata=np.load(folder / METADATA, allow_pickle=False),
            warnings=tuple(about["warnings"]),
        )
        shape = (int(found.titles["shots"].sum()), sum(width for _, width in found.modalities))
        whole = (
            found.fused.shape == shape
            and len(found.shots) == shape[0]
            and found.metadata.shape == (len(found.titles), about["metadata_dim"])
        )
    except (EOFError, OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise ReelfindError(
            f"{folder}: damaged features ({type(error).__name__}); import the table again"
        ) from error
    if not whole:
        raise ReelfindError(
            f"{folder}: damaged features (its files differ in size); import the table again"
        )
    return found


def check_new(folder: Path) -> None:
    """Check that a folder does not exist yet.

    Raises:
        ReelfindError: it exists.
    """
    if folder.exists():
        raise ReelfindError(f"{folder}: already there; choose another folder, or remove it")


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder to fill; it becomes ``folder`` unless an error is raised.

    Raises:
        ReelfindError: ``folder`` exists, or the disk refuses.
    """
    check_new(folder)
    try:
        with atomic.new_folder(folder) as draft:
            yield draft
    except OSError as error:
        raise ReelfindError(
            f"{folder}: cannot be written ({error.strerror or error}); choose another folder"
        ) from error


def _write_fused(shots: ShotTable, path: Path) -> None:
    shape = (len(shots.shots), sum(width for _, width in shots.modalities))
    fused = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    for places, vectors in shots.batches():
        fused[places] = fuse(vectors)
    fused.flush()


def _source(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {"name": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
