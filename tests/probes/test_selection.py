import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from probes.calibration import fit_platt
from probes.folds import title_folds
from probes.metrics import Values
from probes.probe import Matrix
from probes.reading import Term
from probes.recipes import recipe_for
from probes.selection import Chosen, Selection, select

RECIPE = recipe_for("multi-label")
Rows = NDArray[np.bool_]
STRENGTHS = (1.0, 10.0, 100.0, 1000.0)


def sample(titles: int = 12, clips: int = 20, seed: int = 0):  # type: ignore[no-untyped-def]
    random = np.random.default_rng(seed)
    names = [f"t{each}" for each in range(titles) for _ in range(clips)]
    embeddings = random.normal(size=(len(names), 30)).astype(np.float32)
    odds = embeddings[:, :6] @ random.normal(size=(6, 3)) / 2 + random.normal(size=(len(names), 3))
    return embeddings, (odds > 0.8).astype(float), names


def choose(terms, fit, *args) -> Selection:  # type: ignore[no-untyped-def]
    return select(terms, fit, RECIPE.metric, RECIPE.calibrate, *args)


def chosen(embeddings, labels, names, grid=STRENGTHS) -> Chosen:  # type: ignore[no-untyped-def]
    return selected({"own": embeddings}, labels, names, grid).best


def selected(blocks, labels, names, grid=STRENGTHS) -> Selection:  # type: ignore[no-untyped-def]
    terms, folds = [Term(name) for name in blocks], title_folds(names, 4)
    return choose(terms, RECIPE.fit, blocks, labels, names, folds, grid)


def reference_logits(
    embeddings: Matrix, labels: Values, train: Rows, test: Rows, strength: float
) -> Values:
    """One column per class, by scikit-learn."""
    columns = []
    for each in range(labels.shape[1]):
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=1 / strength, tol=1e-7, max_iter=2000)
        )
        model.fit(embeddings[train], labels[train, each])
        columns.append(model.decision_function(embeddings[test]))
    return np.stack(columns, axis=1)


def test_it_is_the_obvious_nested_loop() -> None:
    embeddings, labels, names = sample()
    found, folds = chosen(embeddings, labels, names), title_folds(names, 4)
    for fold in range(4):
        held = folds == fold
        quality, tried = [], []
        for strength in STRENGTHS:
            inner = np.zeros(labels.shape)
            for other in set(range(4)) - {fold}:
                test = folds == other
                train = ~held & ~test
                inner[test] = reference_logits(embeddings, labels, train, test, strength)
            quality.append(average_precision_score(labels[~held], inner[~held]))
            tried.append(inner[~held])
        best = STRENGTHS[int(np.argmax(quality))]
        assert found.fold_strengths[fold] == best
        expected = reference_logits(embeddings, labels, ~held, held, best)
        assert found.logits[held] == pytest.approx(expected, abs=0.01)
        # One scale for all folds: each is calibrated on the scores that chose its strength.
        platt = fit_platt(tried[int(np.argmax(quality))].astype(np.float32), labels[~held])
        chances = platt.probabilities(expected.astype(np.float32))
        assert found.scores[held] == pytest.approx(chances, abs=0.01)
    everything = np.full(len(names), True)
    expected = reference_logits(embeddings, labels, everything, everything, found.strength)
    assert found.heads.logits(embeddings) == pytest.approx(expected, abs=0.01)


def test_neither_heads_nor_strengths_see_the_fold_they_score() -> None:
    embeddings, labels, names = sample()
    found = chosen(embeddings, labels, names)
    title = np.array(names) == "t3"
    embeddings[title] = 100 * np.random.default_rng(5).normal(size=embeddings[title].shape)
    again = chosen(embeddings, labels, names)
    folds = title_folds(names, 4)
    fold = folds[title][0]
    beside = (folds == fold) & ~title
    assert beside.any()
    assert again.fold_strengths[fold] == found.fold_strengths[fold]
    assert again.logits[beside] == pytest.approx(found.logits[beside], abs=1e-6)
    others = folds != fold
    assert again.logits[others] != pytest.approx(found.logits[others], abs=0.1)


def test_noise_gives_chance() -> None:
    embeddings, labels, names = sample(titles=30)
    noise = np.random.default_rng(9).normal(size=embeddings.shape).astype(np.float32)
    found = chosen(noise, labels, names)
    assert average_precision_score(labels, found.logits) < labels.mean() + 0.08
    assert average_precision_score(labels, found.heads.logits(noise)) > labels.mean() + 0.1


def test_blocks_are_added_while_they_gain_and_the_simplest_of_equal_ones_is_read() -> None:
    embeddings, labels, names = sample()
    noise = np.random.default_rng(9).normal(size=(len(names), 8)).astype(np.float32)
    halves = {"noise": noise, "a": embeddings[:, :3], "b": embeddings[:, 3:], "again": embeddings}
    found = selected(halves, labels, names)
    # "again" is the best alone: it holds all that "a" and "b" do.
    assert found.best.reading[0].block == "again"
    del halves["again"]
    found = selected(halves, labels, names)
    assert {term.block for term in found.best.reading} == {"a", "b"}
    assert [len(trial.reading) for trial in found.path.steps] == [1, 2]
    assert [trial.reading[-1].block for trial in found.path.left_out] == ["noise"]
    both = chosen(embeddings, labels, names)
    quality = average_precision_score(labels, both.logits)
    assert average_precision_score(labels, found.best.logits) == pytest.approx(quality, abs=0.02)
    same = selected({"first": embeddings, "second": embeddings}, labels, names)
    assert [term.block for term in same.best.reading] == ["first"]


def test_the_choice_of_blocks_does_not_see_the_fold_that_it_scores() -> None:
    embeddings, labels, names = sample()
    blocks = {"a": embeddings[:, :3], "b": embeddings[:, 3:].copy()}
    found = selected(blocks, labels, names)
    title = np.array(names) == "t3"
    blocks["b"][title] = 100 * np.random.default_rng(5).normal(size=blocks["b"][title].shape)
    again = selected(blocks, labels, names)
    folds = title_folds(names, 4)
    beside = (folds == folds[title][0]) & ~title
    assert again.best.logits[beside] == pytest.approx(found.best.logits[beside], abs=1e-6)


def test_ten_folds_choose_on_four_others_each() -> None:
    embeddings, labels, names = sample(titles=20, clips=8)
    fits = []

    def counted(*args):  # type: ignore[no-untyped-def]
        fits.append(len(args[3]))
        return RECIPE.fit(*args)

    folds = title_folds(names, 10)
    choose([Term("own")], counted, {"own": embeddings}, labels, names, folds, [1.0])
    # Pairs of neighbours on a ring, each fold alone, and everything for the block and the choice.
    assert len(fits) == 20 + 10 + 2


def test_of_equal_strengths_the_strongest_is_taken() -> None:
    embeddings, labels, names = sample()
    found = chosen(np.ones_like(embeddings), labels, names)
    assert found.strength == max(STRENGTHS)
    assert (found.fold_strengths == max(STRENGTHS)).all()


def test_a_class_with_positives_in_one_title_stays_finite() -> None:
    embeddings, labels, names = sample()
    labels[:, 0] = 0
    labels[:5, 0] = 1
    labels[:, 1] = np.nan
    found = chosen(embeddings, labels, names)
    assert np.isfinite(found.logits).all()
    assert np.isfinite(found.heads.weight).all()


def test_two_titles_are_too_few() -> None:
    embeddings, labels, names = sample(titles=2)
    with pytest.raises(ValueError, match="3 folds by title, found 2"):
        chosen(embeddings, labels, names)
