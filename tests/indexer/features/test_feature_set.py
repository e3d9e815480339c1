"""Feature sets against their definition, written out shot by shot."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from encoder.batches import collate
from indexer.errors import ReelfindError
from indexer.features import table as table_module
from indexer.features.feature_set import FeatureSet, import_table, load_features

SHOTS: dict[str, list[Any]] = {
    "title_id": ["b", "a", "b", "a", "a"],
    "index": [4, 2, 5, 1, 0],
    "start": [0.0, 4.0, 2.5, None, 0.0],
    "end": [2.5, 6.0, 3.0, None, 2.0],
    "smell": [[1.0], [2.0], None, None, None],
    "text": [[3, 4], None, [1, 0], None, [0, 2]],
    "video": [[1.0, 2.0, 2.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0], None, [0.0, 1.0, 1.0]],
}
TITLES: dict[str, list[Any]] = {
    "title_id": ["b", "a"],
    "name": ["A film", None],
    "metadata": [[3.0, 4.0], None],
    "split": ["train", "val"],
}


def write(path: Path, columns: dict[str, list[Any]]) -> Path:
    pl.DataFrame(columns, strict=False).write_parquet(path)
    return path


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    return write(tmp_path / "shots.parquet", SHOTS)


@pytest.fixture
def imported(shots: Path, tmp_path: Path) -> FeatureSet:
    return import_table(shots, write(tmp_path / "titles.parquet", TITLES), tmp_path / "mine")


def expected_row(row: int) -> list[float]:
    parts: list[float] = []
    for name, width in (("video", 3), ("text", 2), ("smell", 1)):
        vector = np.array(SHOTS[name][row] or [0.0] * width, dtype=float)
        parts += list(vector / (np.linalg.norm(vector) or 1))
    whole = np.array(parts)
    return list(whole / (np.linalg.norm(whole) or 1))


def test_rows_are_fused_in_order_of_title_and_index(imported: FeatureSet) -> None:
    assert imported.profile == "mine"
    assert imported.modalities == (("video", 3), ("text", 2), ("smell", 1))
    expected = np.array([expected_row(row) for row in (4, 3, 1, 0, 2)])
    np.testing.assert_allclose(imported.fused, expected, atol=1e-6)
    assert imported.shots["index"].to_list() == [0, 1, 2, 4, 5]
    assert imported.shots["start"].to_list() == [0.0, None, 4.0, 0.0, 2.5]


def test_titles_keep_what_was_said_of_them(imported: FeatureSet) -> None:
    assert imported.titles.to_dict(as_series=False) == {
        "title_id": ["a", "b"],
        "name": ["a", "A film"],
        "shots": [3, 2],
        "split": ["val", "train"],
    }
    expected = np.array([[0.0, 0.0], [0.6, 0.8]])
    np.testing.assert_allclose(imported.metadata, expected, atol=1e-6)
    assert imported.shares() == {"video": 0.6, "text": 0.6, "smell": 0.4}


def test_sequences_are_what_the_encoder_reads(imported: FeatureSet) -> None:
    both = imported.sequences()
    assert [(each.title_id, len(each)) for each in both] == [("a", 3), ("b", 2)]
    (only,) = imported.sequences({"b"})
    np.testing.assert_array_equal(only.fused, imported.fused[3:])
    assert collate(both).fused.shape == (2, 3, 6)
    with pytest.raises(ReelfindError, match="c: no such title"):
        imported.sequences(["a", "c"])


def test_batches_of_one_row_give_the_same(
    imported: FeatureSet, shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "BATCH_BYTES", 1)
    again = import_table(shots, None, tmp_path / "again")
    np.testing.assert_array_equal(again.fused, imported.fused)


def test_without_a_titles_table_there_is_no_metadata(shots: Path, tmp_path: Path) -> None:
    found = import_table(shots, None, tmp_path / "out", profile="named")
    assert found.profile == "named"
    assert found.titles["name"].to_list() == ["a", "b"]
    assert found.metadata.shape == (2, 1)
    assert not found.metadata.any()


def test_arrays_are_as_good_as_lists(shots: Path, tmp_path: Path) -> None:
    arrays = pl.read_parquet(shots).with_columns(pl.col("video").cast(pl.Array(pl.Float64, 3)))
    arrays.write_parquet(tmp_path / "arrays.parquet")
    found = import_table(tmp_path / "arrays.parquet", None, tmp_path / "arrays")
    np.testing.assert_array_equal(found.fused, import_table(shots, None, tmp_path / "lists").fused)


def test_a_folder_is_never_overwritten_and_never_half_there(shots: Path, tmp_path: Path) -> None:
    import_table(shots, None, tmp_path / "out")
    with pytest.raises(ReelfindError, match="already there"):
        import_table(shots, None, tmp_path / "out")
    broken = write(tmp_path / "nan.parquet", {**SHOTS, "smell": [[float("nan")]] + [[1.0]] * 4})
    with pytest.raises(ReelfindError, match=r"row 1 \(title_id 'b'\): smell holds NaN"):
        import_table(broken, None, tmp_path / "broken")
    assert not [path for path in tmp_path.iterdir() if "broken" in path.name]


def test_the_folder_records_what_it_was_made_from(imported: FeatureSet, tmp_path: Path) -> None:
    about = json.loads((tmp_path / "mine" / "features.json").read_text())
    assert about["format"] == 1
    assert about["metadata_dim"] == 2
    assert [each["name"] for each in about["sources"]] == ["shots.parquet", "titles.parquet"]
    assert {len(each["sha256"]) for each in about["sources"]} == {64}


def test_damaged_features_are_named(imported: FeatureSet, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    np.save(folder / "metadata.npy", np.zeros((7, 2), dtype=np.float32))
    with pytest.raises(ReelfindError, match="mine: damaged"):
        load_features(folder)
    # A new file: the old one is mapped into memory.
    (folder / "fused.npy").unlink()
    (folder / "fused.npy").touch()
    with pytest.raises(ReelfindError, match="mine: damaged"):
        load_features(folder)
    (folder / "features.json").write_text('{"format": 2}')
    with pytest.raises(ReelfindError, match="format 2"):
        load_features(folder)
    with pytest.raises(ReelfindError, match="reelfind features import"):
        load_features(tmp_path)
