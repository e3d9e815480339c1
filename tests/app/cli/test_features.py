"""``reelfind features`` as people and scripts use it."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from app.cli.main import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "shots.parquet"
    columns = {
        "title_id": ["a", "a", "b"],
        "index": [0, 1, 0],
        "video": [[1.0, 2.0], None, [0.5, 0.5]],
        "note": ["x", "y", "z"],
    }
    pl.DataFrame(columns).write_parquet(path)
    return path


def run(patch: pytest.MonkeyPatch, *arguments: object) -> int:
    patch.setattr(sys, "argv", ["reelfind", "features", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def test_import_says_what_was_read_and_what_to_do_next(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    assert run(monkeypatch, "import", table, "--out", out) == 0
    said = capsys.readouterr()
    assert "2 titles, 3 shots of profile mine" in said.out
    assert "66.7%" in said.out
    assert f"Next: reelfind encoder train --features {out} --out RUN" in said.out
    assert "columns not used: note" in said.err


def test_import_prints_one_object(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--out", tmp_path / "mine", "--profile", "better", "--json")
    assert run(monkeypatch, "import", table, *options) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["profile"] == "better"
    assert (answer["titles"], answer["shots"], answer["titles_with_metadata"]) == (2, 3, 0)
    (video,) = answer["modalities"]
    assert (video["name"], video["width"]) == ("video", 2)
    assert video["share"] == pytest.approx(2 / 3)


def test_a_bad_table_is_one_line_and_a_code(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pl.read_parquet(table).with_columns(pl.lit(0).alias("index")).write_parquet(table)
    assert run(monkeypatch, "import", table, "--out", tmp_path / "mine") == 1
    said = capsys.readouterr().err
    assert "row 2 (title_id 'a'): index 0 is given twice" in said
    assert said.count("\n") == 1


def test_export_names_the_tables(
    indexed_once: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, "export", out, "--data", indexed_once, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["tables"] == [str(out / "shots.parquet"), str(out / "titles.parquet")]
    assert answer["titles"] == pl.read_parquet(out / "titles.parquet").height
    whole = ("export", tmp_path / "whole", "--level", "title")
    assert run(monkeypatch, *whole, "--data", indexed_once) == 0
    assert str(tmp_path / "whole" / "titles.parquet") in capsys.readouterr().out
    assert "look" in pl.read_parquet(tmp_path / "whole" / "titles.parquet").columns
