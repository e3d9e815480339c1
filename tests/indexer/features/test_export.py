"""What is exported from a catalogue that was really indexed, imported again."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from indexer.artefacts import read_vectors
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.features.export import export_features
from indexer.features.feature_set import import_table
from indexer.models import Models
from indexer.stages import embed
from indexer.stages.context import metadata_text


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


def test_a_missing_artefact_is_told(indexed: Path, models: Models, tmp_path: Path) -> None:
    catalogue = Catalogue(indexed)
    manifest = catalogue.manifests()[0]
    stage = catalogue.folder(manifest.title.title_id).stage("audio", manifest.keys["audio"])
    (stage / "vectors.npy").unlink()
    with pytest.raises(ReelfindError, match=r"Big Buck Bunny .*cannot be read.*--force"):
        export_features(catalogue, tmp_path / "out", models)
    assert not list(tmp_path.glob("*out*"))


def test_nothing_indexed_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match="nothing is indexed"):
        export_features(Catalogue(tmp_path / "data"), tmp_path / "out")
