import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics.pairwise import cosine_similarity  # type: ignore[import-untyped]

from probes.axes import KERNEL_SCALE
from probes.heads import fit_logistic
from probes.likeness import SHARPNESS
from probes.metrics import Labels
from probes.probe import Matrix
from probes.title_heads import fit_likeness, fit_titles, rows_are_titles

STRENGTHS = (1.0, 30.0)


def sample() -> tuple[Matrix, Labels, list[str]]:
    """Titles of one to five clips; whether a title has the first class lies in a direction, the
    second in how far it is along one, either way. The third is known of half of the titles."""
    random = np.random.default_rng(0)
    of_titles = random.normal(size=(60, 6)).astype(np.float32)
    answers = np.stack(
        [of_titles[:, 0] > 0, np.abs(of_titles[:, 1]) > 0.7, of_titles[:, 2] > 0], axis=1
    ).astype(float)
    answers[::2, 2] = np.nan
    clips = np.repeat(np.arange(60), random.integers(1, 6, 60))
    return of_titles[clips], answers[clips], [f"t{each:02}" for each in clips]


def test_rows_are_titles_where_all_of_a_title_are_the_same() -> None:
    embeddings, labels, names = sample()
    assert rows_are_titles(embeddings, labels, names)
    assert rows_are_titles(embeddings[::-1], labels[::-1], names[::-1])
    clip = names.index(next(name for name in names if names.count(name) > 1))
    other = embeddings.copy()
    other[clip, 3] += 1
    assert not rows_are_titles(other, labels, names)
    unsure = labels.copy()
    unsure[clip, 0] = 1 - unsure[clip, 0]
    assert not rows_are_titles(embeddings, unsure, names)


def test_titles_give_the_heads_of_their_clips() -> None:
    embeddings, labels, names = sample()
    found = fit_titles(embeddings, labels, names, STRENGTHS)
    expected = fit_logistic(embeddings, labels, STRENGTHS)
    for own, other in zip(found, expected, strict=True):
        assert own.logits(embeddings) == pytest.approx(other.logits(embeddings), abs=1e-2)


def test_likeness_is_kernel_logistic_regression() -> None:
    """By scikit-learn, in coordinates whose products are the kernel's."""
    embeddings, labels, names = sample()
    (head,) = fit_likeness(embeddings, labels, names, [30.0])
    assert head.likeness is not None
    assert head.weight.shape == (3, 60)
    of_titles = embeddings[np.unique(np.array(names), return_index=True)[1]]
    away = of_titles - of_titles.mean(axis=0)
    kernel = np.exp(SHARPNESS * (cosine_similarity(away) - 1))
    coordinates = KERNEL_SCALE * np.linalg.cholesky(kernel + 1e-9 * np.eye(60))
    rows = coordinates[[int(name[1:]) for name in names]]
    for column in range(3):
        known = ~np.isnan(labels[:, column])
        model = LogisticRegression(C=1 / 30, tol=1e-7, max_iter=2000)
        model.fit(rows[known], labels[known, column])
        expected = model.decision_function(rows)
        assert head.logits(embeddings)[:, column] == pytest.approx(expected, abs=2e-2)


def test_likeness_sees_what_no_direction_tells() -> None:
    embeddings, labels, names = sample()
    rows = np.unique(np.array(names), return_index=True)[1]
    learn, judge = rows[:40], rows[40:]
    known = [names[row] for row in learn]
    right = []
    for fit in (fit_titles, fit_likeness):
        (head,) = fit(embeddings[learn], labels[learn], known, [1.0])
        called = head.logits(embeddings[judge])[:, :2] > 0
        right.append((called == labels[judge, :2]).mean(axis=0))
    (straight, useless), (also, bent) = right
    assert min(straight, also) > 0.7
    assert bent > useless
