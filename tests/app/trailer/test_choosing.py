"""The choice, against every choice there is."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import e, sqrt
from typing import Any

import pytest

from app.trailer.arcs import ARCS, band, needs
from app.trailer.choosing import choose
from app.trailer.objective import Objective
from app.trailer.records import ArcName, Candidate
from tests.app.trailer.conftest import draw_pool

SECONDS = 12.0


def length(chosen: tuple[Candidate, ...] | list[Candidate]) -> float:
    return sum(each.span.seconds for each in chosen)


def every_choice(pool: list[Candidate]) -> list[tuple[Candidate, ...]]:
    sizes = range(len(pool) + 1)
    choices = (choice for size in sizes for choice in combinations(pool, size))
    return [choice for choice in choices if length(choice) <= SECONDS]


@pytest.mark.parametrize("arc", list(ARCS))
@pytest.mark.parametrize("seed", range(6))
def test_the_choice_is_nearly_the_best_there_is(arc: ArcName, seed: int) -> None:
    pool = draw_pool(seed, 10)
    value = Objective(pool, SECONDS, arc)
    chosen = choose(pool, SECONDS, value)
    best = max(value(choice) for choice in every_choice(pool))
    assert length(chosen) <= SECONDS
    # What is proved, and what exchanges make of it here.
    assert value(chosen) >= (1 - 1 / e) / 2 * best
    assert value(chosen) >= 0.9 * best


@pytest.mark.parametrize("seed", range(4))
def test_the_choice_does_not_depend_on_the_order_of_the_pool(seed: int) -> None:
    pool = draw_pool(seed, 30)
    value = Objective(pool, SECONDS, "rising")
    assert choose(pool, SECONDS, value) == choose(pool[::-1], SECONDS, value)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_more_would_fit(seed: int) -> None:
    pool = draw_pool(seed, 30)
    chosen = choose(pool, SECONDS, Objective(pool, SECONDS, "even"))
    left = SECONDS - length(chosen)
    assert all(each.span.seconds > left for each in pool if each not in chosen)


def test_nothing_fits_into_nothing() -> None:
    pool = draw_pool(0, 5)
    assert choose(pool, 0.5, Objective(pool, 0.5, "rising")) == []


@pytest.mark.parametrize("arc", list(ARCS))
@pytest.mark.parametrize("seed", range(3))
def test_more_never_lowers_the_value_and_adds_less_the_more_there_is(
    arc: ArcName, seed: int
) -> None:
    pool = draw_pool(seed, 7)
    value = Objective(pool, SECONDS, arc)
    for size in range(len(pool)):
        for small in combinations(pool, size):
            rest = [each for each in pool if each not in small]
            for added, other in combinations(rest, 2):
                gain = value([*small, added]) - value(small)
                later = value([*small, other, added]) - value([*small, other])
                assert gain >= -1e-9
                assert later <= gain + 1e-9


@pytest.mark.parametrize("arc", list(ARCS))
def test_the_value_is_what_its_definition_says(arc: ArcName) -> None:
    pool = draw_pool(5, 20)
    chosen = pool[3:9]
    lengths = [each.span.seconds for each in chosen]

    def spread(parts: Sequence[Mapping[Any, float]], known: int) -> float:
        sums = {key: sum(part.get(key, 0.0) for part in parts) for part in parts for key in part}
        return sum(sqrt(each / SECONDS) for each in sums.values()) / sqrt(known)

    tones = [
        {tone: s / len(c.span.tones) for tone in c.span.tones}
        for c, s in zip(chosen, lengths, strict=True)
    ]
    places = [
        {(c.span.title_id, int(10 * c.span.place)): s} for c, s in zip(chosen, lengths, strict=True)
    ]
    bands = [
        sum(s for c, s in zip(chosen, lengths, strict=True) if band(c.intensity) == at)
        for at in range(5)
    ]
    expected = (
        sum(c.span.worthiness * s for c, s in zip(chosen, lengths, strict=True)) / SECONDS
        + 0.5 * spread(tones, len({tone for c in pool for tone in c.span.tones}))
        + 0.5 * spread(places, len({(c.span.title_id, int(10 * c.span.place)) for c in pool}))
        + sum(min(there, need * SECONDS) for there, need in zip(bands, needs(arc), strict=True))
        / SECONDS
    )
    assert Objective(pool, SECONDS, arc)(chosen) == pytest.approx(expected)


def test_each_part_is_at_most_one() -> None:
    pool = draw_pool(3, 40)
    value = Objective(pool, SECONDS, "rising")
    assert value([]) == 0
    assert 0 < value(choose(pool, SECONDS, value)) <= 3
