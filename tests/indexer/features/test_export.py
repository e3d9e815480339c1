"""What is exported from a catalogue that was really indexed, imported again."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from indexer.artefacts import read_vectors
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.features.export import export_features, export_titles
from indexer.features.feature_set import import_table
from indexer.library import Library
from indexer.models import Models
from indexer.stages import embed
from indexer.stages.context import metadata_text
from indexer.title_vectors import VECTORS


def test_an_export_imports_to_the_catalogue_s_own_embeddings(
    indexed_once: Path, models: Models, tmp_path: Path
) -> None:
    catalogue, out = Catalogue(indexed_once), tmp_path / "out"
    assert export_features(catalogue, out, models) == len(catalogue.manifests())
    assert sorted(path.name for path in out.iterdir()) == ["shots.parquet", "titles.parquet"]
    found = import_table(out / "shots.parquet", out / "titles.parquet", tmp_path / "again")
    assert found.profile == "lite"
    assert found.modalities == (("video", 1280), ("audio", 384), ("text", 384))
    names = dict(found.titles.select("title_id", "name").iter_rows())
    for sequence in found.sequences():
        manifest = catalogue.find(sequence.title_id)
        stage = catalogue.folder(sequence.title_id).stage(embed.FUSED, manifest.keys[embed.FUSED])
        np.testing.assert_allclose(sequence.fused, read_vectors(stage / embed.VECTORS), atol=1e-6)
        words = metadata_text(manifest.title.metadata)
        expected = models.backbones.text.embed_texts([words])[0]
        if expected.any():
            np.testing.assert_allclose(sequence.metadata, expected, atol=1e-6)
        else:
            assert not sequence.metadata.any()
        assert names[sequence.title_id] == manifest.title.metadata.name
        own = found.shots.filter(pl.col("title_id") == sequence.title_id)
        assert own["end"][-1] == pytest.approx(manifest.seconds)


def test_titles_as_wholes_are_a_row_each(indexed_once: Path, tmp_path: Path) -> None:
    catalogue, out = Catalogue(indexed_once), tmp_path / "out"
    assert export_titles(catalogue, out) == len(catalogue.manifests())
    assert [path.name for path in out.iterdir()] == ["titles.parquet"]
    table = pl.read_parquet(out / "titles.parquet")
    titles = {each.title_id: each for each in Library(catalogue).titles()}
    assert table["title_id"].sort().to_list() == sorted(titles)
    mute = 0
    for row in table.iter_rows(named=True):
        title = titles[row["title_id"]]
        assert row["name"] == title.manifest.title.metadata.name
        assert row["genres"] == list(title.manifest.genres)
        for part, name in VECTORS.items():
            mean = title.vectors(name).sum(axis=0)
            if not mean.any():
                mute += 1
                assert row[part] is None
                continue
            np.testing.assert_allclose(row[part], mean / np.linalg.norm(mean), atol=1e-5)
    assert mute


def test_a_missing_artefact_is_told(indexed: Path, models: Models, tmp_path: Path) -> None:
    catalogue = Catalogue(indexed)
    manifest = catalogue.manifests()[0]
    stage = catalogue.folder(manifest.title.title_id).stage("audio", manifest.keys["audio"])
    (stage / "vectors.npy").unlink()
    with pytest.raises(ReelfindError, match=r"Big Buck Bunny .*cannot be read.*--force"):
        export_features(catalogue, tmp_path / "out", models)
    with pytest.raises(ReelfindError, match=r"Big Buck Bunny .*cannot be read.*--force"):
        export_titles(catalogue, tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))


def test_nothing_indexed_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match="nothing is indexed"):
        export_features(Catalogue(tmp_path / "data"), tmp_path / "out")
