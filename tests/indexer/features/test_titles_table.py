"""A bad table of titles is refused with the row and the reason."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from indexer.errors import ReelfindError
from indexer.features.titles_table import read_titles_table

COUNTED = pl.DataFrame({"title_id": ["a", "b"], "shots": [3, 2]})


def write(path: Path, columns: Mapping[str, object]) -> Path:
    file = path / "titles.parquet"
    pl.DataFrame(columns, strict=False).write_parquet(file)
    return file


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"name": ["A"]}, "no column title_id"),
        ({"title_id": ["a", None]}, r"row 2 \(title_id null\): no title_id"),
        ({"title_id": ["a", "b", "a"]}, r"row 3 \(title_id 'a'\): this title is given twice"),
        (
            {"title_id": ["a", "b", "c"], "metadata": [[1.0, 2.0], [1.0], [2.0, 1.0]]},
            r"row 2 \(title_id 'b'\): metadata is 1 wide, not 2",
        ),
        (
            {"title_id": ["a", "b"], "metadata": [[1.0], [float("nan")]]},
            r"row 2 \(title_id 'b'\): metadata holds NaN",
        ),
        ({"title_id": ["a"], "metadata": ["x"]}, "column metadata holds String"),
    ],
)
def test_a_bad_row_is_told_with_its_reason(
    tmp_path: Path, columns: dict[str, list[Any]], message: str
) -> None:
    with pytest.raises(ReelfindError, match=message):
        read_titles_table(write(tmp_path, columns), COUNTED)


def test_titles_without_shots_are_told_and_others_get_their_id(tmp_path: Path) -> None:
    columns = {"title_id": ["x", "b"], "shots": [9, 9], "row": [5, 6], "year": [1, 2]}
    titles, metadata, warnings = read_titles_table(write(tmp_path, columns), COUNTED)
    assert titles.to_dict(as_series=False) == {
        "title_id": ["a", "b"],
        "name": ["a", "b"],
        "shots": [3, 2],
        "year": [None, 2],
    }
    assert metadata.shape == (2, 1)
    assert warnings[0].endswith("titles without shots are left out: x")


def test_metadata_that_is_null_everywhere_is_none(tmp_path: Path) -> None:
    columns = {"title_id": ["a", "b"], "metadata": [None, None]}
    _, metadata, _ = read_titles_table(write(tmp_path, columns), COUNTED)
    assert metadata.tolist() == [[0], [0]]
