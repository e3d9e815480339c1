"""Tables of labels: CSV and parquet, there and back."""

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from probes.labels.records import LabelError
from probes.labels.rows import Defaults
from probes.labels.table import Problem, Reading, read_table, write_table
from probes.tasks import known_tasks
from tests.probes.labels.conftest import MakeLabel, OneTitle

TASKS = known_tasks()


def read(path: Path, titles: OneTitle) -> Reading:
    return read_table(path, titles, TASKS, Defaults(date(2026, 3, 1), "tone", "ann"))


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".CSV"])
def test_what_is_written_is_read_back(
    make_label: MakeLabel, titles: OneTitle, tmp_path: Path, ending: str
) -> None:
    rng = random.Random(0)
    classes = TASKS["tone"].class_names
    labels = [
        make_label(
            class_name=classes[number],
            start=(start := rng.random() * 5),
            end=start + 0.1 + rng.random(),
            value=float(number % 2),
            annotator='Zoë, "the eye"',
            date=date(2026, 1, 1 + number),
        )
        for number in range(20)
    ]
    path = tmp_path / f"labels{ending}"
    write_table(path, labels)
    assert read(path, titles) == Reading(tuple(labels), (), (), unanswered=0)


def test_no_cell_of_a_csv_is_a_formula(
    make_label: MakeLabel, titles: OneTitle, tmp_path: Path
) -> None:
    label = make_label(annotator="=1+1", value=1.0)
    write_table(tmp_path / "labels.csv", [label])
    assert ",'=1+1," in (tmp_path / "labels.csv").read_text(encoding="utf-8")
    assert read(tmp_path / "labels.csv", titles).labels == (label,)


def test_good_rows_are_read_and_the_others_told(titles: OneTitle, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        "\ufefftitle, start ,end,class,note\n"
        "Film,2,4,sad,good\n"
        "Film,4,2,sad,swapped\n"
        ",,,,\n"
        "Film,90,95,sad,late\n"
        "Film, 4 ,6,no such,\n"
        "Film,6,8,sad,good\n"
        "Film,7,11.5,sad,reaches beyond the end\n"
        "Film,8,10.5,sad,rounded up\n",
        encoding="utf-8",
    )
    found = read(path, titles)
    assert [label.start for label in found.labels] == [2.0, 6.0, 8.0]
    assert [problem.row for problem in found.problems] == [2, 4, 5, 7]
    late = "outside the title: 90.000 to 95.000 s ends after its 10.000 s"
    assert found.problems[1] == Problem(4, late)
    assert found.unused == ("note",)


def test_a_span_that_is_said_twice_is_told(titles: OneTitle, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        "title,start,end,class,value,annotator\n"
        "Film,2,4,sad,1,ann\nFilm,2,4,sad,0,bob\nabc,2.0,4.0,SAD,0,ann\nFilm,4,6,sad,?,ann\n"
    )
    found = read(path, titles)
    assert [label.annotator for label in found.labels] == ["ann", "bob"]
    assert found.problems == (Problem(3, "repeats row 1; keep one of them"),)
    assert found.unanswered == 1


def test_parquet_cells_may_have_any_type(titles: OneTitle, tmp_path: Path) -> None:
    path = tmp_path / "labels.parquet"
    day = date(2026, 1, 31)
    rows = {"title": ["abc", "abc"], "start_frame": [50, None], "end_frame": [100.0, None]}
    more = {"class": ["sad", "sad"], "value": [True, False], "date": [day, None]}
    times = {"start": [None, 1.0], "end": [None, 2.0]}
    pl.DataFrame({**rows, **more, **times}).write_parquet(path)
    found = read(path, titles)
    assert found.problems == ()
    spans = [(each.start, each.end, each.value, each.date) for each in found.labels]
    assert spans == [(2.0, 4.0, 1.0, day), (1.0, 2.0, 0.0, date(2026, 3, 1))]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("labels.xlsx", b"", r"csv or \.parquet"),
        ("labels.csv", b"", "cannot be read as a table"),
        ("labels.csv", b"a,b\n1,2\n", "neither a column title nor clip_id, but a, b"),
        ("labels.csv", b"title,start\nFilm,1,2,3\n", "cannot be read as a table"),
        ("labels.csv", b"title,title \nFilm,1\n", "cannot be read as a table"),
        ("labels.csv", b"title,class\nFilm,\xff\xfe\n", "cannot be read as a table"),
        ("labels.parquet", b"title", "cannot be read as a table"),
        ("none/labels.csv", None, "cannot be read as a table"),
    ],
)
def test_a_file_that_is_no_table_is_told_in_one_line(
    titles: OneTitle, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LabelError, match=reason) as caught:
        read(path, titles)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_table_that_cannot_be_written_is_told(make_label: MakeLabel, tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="cannot be written"):
        write_table(tmp_path / "none" / "labels.csv", [make_label()])
    with pytest.raises(LabelError, match=r"csv or \.parquet"):
        write_table(tmp_path / "labels.txt", [make_label()])
