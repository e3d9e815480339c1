import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from probes.folds import title_folds
from probes.heads import Heads
from probes.metrics import Values
from probes.probe import Matrix
from probes.recipes import recipe_for
from probes.selection import Selection, select

RECIPE = recipe_for("multi-label")
Rows = NDArray[np.bool_]
STRENGTHS = (1.0, 10.0, 100.0, 1000.0)


def sample(titles: int = 12, clips: int = 20, seed: int = 0):  # type: ignore[no-untyped-def]
    random = np.random.default_rng(seed)
    names = [f"t{each}" for each in range(titles) for _ in range(clips)]
    embeddings = random.normal(size=(len(names), 30)).astype(np.float32)
    odds = embeddings[:, :6] @ random.normal(size=(6, 3)) / 2 + random.normal(size=(len(names), 3))
    return embeddings, (odds > 0.8).astype(float), names


def chosen(embeddings, labels, names, grid=STRENGTHS, fits=(RECIPE.fit,)) -> Selection:  # type: ignore[no-untyped-def]
    folds = title_folds(names, 4)
    return select(fits, RECIPE.quality, embeddings, labels, names, folds, grid)


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
        quality = []
        for strength in STRENGTHS:
            inner = np.zeros(labels.shape)
            for other in set(range(4)) - {fold}:
                test = folds == other
                train = ~held & ~test
                inner[test] = reference_logits(embeddings, labels, train, test, strength)
            quality.append(average_precision_score(labels[~held], inner[~held]))
        best = STRENGTHS[int(np.argmax(quality))]
        assert found.fold_strengths[fold] == best
        expected = reference_logits(embeddings, labels, ~held, held, best)
        assert found.logits[held] == pytest.approx(expected, abs=0.01)
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


def test_the_better_kind_of_head_is_chosen_and_of_equal_ones_the_first() -> None:
    embeddings, labels, names = sample()

    def blind(rows: Matrix, known: Values, titles: list[str], grid: list[float]) -> list[Heads]:
        return RECIPE.fit(np.zeros_like(rows), known, titles, grid)

    alone = chosen(embeddings, labels, names)
    for fits in ((blind, RECIPE.fit), (RECIPE.fit, blind), (RECIPE.fit, RECIPE.fit)):
        found = chosen(embeddings, labels, names, fits=fits)
        assert found.strength == alone.strength
        assert (found.fold_strengths == alone.fold_strengths).all()
        assert found.logits == pytest.approx(alone.logits, abs=1e-5)
        assert found.heads.weight == pytest.approx(alone.heads.weight, abs=1e-3)


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
