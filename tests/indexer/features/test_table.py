"""A bad table is refused with the row and the reason."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from indexer.errors import ReelfindError
from indexer.features.table import read_shot_table

GOOD: dict[str, list[Any]] = {
    "title_id": ["a", "a", "a", "b"],
    "index": [0, 1, 2, 7],
    "start": [0.0, 1.0, 2.0, 0.0],
    "end": [1.0, 2.0, 3.0, 4.0],
    "video": [[1.0, 2.0], None, [0.0, 1.0], [1.0, 1.0]],
}


def write(path: Path, columns: Mapping[str, object]) -> Path:
    file = path / "table.parquet"
    pl.DataFrame(columns, strict=False).write_parquet(file)
    return file


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title_id": ["a", None, "a", "b"]}, r"row 2 \(title_id null\): no title_id"),
        ({"index": [0, 1, None, 7]}, r"row 3 \(title_id 'a'\): no index"),
        ({"index": [0, 1, 1, 7]}, r"row 3 \(title_id 'a'\): index 1 is given twice"),
        ({"index": [0, 1, 3, 7]}, r"row 3 \(title_id 'a'\): index 3 follows 1, a gap"),
        ({"end": [1.0, 0.5, 3.0, 4.0]}, r"row 2 .*: end 0.5 is before start 1.0"),
        ({"start": [0.0, None, -1.0, 0.0]}, r"row 3 .*: start -1.0 is before .* 0.0"),
        ({"end": [1.0, float("inf"), 3.0, 4.0]}, r"row 2 .* not a finite number"),
        ({"video": [[1.0, 2.0], None, [0.0], [1.0, 1.0]]}, "row 3 .*: video is 1 wide, not 2"),
        ({"index": [0.0, 1.0, 2.0, 7.0]}, "column index holds Float64, not integers"),
        ({"start": ["0", "1", "2", "0"]}, "column start holds String, not seconds"),
        ({"video": ["x"] * 4}, "no column holds lists of numbers"),
        ({"profile": ["x", "x", "x", "y"]}, "profiles x, y, and .* never mix"),
    ],
)
def test_a_bad_row_is_told_with_its_reason(
    tmp_path: Path, changed: dict[str, list[Any]], message: str
) -> None:
    with pytest.raises(ReelfindError, match=rf"table\.parquet: .*{message}"):
        read_shot_table(write(tmp_path, {**GOOD, **changed}))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30, None])
def test_a_vector_that_is_not_finite_is_told_when_read(tmp_path: Path, value: float) -> None:
    table = read_shot_table(
        write(tmp_path, {**GOOD, "video": [[1.0, 2.0], None, [value, 1.0], [1.0, 1.0]]})
    )
    with pytest.raises(ReelfindError, match=r"row 3 \(title_id 'a'\): video holds NaN"):
        list(table.batches())


@pytest.mark.parametrize("column", ["title_id", "index", "end"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    columns = {name: values for name, values in GOOD.items() if name != column}
    with pytest.raises(ReelfindError, match=r"column (end|index|title_id|start)"):
        read_shot_table(write(tmp_path, columns))


def test_the_first_rows_are_told_and_the_others_counted(tmp_path: Path) -> None:
    count = 35
    columns = {"title_id": ["a"] * count, "index": [0] * count, "video": [[1.0]] * count}
    with pytest.raises(ReelfindError) as caught:
        read_shot_table(write(tmp_path, columns))
    message = str(caught.value)
    assert message.count("given twice") == 20
    assert "row 2 " in message
    assert "and 14 more rows" in message
    assert "\n" not in message


def test_times_are_optional_and_other_columns_are_told(tmp_path: Path) -> None:
    columns = {name: GOOD[name] for name in ("title_id", "index", "video")}
    table = read_shot_table(write(tmp_path, {**columns, "note": ["x"] * 4, "audio": [None] * 4}))
    assert table.modalities == (("video", 2),)
    assert table.shots["start"].null_count() == 4
    (warning,) = table.warnings
    assert warning.endswith("columns not used: note, audio")


def test_numbers_name_titles_too(tmp_path: Path) -> None:
    table = read_shot_table(write(tmp_path, {**GOOD, "title_id": [7, 7, 7, 12]}))
    assert table.shots["title_id"].to_list() == ["12", "7", "7", "7"]


def test_what_is_no_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match="no such file"):
        read_shot_table(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("title_id,index")
    with pytest.raises(ReelfindError, match="not a parquet table"):
        read_shot_table(tmp_path / "text.parquet")
    whole = write(tmp_path, GOOD)
    pl.read_parquet(whole).clear().write_parquet(whole)
    with pytest.raises(ReelfindError, match=r"table\.parquet: the table has no rows"):
        read_shot_table(whole)
