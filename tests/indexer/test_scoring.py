"""Scores of rows by prompts and by trained probes."""

import numpy as np
import polars as pl
import pytest

from indexer.scoring import (
    VECTOR,
    Limit,
    Seen,
    TaskScores,
    field_of,
    score_table,
    score_task,
    smooth,
)
from indexer.trained import ProbeInUse
from probes.probe import Probe
from probes.tasks import known_tasks
from tests.probes.test_saved import make_probe

TASKS = known_tasks(
    {
        "mood": {
            "kind": "multi-label",
            "classes": [{"name": name} for name in ("sad", "comic", "dry")],
        }
    }
)
MOOD = TASKS["mood"]
LIMIT = Limit(2, 2.0)


def prompted(names: tuple[str, ...], scores: list[list[float]]) -> Probe:
    """A probe that gives a row of the identity its own scores, as a softmax."""
    weight = np.log(np.array(scores, np.float32)).T
    return Probe("mood", "zero-shot", names, weight, np.zeros(len(names), np.float32), True)


def rows(count: int, width: int = 3) -> Seen:
    block = np.ones((count, width), np.float32)
    return Seen(np.eye(count, dtype=np.float32), {"in context": block})


def trained(*classes: str) -> ProbeInUse:
    return ProbeInUse("ab12", make_probe("mood"), classes)


def test_a_trained_class_replaces_its_prompts_and_no_other() -> None:
    probe = prompted(("sad", "comic", "dry"), [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
    found = score_task(MOOD, rows(2), probe, trained("sad"))
    assert found is not None
    expected = make_probe("mood").probe.scores(np.ones((2, 3), np.float32))[:, 0]
    assert found.values["sad"] == pytest.approx(expected)
    assert found.values["dry"] == pytest.approx([0.7, 0.4], abs=1e-6)
    assert (found.scored_by, found.is_trained("sad"), found.is_trained("dry")) == (
        "ab12",
        True,
        False,
    )
    assert score_task(MOOD, rows(2), None, None) is None


def test_a_row_carries_what_is_sure_trained_classes_first() -> None:
    values = {
        "sad": np.array([0.36, 0.34, 0.9], np.float32),
        "comic": np.array([0.1, 0.1, 0.9], np.float32),
        "dry": np.array([0.9, 0.1, 0.9], np.float32),
    }
    scores = TaskScores(MOOD, values, trained("sad"))  # Its threshold is 0.35.
    assert scores.carried(0, LIMIT) == ["sad", "dry"]
    assert scores.carried(1, LIMIT) == []
    assert scores.carried(2, LIMIT) == ["sad", "comic"]


def test_the_table_says_what_no_labels_stand_behind() -> None:
    mood = TaskScores(
        MOOD,
        {"sad": np.array([0.9, 0.1], np.float32), "dry": np.array([0.8, 0.1], np.float32)},
        trained("sad"),
    )
    worthy = TaskScores(
        TASKS["clip-worthiness"], {"clip-worthy": np.array([0.2, 0.6], np.float32)}, None
    )
    table = score_table([mood, worthy], dict.fromkeys(TASKS, LIMIT), 2)
    assert table["task_mood"].to_list() == [["sad", "dry"], []]
    assert table["clip_worthiness"].to_list() == pytest.approx([0.2, 0.6])
    assert table["zero_shot"].to_list() == [["dry", "clip-worthiness"], ["clip-worthiness"]]
    assert table[VECTOR + "mood"].dtype == pl.List(pl.Float32)


def test_every_task_has_a_field_that_hides_no_other() -> None:
    fields = {name: field_of(name) for name in TASKS}
    assert fields["tone"] == "tones"
    assert fields["mood"] == "task_mood"
    assert len(set(fields.values())) == len(TASKS)


def test_a_curve_keeps_a_constant_and_softens_a_spike() -> None:
    starts = np.array([0.0, 1.0, 11.0, 12.0])
    ends = np.array([1.0, 11.0, 12.0, 13.0])
    values = np.array([[0.3, 0, 0], [0.3, 0, 1], [0.3, 1, 0], [0.3, 0, 0]], np.float32)
    same, spike, long = smooth(values, starts, ends, 8.0).T
    assert same == pytest.approx(np.full(4, 0.3), abs=1e-6)
    assert spike.argmax() in (2, 3)
    assert 0 < spike[2] < 0.5
    # A shot that lasts ten seconds weighs ten times as much as one that lasts a second.
    assert long[1] > 5 * spike[2]


def test_a_long_film_is_smoothed_in_parts_like_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    values = generator.random((1000, 3)).astype(np.float32)
    ends = np.cumsum(generator.random(1000) * 5)
    starts = np.concatenate([[0.0], ends[:-1]])
    in_parts = smooth(values, starts, ends, 8.0)
    monkeypatch.setattr("indexer.scoring.SMOOTHED_AT_ONCE", 1000)
    assert in_parts == pytest.approx(smooth(values, starts, ends, 8.0), rel=1e-6)
