"""Labels made one by one."""

from pathlib import Path

import pytest

from app.database.engine import DATABASE, Database
from app.labelling.store import Annotations
from app.records import Hit
from indexer.errors import ReelfindError


def hit(identity: str, start: float) -> Hit:
    return Hit(
        id=identity,
        level="clip",
        title="Film",
        title_id="abc",
        start_frame=int(start * 25),
        end_frame=int(start * 25) + 100,
        fps="25/1",
        start_seconds=start,
        end_seconds=start + 4,
        timecode_in="",
        timecode_out="",
        score=0.5,
        why=[],
        genres=[],
        tones=[],
        clip_worthiness=0.5,
        scored_by={},
        zero_shot=[],
    )


FIRST, SECOND = hit("first", 1.0), hit("second", 9.0)


def test_what_one_person_says_is_theirs(tmp_path: Path) -> None:
    database = Database(tmp_path / DATABASE)
    ann, bob = Annotations(database, "ann"), Annotations(database, "bob")
    assert ann.labels_of([FIRST, SECOND]) == {"first": {}, "second": {}}
    assert not (tmp_path / DATABASE).exists()
    ann.set_label(FIRST, "tone", "sad", 1)
    ann.set_label(FIRST, "tone", "comic", 0)
    bob.set_label(FIRST, "tone", "sad", 0)
    assert ann.labels_of([FIRST, SECOND])["first"] == {("tone", "sad"): 1.0, ("tone", "comic"): 0.0}
    assert bob.labels_of([FIRST])["first"] == {("tone", "sad"): 0.0}
    ann.set_label(FIRST, "tone", "sad", 0)
    ann.set_label(FIRST, "tone", "comic", None)
    assert ann.labels_of([FIRST])["first"] == {("tone", "sad"): 0.0}
    assert bob.labels_of([FIRST])["first"] == {("tone", "sad"): 0.0}
    database.close()


def test_labels_of_hits_of_several_titles(tmp_path: Path) -> None:
    other = SECOND.model_copy(update={"title_id": "def", "id": "other"})
    with Database(tmp_path / DATABASE) as database:
        ann, bob = Annotations(database, "ann"), Annotations(database, "bob")
        ann.set_label(FIRST, "tone", "sad", 1)
        ann.set_label(other, "tone", "comic", 1)
        bob.set_label(other, "tone", "sad", 1)
        said = ann.labels_of([FIRST, SECOND, other])
    assert said["first"] == {("tone", "sad"): 1.0}
    assert said["second"] == {}
    assert said["other"] == {("tone", "comic"): 1.0}


def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("no database at all, and long enough to be read as one" * 9)
    with pytest.raises(ReelfindError, match="restore it from a backup"):
        Annotations(Database(tmp_path / DATABASE), "ann").labels_of([FIRST])
