import numpy as np

from probes.label_counts import count_classes, count_ranked
from probes.settings import DEFAULTS, ProbeSettings

TITLES = [f"t{each}" for each in range(6) for _ in range(10)]


def test_enough_labels_lack_nothing() -> None:
    labels = np.tile([1.0, 0.0], 30)[:, None]
    (counts,) = count_classes(["dark"], labels, TITLES)
    assert (counts.labelled, counts.positives, counts.negatives, counts.titles) == (60, 30, 30, 6)
    assert counts.lacks == ""


def test_each_shortage_is_named() -> None:
    few = np.full(60, np.nan)
    few[: DEFAULTS.min_positives - 1] = 1
    two_titles = np.zeros(60)
    two_titles[:20] = 1
    no_negatives = np.ones(60)
    columns = np.stack([few, two_titles, no_negatives, np.full(60, np.nan)], axis=1)
    counts = count_classes(["few", "two", "all", "none"], columns, TITLES)
    assert counts[0].lacks == (
        "9 positives of 10 needed, 0 negatives of 10 needed, 1 titles with positives of 3 needed"
    )
    assert counts[1].lacks == "2 titles with positives of 3 needed"
    assert counts[2].lacks == f"0 negatives of {DEFAULTS.min_negatives} needed"
    assert counts[3].labelled == 0


def test_a_ranking_counts_titles_whose_clips_differ() -> None:
    values = np.full(60, 5.0)
    values[[3, 13]] = 6
    values[40:] = np.nan
    (counts,) = count_ranked(["popularity"], values[:, None], TITLES)
    assert (counts.labelled, counts.titles) == (40, 2)
    assert counts.lacks == "2 titles with clips that rank differently of 3 needed"
    values[23] = 1
    assert count_ranked(["popularity"], values[:, None], TITLES)[0].lacks == ""


def test_settings_say_how_many_labels_are_enough() -> None:
    labels = np.array([[1.0], [0.0], [1.0], [0.0], [1.0], [0.0]])
    titles = ["a", "a", "b", "b", "c", "c"]
    few = ProbeSettings(min_positives=3, min_negatives=3, min_ranked=6)
    for count in (count_classes, count_ranked):
        assert count(["dark"], labels, titles)[0].lacks != ""
        assert count(["dark"], labels, titles, few)[0].lacks == ""
