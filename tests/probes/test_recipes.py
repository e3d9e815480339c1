import numpy as np
import pytest

from probes.heads import fit_ridge
from probes.recipes import recipe_for, title_ranks


def test_the_first_head_is_the_default() -> None:
    assert recipe_for("multi-label", None).head == "logistic"
    assert recipe_for("binary", None).head == "logistic"
    assert recipe_for("ranking", None).head == "pairwise"


@pytest.mark.parametrize(
    ("kind", "head"), [("binary", "pairwise"), ("ranking", "logistic"), ("essay", None)]
)
def test_a_head_that_does_not_fit_the_task_is_refused(kind: str, head: None) -> None:
    with pytest.raises(ValueError, match=kind):
        recipe_for(kind, head)


def test_ranks_are_within_the_title_and_share_ties() -> None:
    labels = np.array([[10, 30, 20, 5, 5, np.nan, 7]]).T
    ranks = title_ranks(labels, ["a", "a", "a", "b", "b", "b", "c"])[:, 0]
    assert ranks[:3] == pytest.approx([-1 / 3, 1 / 3, 0])
    assert ranks[3:5] == pytest.approx([0, 0])
    assert np.isnan(ranks[5])
    assert ranks[6] == pytest.approx(0)


def test_ridge_of_a_ranking_does_not_see_the_level_of_a_title() -> None:
    random = np.random.default_rng(0)
    embeddings = random.normal(size=(60, 4)).astype(np.float32)
    titles = [f"t{each // 10}" for each in range(60)]
    values = embeddings[:, :1].astype(float)
    lifted = values * np.repeat([1, 5, 0.1, 3, 2, 1], 10)[:, None] + 1000 * random.normal(size=1)
    fit = recipe_for("ranking", "ridge").fit
    plain, raised = (fit(embeddings, each, titles, [1.0])[0] for each in (values, lifted))
    assert raised.weight == pytest.approx(plain.weight, abs=1e-6)
    expected = fit_ridge(embeddings, title_ranks(values, titles), [1.0])[0]
    assert plain.weight == pytest.approx(expected.weight, abs=1e-6)


def test_a_ranking_is_calibrated_to_the_chance_of_ranking_higher() -> None:
    random = np.random.default_rng(1)
    true = random.normal(size=(2000, 1))
    values = true + random.logistic(size=true.shape)
    titles = [f"t{each // 10}" for each in range(2000)]
    logits = (7 * true + 3).astype(np.float32)
    platt = recipe_for("ranking", None).calibrate(logits, values, titles)
    one, other = slice(0, None, 2), slice(1, None, 2)
    odds = platt.slope * (logits[one] - logits[other])
    predicted = 1 / (1 + np.exp(-np.abs(odds)))
    won = np.where(odds > 0, values[one] > values[other], values[one] < values[other])
    assert predicted.mean() == pytest.approx(won.mean(), abs=0.03)
    backwards = recipe_for("ranking", None).calibrate(-logits, values, titles)
    assert backwards.slope == pytest.approx(0)
