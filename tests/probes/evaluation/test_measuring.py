from math import isnan

import numpy as np
import pytest
from scipy.stats import kendalltau  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import (  # type: ignore[import-untyped]
    average_precision_score,
    precision_score,
    recall_score,
)
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from probes.calibration import best_thresholds
from probes.evaluation.measuring import evaluate_task
from probes.evaluation.scoring import score_unseen
from probes.folds import title_folds
from probes.settings import ProbeSettings
from probes.training import train_probe

MOODS = ("dark", "warm", "rare", "absent")


def test_values_are_those_of_scikit_learn_on_the_same_scores_and_folds(sample, task) -> None:  # type: ignore[no-untyped-def]
    moods = task("multi-label", *MOODS)
    found = evaluate_task(
        moods,
        {"in context": sample.clear},
        sample.labels,
        sample.titles,
        settings=ProbeSettings(resamples=20),
    )
    macro, micro = found.measures
    scores = score_unseen(
        moods, {"in context": sample.clear}, sample.labels, sample.titles, None
    ).scores
    known = sample.labels[:, :2]
    for measured, average in ((macro, "macro"), (micro, "micro")):
        expected = average_precision_score(known, scores, average=average)
        assert measured.cells[0].value.value == pytest.approx(expected)
        assert measured.chance == pytest.approx(known.mean())
    assert [each.chance for each in found.classes] == pytest.approx(known.mean(axis=0))
    assert [each.name for each in found.classes] == ["dark", "warm"]

    of_row = title_folds(sample.titles, 5, known)
    logits = np.empty(known.shape)
    for fold in range(5):
        held = of_row == fold
        for at in range(2):
            theirs = make_pipeline(StandardScaler(), LogisticRegression())
            theirs.fit(sample.clear[~held], known[~held, at])
            logits[held, at] = theirs.decision_function(sample.clear[held])
    for at, each in enumerate(found.classes):
        expected = average_precision_score(known[:, at], logits[:, at])
        assert each.cells[0].value.value == pytest.approx(expected, abs=0.01)


def test_a_ranking_is_the_mean_of_its_titles_taus(sample, task) -> None:  # type: ignore[no-untyped-def]
    views = task("ranking", "views")
    found = evaluate_task(
        views,
        {"in context": sample.clear},
        sample.views,
        sample.titles,
        settings=ProbeSettings(resamples=20),
    )
    order = score_unseen(
        views, {"in context": sample.clear}, sample.views, sample.titles, None
    ).order
    names = np.array(sample.titles)
    taus = [
        kendalltau(sample.views[names == each, 0], order[names == each, 0]).statistic
        for each in np.unique(names)
    ]
    (measured,) = found.measures
    assert found.folds == 10
    assert measured.cells[0].value.value == pytest.approx(np.mean(taus))
    assert measured.cells[0].value.value > 0.5
    assert found.curves == ()
    assert found.classes[0].calling is None


@pytest.mark.parametrize("kind", ["multi-label", "binary", "ranking"])
def test_what_is_the_same_does_not_differ_and_what_is_planted_wins(sample, task, kind) -> None:  # type: ignore[no-untyped-def]
    labels = {"multi-label": sample.labels[:, :2], "binary": sample.labels[:, :1]}
    found = evaluate_task(
        task(kind, *MOODS[: 2 if kind == "multi-label" else 1]),
        {"noise": sample.noise, "same": sample.clear.copy(), "in context": sample.clear},
        labels.get(kind, sample.views),
        sample.titles,
        settings=ProbeSettings(folds=4, ranking_folds=4, resamples=100),
    )
    for measured in found.measures:
        noise, same, reference = measured.cells
        assert reference.difference is None
        assert same.difference is not None
        assert (same.difference.value, same.difference.low, same.difference.high) == (0, 0, 0)
        assert same.sign == 0
        assert noise.difference is not None
        assert noise.difference.high < -0.2
        assert noise.sign == -1
        assert reference.value.low > measured.chance + 0.2


@pytest.mark.parametrize("kind", ["multi-label", "binary", "ranking"])
def test_shuffled_labels_give_chance(sample, task, kind) -> None:  # type: ignore[no-untyped-def]
    labels = {"multi-label": sample.labels[:, :2], "binary": sample.labels[:, :1]}
    shuffled = np.random.default_rng(3).permutation(labels.get(kind, sample.views))
    found = evaluate_task(
        task(kind, *MOODS[: shuffled.shape[1]]),
        {"in context": sample.clear},
        shuffled,
        sample.titles,
        settings=ProbeSettings(folds=4, ranking_folds=4, resamples=300),
    )
    for measured in found.measures:
        value = measured.cells[0].value
        assert value.low <= measured.chance <= value.high
        assert value.low < value.high


def test_held_out_rows_are_measured_and_teach_nothing(sample, task) -> None:  # type: ignore[no-untyped-def]
    moods = task("multi-label", *MOODS)
    held = np.array(sample.titles) >= "t14"
    flipped = sample.labels.copy()
    flipped[held] = 1 - flipped[held]
    one, other = (
        score_unseen(moods, {"in context": sample.clear}, labels, sample.titles, held)
        for labels in (sample.labels, flipped)
    )
    assert one.rows.tolist() == other.rows.tolist() == np.flatnonzero(held).tolist()
    assert (one.scores == other.scores).all()
    assert (one.thresholds == other.thresholds).all()
    assert one.counts == other.counts
    found = evaluate_task(
        moods,
        {"in context": sample.clear},
        sample.labels,
        sample.titles,
        held_out=held,
        settings=ProbeSettings(resamples=20),
    )
    assert found.held_out
    assert (found.items, found.titles, found.learned_items) == (200, 10, 280)
    expected = average_precision_score(sample.labels[held][:, :2], one.scores)
    assert found.measures[0].cells[0].value.value == pytest.approx(expected)
    calling = found.classes[0].calling
    called = one.scores[:, 0] >= one.thresholds[0]
    assert calling is not None
    assert calling.precision == pytest.approx(sample.labels[held, 0][called].mean())


def test_a_class_without_held_out_positives_is_left_out_with_the_reason(sample, task) -> None:  # type: ignore[no-untyped-def]
    held = np.array(sample.titles) >= "t14"
    labels = sample.labels.copy()
    labels[held, 1] = 0
    found = evaluate_task(
        task("multi-label", *MOODS),
        {"in context": sample.clear},
        labels,
        sample.titles,
        held_out=held,
        settings=ProbeSettings(resamples=20),
    )
    assert [each.name for each in found.classes] == ["dark"]
    reasons = {each.name: each.reason for each in found.left_out}
    assert list(reasons) == ["warm", "rare", "absent"]
    assert reasons["warm"] == "no held-out positives"
    assert "4 positives of 10 needed" in reasons["rare"]


def test_thresholds_are_judged_on_titles_that_did_not_choose_them(sample, task) -> None:  # type: ignore[no-untyped-def]
    worthy, labels = task("binary", "worthy"), sample.labels[:, :1]
    found = evaluate_task(
        worthy,
        {"in context": sample.blurred},
        labels,
        sample.titles,
        settings=ProbeSettings(resamples=20),
    )
    trained = train_probe(
        worthy,
        {"in context": sample.blurred},
        labels,
        sample.titles,
        settings=ProbeSettings(resamples=1),
    )
    called = np.zeros(480, dtype=bool)
    for fold in range(5):
        held = trained.folds == fold
        (threshold,) = best_thresholds(trained.scores[~held], labels[~held])
        called[held] = trained.scores[held, 0] >= threshold
    calling = found.classes[0].calling
    assert calling is not None
    assert calling.threshold == trained.thresholds[0]
    assert calling.precision == pytest.approx(precision_score(labels[:, 0], called))
    assert calling.recall == pytest.approx(recall_score(labels[:, 0], called))
    assert (called != (trained.scores[:, 0] >= calling.threshold)).any()


def test_ready_scores_are_a_column_and_a_missing_score_orders_nothing(sample, task) -> None:  # type: ignore[no-untyped-def]
    ready = sample.labels + 0.1 * np.random.default_rng(0).random(sample.labels.shape)
    ready[:, 1] = np.nan
    found = evaluate_task(
        task("multi-label", *MOODS),
        {"in context": sample.clear},
        sample.labels,
        sample.titles,
        scored={"zero-shot": ready},
        settings=ProbeSettings(resamples=50),
    )
    assert found.columns == ("in context", "zero-shot")
    assert found.scored == ("zero-shot",)
    dark, warm = found.classes
    assert dark.cells[1].value.value == 1
    assert dark.cells[1].sign == 1
    assert warm.cells[1].value.value == pytest.approx(warm.chance)


def test_constant_embeddings_are_at_chance_and_do_not_fail(sample, task) -> None:  # type: ignore[no-untyped-def]
    for kind, labels in (("binary", sample.labels[:, :1]), ("ranking", sample.views)):
        found = evaluate_task(
            task(kind, "one"),
            {"in context": np.ones((480, 3), dtype=np.float32)},
            labels,
            sample.titles,
            settings=ProbeSettings(resamples=20),
        )
        value = found.measures[0].cells[0].value
        assert not isnan(value.value)
        assert value.value == pytest.approx(found.measures[0].chance, abs=0.05)


def test_progress_rises_to_one(sample, task) -> None:  # type: ignore[no-untyped-def]
    told: list[float] = []
    evaluate_task(
        task("binary", "worthy"),
        {"noise": sample.noise, "in context": sample.clear},
        sample.labels[:, :1],
        sample.titles,
        scored={"zero-shot": sample.labels[:, :1]},
        settings=ProbeSettings(resamples=5),
        progress=told.append,
    )
    assert told == sorted(told)
    assert told[-1] == 1


def test_what_cannot_be_measured_is_refused(sample, task) -> None:  # type: ignore[no-untyped-def]
    moods, rows = task("multi-label", *MOODS), {"in context": sample.clear}
    labels, titles = sample.labels, sample.titles
    with pytest.raises(ValueError, match=r"'in context' is not among.*\['text'\]"):
        evaluate_task(moods, {"text": sample.clear}, labels, titles)
    with pytest.raises(ValueError, match="'in context' names two columns"):
        evaluate_task(moods, rows, labels, titles, scored={"in context": labels})
    with pytest.raises(ValueError, match="'zero-shot' of shape"):
        evaluate_task(moods, rows, labels, titles, scored={"zero-shot": labels[:, :2]})
    with pytest.raises(ValueError, match="must be of shape"):
        evaluate_task(moods, rows, labels[:, :3], titles)
    with pytest.raises(ValueError, match="title 't01' is on both sides"):
        evaluate_task(moods, rows, labels, titles, held_out=np.arange(480) >= 30)
    with pytest.raises(ValueError, match="480 flags"):
        evaluate_task(moods, rows, labels, titles, held_out=np.zeros(3, dtype=bool))
    with pytest.raises(ValueError, match="nothing to measure among the held-out rows"):
        evaluate_task(moods, rows, labels, titles, held_out=np.zeros(480, dtype=bool))
    with pytest.raises(ValueError, match="1 titles with positives of 3 needed"):
        evaluate_task(moods, rows, labels, ["one"] * 480)
