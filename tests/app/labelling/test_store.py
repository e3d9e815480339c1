"""Labels on disk, written by several processes at once."""

import multiprocessing
import random
from datetime import date
from pathlib import Path

import pytest

from app.database.engine import DATABASE, Database, DatabaseError
from app.labelling.store import LabelStore
from probes.labels.records import Label
from tests.probes.labels.conftest import MakeLabel


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / DATABASE


def test_what_is_added_is_there_in_order_of_time(make_label: MakeLabel, path: Path) -> None:
    labels = [make_label(start=third / 3, end=9.0) for third in range(9)]
    shuffled = random.Random(0).sample(labels, 9)
    with Database(path) as database:
        store = LabelStore(database)
        assert store.add(shuffled) == (9, 0)
    with Database(f"sqlite:///{path}") as database:
        store = LabelStore(database)
        assert store.all() == labels


def test_the_same_annotator_replaces_and_another_adds(make_label: MakeLabel, path: Path) -> None:
    with Database(path) as database:
        store = LabelStore(database)
        store.add([make_label(value=1.0)])
        again = make_label(value=0.0, date=date(2026, 2, 1))
        other = make_label(annotator="bob")
        assert store.add([again, other]) == (1, 1)
        assert store.all() == [again, other]
        assert store.annotators() == ["ann", "bob"]


def test_the_last_of_one_batch_counts(make_label: MakeLabel, path: Path) -> None:
    with Database(path) as database:
        store = LabelStore(database)
        assert store.add([make_label(value=1.0), make_label(value=0.0)]) == (1, 1)
        assert [label.value for label in store.all()] == [0.0]
        assert store.add([]) == (0, 0)


def test_labels_are_found_and_removed_by_what_they_are(make_label: MakeLabel, path: Path) -> None:
    kept = make_label(task="genre", class_name="drama", title_id="xyz")
    with Database(path) as database:
        store = LabelStore(database)
        store.add([make_label(), make_label(annotator="bob"), make_label(title_id="xyz"), kept])
        assert len(store.all(task="tone")) == 3
        assert len(store.all(title_id="xyz")) == 2
        assert store.all(task="genre", title_id="abc") == []
        assert store.remove(title_id="abc", annotator="bob", start=1.0) == 1
        assert store.remove(task="tone", class_name="sad") == 2
        assert store.all() == [kept]
        with pytest.raises(ValueError, match="which labels"):
            store.remove()


def test_names_are_values_and_never_sql(make_label: MakeLabel, path: Path) -> None:
    odd = make_label(annotator="'; DROP TABLE labels; --", class_name='naïve "quoted"')
    with Database(path) as database:
        store = LabelStore(database)
        store.add([odd])
        assert store.all() == [odd]


def test_a_failed_write_leaves_what_was_there(
    make_label: MakeLabel, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database(path) as database:
        store = LabelStore(database)
        store.add([make_label(value=1.0)])
        broken = make_label(value=0.0)
        object.__setattr__(broken, "date", None)
        with pytest.raises(DatabaseError, match=r"labels cannot be .*NOT NULL"):
            store.add([broken])
        assert store.all() == [make_label(value=1.0)]


def _write(path: Path, annotator: str, rounds: int) -> None:
    for number in range(rounds):
        label = Label(
            *("tone", "sad", "abc", float(number % 5), 9.0, float(number % 2)),
            annotator,
            date(2026, 1, 31),
        )
        with Database(path) as database:
            store = LabelStore(database)
            store.add([label])
            store.all()


def test_processes_write_at_once_and_lose_nothing(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    names = ("ann", "bob", "cem")
    writers = [context.Process(target=_write, args=(path, name, 30)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with Database(path) as database:
        store = LabelStore(database)
        assert len(store.all()) == 15
