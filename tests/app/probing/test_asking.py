"""The labelling queue over a real catalogue: what is asked, and what is known of a class."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.labelling.store import LabelStore
from app.probing.asking import askable, known, questions
from app.service import Service
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
def service(data: Path, models: Models) -> Iterator[Service]:
    service = Service(data, load_settings(data), models)
    yield service
    service.close()
    (data / "reelfind.db").unlink(missing_ok=True)


def label(service: Service, task: str, name: str, value: float, annotator: str = "ann") -> Label:
    """Label the first clip that would be asked for."""
    hit = questions(service, service.tasks[task], name, 1)[0].hit
    made = Label(
        task, name, hit.title_id, hit.start_seconds, hit.end_seconds, value, annotator, date.today()
    )
    LabelStore(service.database).add([made])
    return made


def test_every_clip_is_asked_for_once_and_none_that_is_labelled(service: Service) -> None:
    task = service.tasks[CLIP_WORTHINESS]
    clips = sum(title.clips for title in service.titles())
    asked = questions(service, task, WORTHY, clips + 5)
    assert len({each.hit.id for each in asked}) == len(asked) == clips
    assert {(each.task, each.class_name) for each in asked} == {(CLIP_WORTHINESS, WORTHY)}
    done = label(service, CLIP_WORTHINESS, WORTHY, 1)
    left = questions(service, task, WORTHY, clips)
    assert len(left) == clips - 1
    assert (done.title_id, done.start) not in {
        (each.hit.title_id, each.hit.start_seconds) for each in left
    }


def test_what_was_skipped_is_passed_over(service: Service) -> None:
    task = service.tasks[CLIP_WORTHINESS]
    first = questions(service, task, WORTHY, 1)[0].hit.id
    again = questions(service, task, WORTHY, 1, {first})
    assert [each.hit.id for each in again] != [first]


def test_a_class_of_many_is_asked_for_alone_or_as_in_doubt(service: Service) -> None:
    tone = service.tasks[TONE]
    assert {each.class_name for each in questions(service, tone, "playful", 3)} == {"playful"}
    doubtful = questions(service, tone, "", 2)
    assert len({each.hit.id for each in doubtful}) == 2
    assert len({each.class_name for each in doubtful}) > 1


def test_a_title_is_asked_for_once_where_one_answer_is_all(service: Service) -> None:
    asked = questions(service, service.tasks[GENRE], "comedy", 10)
    assert len({each.hit.title_id for each in asked}) == len(asked) == len(service.titles())


def test_what_is_known_counts_everybody_and_how_far_they_agree(service: Service) -> None:
    task = service.tasks[CLIP_WORTHINESS]
    assert known(service, task, WORTHY) is None
    first = label(service, CLIP_WORTHINESS, WORTHY, 1)
    LabelStore(service.database).add([replace(first, annotator="bob", value=0.0)])
    found = known(service, task, WORTHY)
    assert found is not None
    assert (found.positives, found.negatives, found.titles) == (1, 1, 1)
    assert (found.agreement.items, found.agreement.disagreeing) == (1, 1.0)


def test_a_ranking_is_not_answered_by_yes_and_no(service: Service) -> None:
    assert askable(service.tasks[TONE])
    assert not askable(service.tasks[POPULARITY])
