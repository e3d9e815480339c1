import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics.pairwise import cosine_similarity  # type: ignore[import-untyped]

from probes.axes import KERNEL_SCALE
from probes.fits import fit_clips, fit_rankings, fit_titles, rows_are_titles
from probes.heads import Heads, fit_logistic, fit_pairwise
from probes.likeness import SHARPNESS
from probes.metrics import Labels
from probes.probe import Matrix, joined
from probes.reading import Reading, Term

STRENGTHS = (1.0, 30.0)
LINEAR, ALIKE = (Term("title"),), (Term("title", alike=True),)


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
    assert rows_are_titles({"title": embeddings}, labels, names)
    assert rows_are_titles({"title": embeddings[::-1]}, labels[::-1], names[::-1])
    clip = names.index(next(name for name in names if names.count(name) > 1))
    other = embeddings.copy()
    other[clip, 3] += 1
    assert not rows_are_titles({"title": embeddings, "other": other}, labels, names)
    unsure = labels.copy()
    unsure[clip, 0] = 1 - unsure[clip, 0]
    assert not rows_are_titles({"title": embeddings}, unsure, names)


def test_titles_give_the_heads_of_their_clips() -> None:
    embeddings, labels, names = sample()
    found = fit_titles({"title": embeddings}, LINEAR, labels, names, STRENGTHS)
    expected = fit_logistic(embeddings, labels, STRENGTHS)
    for own, other in zip(found, expected, strict=True):
        assert own.logits(embeddings) == pytest.approx(other.logits(embeddings), abs=1e-2)


def test_likeness_is_kernel_logistic_regression() -> None:
    """By scikit-learn, in coordinates whose products are the kernel's."""
    embeddings, labels, names = sample()
    (head,) = fit_titles({"title": embeddings}, ALIKE, labels, names, [30.0])
    assert head.reads[0].likeness is not None
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
    for reading in (LINEAR, ALIKE):
        (head,) = fit_titles({"title": embeddings[learn]}, reading, labels[learn], known, [1.0])
        called = head.logits(embeddings[judge])[:, :2] > 0
        right.append((called == labels[judge, :2]).mean(axis=0))
    (straight, useless), (also, bent) = right
    assert min(straight, also) > 0.7
    assert bent > useless


def test_each_block_has_an_l2_term_of_its_own() -> None:
    """Group ridge, by scikit-learn: columns divided by the root of their strength."""
    embeddings, labels, names = sample()
    blocks = {"own": embeddings[:, :4], "place": embeddings[:, 4:]}
    reading = (Term("own", strength=100.0), Term("place", strength=0.5))
    (head,) = fit_clips(blocks, reading, labels, names, [2.0])
    assert [(each.block, each.width) for each in head.reads] == [("own", 4), ("place", 2)]
    scaled = (embeddings - embeddings.mean(axis=0)) / embeddings.std(axis=0)
    rows = scaled / np.sqrt([100.0] * 4 + [0.5] * 2)
    for column in range(2):
        model = LogisticRegression(C=1 / 2, tol=1e-8, max_iter=2000).fit(rows, labels[:, column])
        expected = model.decision_function(rows)
        assert head.logits(joined(blocks, head.reads))[:, column] == pytest.approx(
            expected, abs=1e-2
        )


def test_likeness_and_columns_are_read_together() -> None:
    embeddings, labels, names = sample()
    blocks = {"title": embeddings, "form": embeddings[:, :1]}
    reading = (Term("title", alike=True, strength=30.0), Term("form", strength=1e9))
    (alike,) = fit_titles({"title": embeddings}, ALIKE, labels, names, [30.0])
    (both,) = fit_titles(blocks, reading, labels, names, [1.0])
    assert both.weight.shape == (3, 61)
    rows = joined(blocks, both.reads)
    assert both.logits(rows) == pytest.approx(alike.logits(embeddings), abs=2e-2)


def test_a_ranking_is_fitted_to_blocks_beside_each_other() -> None:
    embeddings, _, names = sample()
    values = embeddings[:, :1] + np.arange(len(names))[:, None] % 3
    reading: Reading = (Term("a"), Term("b"))
    blocks = {"a": embeddings[:, :2], "b": embeddings[:, 2:]}
    found: list[Heads] = fit_rankings(blocks, reading, values, names, STRENGTHS)
    expected = fit_pairwise(embeddings, values, names, STRENGTHS)
    for own, other in zip(found, expected, strict=True):
        assert own.weight == pytest.approx(other.weight, abs=1e-3)
