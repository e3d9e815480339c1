from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]

from probes.intervals import paired_difference
from probes.metrics import Labels, MacroAveragePrecision
from probes.probe import Matrix
from probes.settings import ProbeSettings
from probes.tasks import Task, TaskClass, TaskKind
from probes.training import train_probe


def task(kind: str, *names: str) -> Task:
    classes = tuple(TaskClass(name, "", ()) for name in names)
    return Task("mood", cast(TaskKind, kind), "clip", "AP", classes, "")


MOODS = task("multi-label", "dark", "warm", "rare", "absent")


def sample(titles: int = 20, clips: int = 30):  # type: ignore[no-untyped-def]
    """Embeddings that explain "dark" and "warm"; "rare" has four positives, "absent" no label."""
    random = np.random.default_rng(0)
    names = [f"t{each}" for each in range(titles) for _ in range(clips)]
    embeddings = random.normal(size=(len(names), 16)).astype(np.float32)
    odds = 2 * embeddings[:, :4] - [1, 0, 0, 0] + random.normal(size=(len(names), 4))
    labels = (odds > 0).astype(float)
    labels[:, 2] = 0
    labels[[0, 40, 80, 120], 2] = 1
    labels[:, 3] = np.nan
    return embeddings, labels, names


def test_classes_with_enough_labels_are_trained_and_the_others_named() -> None:
    embeddings, labels, names = sample()
    trained = train_probe(
        MOODS, {"own": embeddings}, labels, names, settings=ProbeSettings(resamples=100)
    )
    assert trained.probe.classes == ("dark", "warm")
    assert trained.probe.kind == "trained"
    assert not trained.probe.exclusive
    lacks = {each.name: each.lacks for each in trained.counts}
    assert lacks["dark"] == lacks["warm"] == ""
    assert "4 positives of 10" in lacks["rare"]
    assert "0 positives of 10" in lacks["absent"]


def test_scores_are_honest_calibrated_and_measured() -> None:
    embeddings, labels, names = sample()
    trained = train_probe(
        MOODS, {"own": embeddings}, labels, names, settings=ProbeSettings(resamples=200)
    )
    macro, micro = trained.measures
    known = labels[:, :2]
    assert macro.interval.value == pytest.approx(average_precision_score(known, trained.scores))
    assert macro.interval.low < macro.interval.value < macro.interval.high
    assert macro.chance == pytest.approx(known.mean())
    assert micro.chance == pytest.approx(known.mean())
    assert (trained.quality > trained.class_chance + 0.3).all()
    assert trained.reliability is not None
    assert (trained.reliability.expected_error() < 0.07).all()
    fresh, fresh_labels, _ = sample(titles=40)
    rows = slice(600, None)
    scores = trained.probe.scores(fresh[rows])
    assert scores.mean(axis=0) == pytest.approx(fresh_labels[rows, :2].mean(axis=0), abs=0.06)
    called = scores >= trained.thresholds
    assert (called == fresh_labels[rows, :2]).mean() > 0.8


def test_unlabelled_rows_are_left_out_and_named() -> None:
    embeddings, labels, names = sample()
    labels[5:50] = np.nan
    trained = train_probe(
        MOODS, {"own": embeddings}, labels, names, settings=ProbeSettings(resamples=10)
    )
    assert trained.rows.tolist() == [*range(5), *range(50, 600)]
    assert len(trained.scores) == len(trained.folds) == 555
    same = train_probe(
        MOODS,
        {"own": embeddings[trained.rows]},
        labels[trained.rows],
        [names[row] for row in trained.rows],
        settings=ProbeSettings(resamples=10),
    )
    assert same.probe.weight == pytest.approx(trained.probe.weight)


def test_representations_are_compared_on_the_same_folds() -> None:
    embeddings, labels, names = sample()
    good = train_probe(
        MOODS, {"own": embeddings}, labels, names, settings=ProbeSettings(resamples=10)
    )
    blurred = embeddings + np.random.default_rng(2).normal(size=embeddings.shape)
    poor = train_probe(
        MOODS,
        {"own": blurred.astype(np.float32)},
        labels,
        names,
        settings=ProbeSettings(resamples=10),
    )
    assert (good.folds == poor.folds).all()
    first, second = (MacroAveragePrecision(labels[:, :2], each.scores) for each in (good, poor))
    difference = paired_difference(first, second, names, 200)
    assert difference.low > 0


def test_a_binary_task() -> None:
    embeddings, labels, names = sample()
    trained = train_probe(
        task("binary", "worthy"),
        {"own": embeddings},
        labels[:, :1],
        names,
        settings=ProbeSettings(resamples=10),
    )
    assert trained.head == "logistic"
    assert trained.quality[0] > 0.8
    assert trained.reliability is not None
    assert trained.reliability.expected_error()[0] < 0.08
    assert trained.probe.scores(embeddings).mean() == pytest.approx(labels[:, 0].mean(), abs=0.02)


def test_a_ranking() -> None:
    embeddings, _, names = sample()
    random = np.random.default_rng(1)
    level = np.repeat(random.normal(size=20), 30)
    views = np.exp(embeddings[:, 0] + random.normal(size=600) + 5 * level)[:, None]
    popularity = task("ranking", "popularity")
    trained = train_probe(
        popularity, {"own": embeddings}, views, names, settings=ProbeSettings(resamples=100)
    )
    (tau,) = trained.measures
    assert trained.folds.max() == 9
    assert 0.35 < tau.interval.low < tau.interval.value < tau.interval.high < 0.65
    assert tau.interval.value == pytest.approx(trained.quality[0])
    assert np.isnan(trained.thresholds).all()
    assert trained.reliability is None
    scores = trained.probe.scores(embeddings)[:, 0]
    assert np.corrcoef(scores, embeddings[:, 0])[0, 1] > 0.9
    assert 0.4 < np.median(scores) < 0.6


def about_titles(bent: bool) -> tuple[Matrix, Labels, list[str]]:
    """200 titles with up to three clips; the class lies in a direction, or in how far along it."""
    random = np.random.default_rng(3)
    rows = random.normal(size=(200, 4)).astype(np.float32)
    odds = np.abs(rows[:, 0]) - 0.7 if bent else rows[:, 0]
    answers = (odds + 0.2 * random.normal(size=200) > 0).astype(float)
    clips = np.repeat(np.arange(200), random.integers(1, 4, 200))
    return rows[clips], answers[clips, None], [f"t{each}" for each in clips]


@pytest.mark.parametrize("bent", [False, True])
def test_likeness_to_titles_is_used_where_it_measures_better(bent: bool) -> None:
    embeddings, labels, names = about_titles(bent)
    of_titles = replace(task("multi-label", "grim"), level="title")
    trained = train_probe(
        of_titles, {"title fused": embeddings}, labels, names, settings=ProbeSettings(resamples=10)
    )
    assert (trained.probe.reads[0].likeness is not None) == bent
    assert trained.quality[0] > trained.class_chance[0] + 0.2
    found = trained.probe.scores(embeddings)
    assert found.mean() == pytest.approx(labels.mean(), abs=0.05)
    of_clips = train_probe(
        task("multi-label", "grim"),
        {"title fused": embeddings},
        labels,
        names,
        settings=ProbeSettings(resamples=10),
    )
    assert of_clips.probe.reads[0].likeness is None


def test_too_few_labels_everywhere_stays_zero_shot() -> None:
    embeddings, labels, names = sample()
    labels[:, :2] = np.nan
    with pytest.raises(ValueError, match=r"mood: too few labels, so it stays zero-shot \(dark: 0"):
        train_probe(MOODS, {"own": embeddings}, labels, names)


def test_one_title_stays_zero_shot() -> None:
    embeddings, labels, names = sample()
    with pytest.raises(ValueError, match="1 titles with positives of 3 needed"):
        train_probe(MOODS, {"own": embeddings}, labels, ["one"] * len(names))


def test_what_does_not_fit_is_refused() -> None:
    embeddings, labels, names = sample()
    broken = embeddings.copy()
    broken[3, 3] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity in the embeddings"):
        train_probe(MOODS, {"own": broken}, labels, names)
    with pytest.raises(ValueError, match="do not fit"):
        train_probe(MOODS, {"own": embeddings}, labels[:, :2], names)
    with pytest.raises(ValueError, match="do not fit"):
        train_probe(MOODS, {"own": embeddings}, labels, names[1:])
    with pytest.raises(ValueError, match="0 or 1"):
        train_probe(MOODS, {"own": embeddings}, 2 * labels, names)
    with pytest.raises(ValueError, match="infinite"):
        train_probe(MOODS, {"own": embeddings}, np.where(labels > 0, np.inf, 0.0), names)
