"""Agreement against its definition, and one value per item."""

from datetime import date
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.labels.agreement import Ratings, agreement, majority, ratings
from probes.labels.matching import ShotRange
from tests.probes.labels.conftest import MakeLabel

A, B, C = (ShotRange("abc", first, first + 1) for first in range(3))


def alpha(said: Ratings, yes_no: bool) -> float:
    """Krippendorff's alpha by pairs of values (Krippendorff 2011), slowly."""
    items = [list(by.values()) for by in said.values() if len(by) > 1]
    everything = [value for values in items for value in values]
    n = len(everything)

    def distance(a: float, b: float) -> float:
        return float(a != b) if yes_no else (a - b) ** 2

    observed = sum(
        sum(distance(a, b) for a, b in permutations(values, 2)) / (len(values) - 1)
        for values in items
    )
    expected = sum(distance(a, b) for a, b in permutations(everything, 2)) / (n - 1)
    return 1 - observed / expected


def table(values: st.SearchStrategy[float]) -> st.SearchStrategy[Ratings]:
    said = st.dictionaries(st.sampled_from(["ann", "bob", "cem", "dee"]), values, min_size=1)
    items = st.lists(said, max_size=8)
    return items.map(lambda each: {ShotRange("abc", i, i + 1): by for i, by in enumerate(each)})


@pytest.mark.parametrize("yes_no", [True, False])
@given(data=st.data())
def test_alpha_is_krippendorff_s(yes_no: bool, data: st.DataObject) -> None:
    values = st.sampled_from([0.0, 1.0]) if yes_no else st.integers(-5, 5).map(float)
    said = data.draw(table(values))
    shared = [set(by.values()) for by in said.values() if len(by) > 1]
    found = agreement(said, yes_no)
    assert found.items == len(shared)
    if not shared:
        assert found.disagreeing is None
    else:
        assert found.disagreeing == np.mean([len(each) > 1 for each in shared])
    if len(set().union(*shared)) < 2:
        assert found.alpha is None
    else:
        assert found.alpha == pytest.approx(alpha(said, yes_no), abs=1e-9)


def test_the_published_example() -> None:
    """Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", part A."""
    one = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    two = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    said = {
        ShotRange("abc", i, i + 1): {"meg": float(a), "owen": float(b)}
        for i, (a, b) in enumerate(zip(one, two, strict=True))
    }
    found = agreement(said, yes_no=True)
    assert found.alpha == pytest.approx(0.095, abs=5e-4)
    assert found.disagreeing == 0.4


def test_what_one_annotator_says_alone_is_no_agreement() -> None:
    assert agreement({A: {"ann": 1.0}}, yes_no=True).items == 0
    assert agreement({}, yes_no=True).alpha is None


def test_of_two_spans_on_the_same_shots_the_later_counts(make_label: MakeLabel) -> None:
    early = (make_label(value=1.0, start=1.0, date=date(2026, 1, 1)), A)
    late = (make_label(value=0.0, start=1.1, date=date(2026, 2, 1)), A)
    other = (make_label(value=1.0, annotator="bob"), A)
    wanted = {A: {"ann": 0.0, "bob": 1.0}}
    assert ratings([early, late, other]) == wanted
    assert ratings([late, early, other]) == wanted


def test_the_majority_decides_and_a_tie_is_left_out() -> None:
    said = {
        A: {"ann": 1.0, "bob": 1.0, "cem": 0.0},
        B: {"ann": 1.0, "bob": 0.0},
        C: {"ann": 0.0},
    }
    found = majority(said, yes_no=True)
    assert found.values == {A: 1.0, C: 0.0}
    assert found.tied == 1


def test_numbers_are_averaged_and_never_tied() -> None:
    found = majority({A: {"ann": 0.0, "bob": 1.0}, B: {"ann": 7.5}}, yes_no=False)
    assert found.values == {A: 0.5, B: 7.5}
    assert found.tied == 0
