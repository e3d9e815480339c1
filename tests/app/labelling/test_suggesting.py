"""The labelling queue over a real catalogue: what is asked, and what is known of a class."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.labelling.store import LabelStore
from app.labelling.suggesting import askable, known, questions
from app.runtime import Runtime
from indexer.models import Models
from indexer.settings import load_settings
from probes.labels.records import Label
from probes.tasks import CLIP_WORTHINESS, GENRE, POPULARITY, TONE
from tests.conftest import copy_data

WORTHY = "clip-worthy"


@pytest.fixture(scope="module")
def data(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_data(indexed_once, tmp_path_factory.mktemp("asking") / "data")


@pytest.fixture
def runtime(data: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(data, load_settings(data), models)
    yield runtime
    runtime.close()
    (data / "reelfind.db").unlink(missing_ok=True)


def label(runtime: Runtime, task: str, name: str, value: float, annotator: str = "ann") -> Label:
    """Label the first clip that would be asked for."""
    hit = questions(runtime, runtime.tasks[task], name, 1)[0].hit
    made = Label(
        task, name, hit.title_id, hit.start_seconds, hit.end_seconds, value, annotator, date.today()
    )
    LabelStore(runtime.database).add([made])
    return made


def test_every_clip_is_asked_for_once_and_none_that_is_labelled(runtime: Runtime) -> None:
    task = runtime.tasks[CLIP_WORTHINESS]
    clips = sum(title.clips for title in runtime.titles())
    asked = questions(runtime, task, WORTHY, clips + 5)
    assert len({each.hit.id for each in asked}) == len(asked) == clips
    assert {(each.task, each.class_name) for each in asked} == {(CLIP_WORTHINESS, WORTHY)}
    done = label(runtime, CLIP_WORTHINESS, WORTHY, 1)
    left = questions(runtime, task, WORTHY, clips)
    assert len(left) == clips - 1
    assert (done.title_id, done.start) not in {
        (each.hit.title_id, each.hit.start_seconds) for each in left
    }


def test_what_was_skipped_is_passed_over(runtime: Runtime) -> None:
    task = runtime.tasks[CLIP_WORTHINESS]
    first = questions(runtime, task, WORTHY, 1)[0].hit.id
    again = questions(runtime, task, WORTHY, 1, {first})
    assert [each.hit.id for each in again] != [first]


def test_a_class_of_many_is_asked_for_alone_or_as_in_doubt(runtime: Runtime) -> None:
    tone = runtime.tasks[TONE]
    assert {each.class_name for each in questions(runtime, tone, "playful", 3)} == {"playful"}
    doubtful = questions(runtime, tone, "", 2)
    assert len({each.hit.id for each in doubtful}) == 2
    assert len({each.class_name for each in doubtful}) > 1


def test_a_title_is_asked_for_once_where_one_answer_is_all(runtime: Runtime) -> None:
    asked = questions(runtime, runtime.tasks[GENRE], "comedy", 10)
    assert len({each.hit.title_id for each in asked}) == len(asked) == len(runtime.titles())


def test_what_is_known_counts_everybody_and_how_far_they_agree(runtime: Runtime) -> None:
    task = runtime.tasks[CLIP_WORTHINESS]
    assert known(runtime, task, WORTHY) is None
    first = label(runtime, CLIP_WORTHINESS, WORTHY, 1)
    LabelStore(runtime.database).add([replace(first, annotator="bob", value=0.0)])
    found = known(runtime, task, WORTHY)
    assert found is not None
    assert (found.positives, found.negatives, found.titles) == (1, 1, 1)
    assert (found.agreement.items, found.agreement.disagreeing) == (1, 1.0)


def test_a_ranking_is_not_answered_by_yes_and_no(runtime: Runtime) -> None:
    assert askable(runtime.tasks[TONE])
    assert not askable(runtime.tasks[POPULARITY])
