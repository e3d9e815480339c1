"""What can be a label."""

import pytest

from probes.labels.records import LabelError, is_yes_no, known_tasks
from probes.tasks import CLIP_WORTHINESS, load_task
from tests.probes.labels.conftest import MakeLabel


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"task": ""}, "no task"),
        ({"class_name": ""}, "no class"),
        ({"title_id": ""}, "no title"),
        ({"annotator": ""}, "no annotator"),
        ({"start": -1.0}, "before the film"),
        ({"end": 1.0}, "not after its start"),
        ({"end": float("inf")}, "finite"),
        ({"start": float("nan")}, "finite"),
        ({"value": float("nan")}, "finite"),
    ],
)
def test_what_is_no_label_says_why(
    make_label: MakeLabel, said: dict[str, object], reason: str
) -> None:
    with pytest.raises(LabelError, match=reason):
        make_label(**said)


def test_a_label_is_the_same_whatever_is_said_of_it(make_label: MakeLabel) -> None:
    assert make_label(value=0.0).key == make_label(value=1.0).key
    assert make_label(annotator="bob").key != make_label().key


def test_the_tasks_are_those_of_the_vocabulary() -> None:
    tasks = known_tasks()
    assert {"tone", "genre", "clip-worthiness"} <= set(tasks)
    assert tasks["clip-worthiness"] == load_task(CLIP_WORTHINESS)
    assert is_yes_no(tasks["tone"])
