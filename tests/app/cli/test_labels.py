"""Labels from the command line, on films that were really indexed."""

import json
from pathlib import Path

import polars as pl
import pytest

from app.database.engine import DATABASE, Database
from app.labelling.store import LabelStore
from app.labelling.titles import CatalogueTitles
from indexer.catalogue import Catalogue
from probes.labels.records import LabelError
from tests.app.cli.conftest import Reelfind

# The film's shots begin at 0, 1.20, 3.04, 5.48, 7.48 and 9.68 s, at 25 frames a second.
GOOD = (
    "title,start,end,start_frame,end_frame,task,class,value,annotator\n"
    "Bikes,1.2,3.04,,,tone,playful,yes,ann\n"
    "bikes,,,30,76,tone,playful,no,bob\n"
    "Bikes,00:00:03:01,00:00:05:12,,,tone,playful,1,ann\n"
    "Bikes,3.0,5.5,,,tone,playful,1,bob\n"
    "Bikes,1.2,3.04,,,clip-worthiness,,0,ann\n"
    "Bikes,,,,,genre,documentary,1,ann\n"
)
BAD = GOOD + (
    "Nonsense,1,2,,,tone,playful,1,ann\n"
    "Bikes,1,2,,,tone,zesty,1,ann\n"
    "Bikes,500,510,,,tone,playful,1,ann\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(GOOD)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text(BAD)
    return path


def stored(data: Path) -> int:
    with Database(data / DATABASE) as database:
        store = LabelStore(database)
        return len(store.all())


def test_labels_are_imported_and_summed_up(reelfind: Reelfind, indexed: Path, table: Path) -> None:
    ran = reelfind("labels", "import", table, "--data", indexed)
    assert (ran.code, ran.err) == (0, "")
    assert "6 added, 0 replaced, 0 refused" in ran.out
    assert "0 added, 6 replaced" in reelfind("labels", "import", table, "--data", indexed).out
    ran = reelfind("labels", "summary", "--data", indexed, "--json")
    classes = {(each["task"], each["class_name"]): each for each in json.loads(ran.out)["classes"]}
    playful = classes["tone", "playful"]
    assert (playful["labels"], playful["positives"], playful["negatives"]) == (4, 3, 1)
    # Both saw shots 1 and 2, and agree on the second alone.
    assert (playful["agreement"]["items"], playful["agreement"]["disagreeing"]) == (2, 0.5)
    assert playful["agreement"]["alpha"] == pytest.approx(0.0)
    assert playful["annotators"] == ["ann", "bob"]
    assert classes["clip-worthiness", "clip-worthy"]["negatives"] == 1
    assert classes["genre", "documentary"]["unmatched"] == {}
    shown = reelfind("labels", "summary", "--data", indexed).out
    assert "playful" in shown
    assert "50%" in shown


def test_rows_are_refused_by_number_and_nothing_is_half_imported(
    reelfind: Reelfind, indexed: Path, bad: Path
) -> None:
    checked = reelfind("labels", "check", bad, "--data", indexed)
    assert checked.code == 1
    assert "6 good rows, 3 refused" in checked.out
    assert not (indexed / DATABASE).exists()
    refused = reelfind("labels", "import", bad, "--data", indexed)
    assert refused.code == 1
    assert "nothing imported" in refused.out
    assert not (indexed / DATABASE).exists()
    ran = reelfind("labels", "import", bad, "--skip-bad", "--data", indexed)
    assert ran.code == 1
    told = ran.err.splitlines()
    assert "row 7: Nonsense: no such title" in told[0]
    assert "row 8: task tone has no class 'zesty'" in told[1]
    assert "row 9: outside the title" in told[2]
    assert stored(indexed) == 6


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_an_export_is_an_import(
    reelfind: Reelfind, indexed: Path, table: Path, tmp_path: Path, name: str
) -> None:
    reelfind("labels", "import", table, "--data", indexed)
    ran = reelfind("labels", "export", tmp_path / name, "--data", indexed)
    assert (ran.code, "6 labels" in ran.out) == (0, True)
    again = reelfind("labels", "import", tmp_path / name, "--data", indexed)
    assert "0 added, 6 replaced, 0 refused" in again.out
    assert again.err == ""
    one = reelfind(
        *("labels", "export", tmp_path / "one.csv", "--task", "clip-worthiness"),
        *("--data", indexed),
    )
    assert "1 labels" in one.out


def test_a_clip_is_labelled_by_the_id_that_search_prints(
    reelfind: Reelfind, indexed: Path, tmp_path: Path
) -> None:
    hits = json.loads(reelfind("search", "music", "--data", indexed, "--json").out)["hits"]
    table = tmp_path / "clips.parquet"
    pl.DataFrame({"clip_id": [hit["id"] for hit in hits], "note": "of mine"}).write_parquet(table)
    ran = reelfind(
        *("labels", "import", table, "--data", indexed),
        *("--task", "clip-worthiness", "--annotator", "ann"),
    )
    assert ran.code == 0, ran.err
    assert "not used: note" in ran.err
    with Database(indexed / DATABASE) as database:
        store = LabelStore(database)
        found = {(each.title_id, each.start, each.end) for each in store.all()}
    wanted = {(hit["title_id"], hit["start_seconds"], hit["end_seconds"]) for hit in hits}
    assert found == wanted


def test_a_title_that_was_removed_leaves_its_labels(
    reelfind: Reelfind, indexed: Path, table: Path
) -> None:
    reelfind("labels", "import", table, "--data", indexed)
    Catalogue(indexed).remove(Catalogue(indexed).find("Bikes").title.title_id)
    ran = reelfind("labels", "summary", "--data", indexed)
    assert "tone, playful: 4 labels match no shots (title unknown)" in ran.out


def test_nothing_to_do_is_said(reelfind: Reelfind, indexed: Path, tmp_path: Path) -> None:
    assert "No labels" in reelfind("labels", "summary", "--data", indexed).out
    ran = reelfind("labels", "export", tmp_path / "out.csv", "--data", indexed)
    assert (ran.code, "no labels to export" in ran.err) == (1, True)
    ran = reelfind("labels", "import", tmp_path / "none.csv", "--data", indexed)
    assert ran.code == 1
    assert ran.err.startswith(f"reelfind: {tmp_path / 'none.csv'}: cannot be read")
    assert not (indexed / DATABASE).exists()


def test_timecodes_count_from_the_source_s_start(indexed: Path) -> None:
    catalogue = Catalogue(indexed)
    manifest = catalogue.find("Bikes")
    title = manifest.title.title_id
    text = (catalogue.titles_path / title / "title.json").read_text()
    raw = json.loads(text)
    raw["title"]["media"] |= {"fps": "30000/1001", "start_timecode": "01:00:00;00"}
    (catalogue.titles_path / title / "title.json").write_text(json.dumps(raw))
    titles = CatalogueTitles(indexed)
    # Drop-frame leaves out ;00 and ;01 of each minute but the tenth.
    assert titles.at_timecode(title, "01:01:00;02") == pytest.approx(1800 * 1001 / 30000)
    assert titles.at_timecode(title, "01:10:00;00") == pytest.approx(17982 * 1001 / 30000)
    for wrong, reason in (
        ("01:01:00:02", "counts as its start"),
        ("01:01:00;00", "not a timecode"),
        ("00:59:59;29", "before the title's start"),
    ):
        with pytest.raises(LabelError, match=reason):
            titles.at_timecode(title, wrong)


def test_a_table_of_nonsense_is_told_shortly(
    reelfind: Reelfind, indexed_once: Path, tmp_path: Path
) -> None:
    rows = ["title,start,end,task,class,value,annotator"]
    rows += [f"{'x' * 300_000},0,1,tone,sad,1,ann"]
    rows += [f"Bikes,0,1,tone,{'y' * 1000},1,ann"] * 5000
    table = tmp_path / "table.csv"
    table.write_text("\n".join(rows))
    ran = reelfind("labels", "check", table, "--data", indexed_once)
    assert ran.code == 1
    assert "5,001 refused" in ran.out
    lines = ran.err.splitlines()
    assert len(lines) == 21
    assert "row 1: xxx" in lines[0]
    assert lines[-1].endswith("and 4,981 more rows are refused")
    assert len(ran.err) < 20_000
