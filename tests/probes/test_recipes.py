import numpy as np
import pytest

from probes.recipes import recipe_for
from probes.settings import ProbeSettings


def test_each_kind_of_task_has_its_head_and_folds() -> None:
    settings = ProbeSettings(folds=4, ranking_folds=7)
    for kind, head, folds in (
        ("multi-label", "logistic", 4),
        ("binary", "logistic", 4),
        ("ranking", "pairwise", 7),
    ):
        recipe = recipe_for(kind, settings)  # type: ignore[arg-type]
        assert (recipe.head, recipe.folds) == (head, folds)


def test_a_ranking_is_calibrated_to_the_chance_of_ranking_higher() -> None:
    random = np.random.default_rng(1)
    true = random.normal(size=(2000, 1))
    values = true + random.logistic(size=true.shape)
    titles = [f"t{each // 10}" for each in range(2000)]
    logits = (7 * true + 3).astype(np.float32)
    platt = recipe_for("ranking").calibrate(logits, values, titles)
    one, other = slice(0, None, 2), slice(1, None, 2)
    odds = platt.slope * (logits[one] - logits[other])
    predicted = 1 / (1 + np.exp(-np.abs(odds)))
    won = np.where(odds > 0, values[one] > values[other], values[one] < values[other])
    assert predicted.mean() == pytest.approx(won.mean(), abs=0.03)
    backwards = recipe_for("ranking").calibrate(-logits, values, titles)
    assert backwards.slope == pytest.approx(0)
