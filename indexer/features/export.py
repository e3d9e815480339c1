"""Exports a catalogue's embeddings as parquet tables, which can be imported again."""

from pathlib import Path

import numpy as np
import polars as pl

from indexer.backbones.base import Vectors
from indexer.backbones.registry import ProfileDescription
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.features.feature_set import SHOTS, TITLES, new_folder
from indexer.library import IndexedTitle
from indexer.models import Models
from indexer.settings import load_settings
from indexer.stages.context import embed_metadata
from indexer.stages.work import TitleWork
from indexer.title_vectors import PARTS, split, title_vector

_UNJOINED = "parts"
"""Folder of the titles' own tables, until they are joined."""
TITLES_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "title_id": pl.String,
    "name": pl.String,
    "genres": pl.List(pl.String),
    "metadata": pl.List(pl.Float32),
}
WHOLE_TITLES_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "title_id": pl.String,
    "name": pl.String,
    "series": pl.String,
    "season": pl.Int64,
    "episode": pl.Int64,
    "year": pl.Int64,
    "language": pl.String,
    "genres": pl.List(pl.String),
    "seconds": pl.Float64,
    "profile": pl.String,
    "encoder": pl.String,
    **dict.fromkeys(PARTS, pl.List(pl.Float32)),
}


def export_features(catalogue: Catalogue, folder: Path, models: Models | None = None) -> int:
    """Write ``shots.parquet`` and ``titles.parquet`` of every title, and return their number.

    Importing them gives the catalogue's own fused and metadata embeddings. The profile is
    recorded in a column of the shots.

    Args:
        catalogue: an indexed one.
        folder: created completely or not at all.
        models: of the catalogue's profile, if loaded already.

    Raises:
        ReelfindError: nothing is indexed, an artefact is missing, or the folder cannot be made.
    """
    profile, manifests = catalogue.profile, catalogue.manifests()
    if profile is None or not manifests:
        raise _nothing_indexed(catalogue)
    manifests.sort(key=lambda manifest: manifest.title.title_id)
    settings = load_settings(catalogue.path, profile=profile)
    models = models or Models(settings)
    rows = []
    with new_folder(folder) as out:
        parts = out / _UNJOINED
        parts.mkdir()
        for number, manifest in enumerate(manifests):
            table = _shots_table(IndexedTitle(manifest, catalogue), models.description)
            table.write_parquet(parts / f"{number:08}.parquet")
            own = catalogue.folder(manifest.title.title_id)
            work = TitleWork(manifest.title, settings, own, models, lambda _: None)
            metadata = embed_metadata(work)
            rows.append(
                {
                    "title_id": manifest.title.title_id,
                    "name": manifest.title.metadata.name,
                    "genres": list(manifest.title.metadata.genres) or None,
                    "metadata": metadata.tolist() if metadata.any() else None,
                }
            )
        files = sorted(parts.iterdir())
        # Streamed from file to file: a large catalogue does not fit into memory.
        pl.scan_parquet(files, glob=False).sink_parquet(out / SHOTS)
        for file in files:
            file.unlink()
        parts.rmdir()
        pl.DataFrame(rows, schema=TITLES_SCHEMA).write_parquet(out / TITLES)
    return len(manifests)


def export_titles(catalogue: Catalogue, folder: Path) -> int:
    """Write ``titles.parquet`` with a row for each title, and return their number.

    A row has what is known of the title and the parts of its vector, see ``title_vectors``: lists
    of float32 at unit norm, null where the title has nothing of a part.

    Args:
        catalogue: an indexed one.
        folder: created completely or not at all.

    Raises:
        ReelfindError: nothing is indexed, an artefact is missing, or the folder cannot be made.
    """
    manifests = catalogue.manifests()
    if not manifests:
        raise _nothing_indexed(catalogue)
    with new_folder(folder) as out:
        rows = [_title_row(IndexedTitle(each, catalogue)) for each in manifests]
        pl.DataFrame(rows, schema=WHOLE_TITLES_SCHEMA).write_parquet(out / TITLES)
    return len(manifests)


def _title_row(title: IndexedTitle) -> dict[str, object]:
    manifest, metadata = title.manifest, title.manifest.title.metadata
    try:
        vector, widths = title_vector(title)
    except (KeyError, OSError, ReelfindError) as error:
        raise _unreadable(title, error) from error
    return {
        "title_id": title.title_id,
        "name": metadata.name,
        "series": metadata.series,
        "season": metadata.season,
        "episode": metadata.episode,
        "year": metadata.year,
        "language": manifest.language,
        "genres": list(manifest.genres),
        "seconds": manifest.seconds,
        "profile": manifest.profile,
        "encoder": manifest.encoder,
        **{part: own.tolist() for part, own in split(vector, widths).items()},
    }


def _nothing_indexed(catalogue: Catalogue) -> ReelfindError:
    return ReelfindError(
        f"{catalogue.path}: nothing is indexed here; index films first: "
        f"reelfind index FILMS --data {catalogue.path}"
    )


def _unreadable(title: IndexedTitle, error: Exception) -> ReelfindError:
    folder = title.catalogue.folder(title.title_id).path
    return ReelfindError(
        f"{title.manifest.title.metadata.name}: its embeddings in {folder} cannot be read "
        f"({error}); index this title again with --force"
    )


def _shots_table(title: IndexedTitle, description: ProfileDescription) -> pl.DataFrame:
    """Return a title's shots: title_id, index, start, end (seconds), profile, modalities."""
    manifest = title.manifest
    try:
        own = title.shots
        vectors = {name: title.vectors(name) for name in description.modalities}
    except (KeyError, OSError, ReelfindError) as error:
        raise _unreadable(title, error) from error
    return pl.DataFrame(
        {
            "title_id": [title.title_id] * len(own),
            "index": [shot.index for shot in own],
            "start": [title.seconds(shot.start_frame) for shot in own],
            "end": [title.seconds(shot.end_frame) for shot in own],
            "profile": [manifest.profile] * len(own),
            **{name: _column(rows) for name, rows in vectors.items()},
        }
    )


def _column(vectors: Vectors) -> pl.Series:
    """Return rows as lists of float32, null where a row is zeros: [n]."""
    lists = pl.Series(np.ascontiguousarray(vectors, dtype=np.float32)).arr.to_list()
    return pl.select(pl.when(pl.Series(vectors.any(axis=1))).then(lists)).to_series()
