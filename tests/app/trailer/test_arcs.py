"""Arcs, and the order that follows one."""

import random
from itertools import permutations

import pytest

from app.trailer.arcs import ARCS, BANDS, arranged, band, level, needs
from app.trailer.records import ArcName


def distance(intensities: tuple[float, ...], arc: ArcName) -> float:
    """Return how far an order is from an arc, slot by slot."""
    slots = [level(arc, (at + 0.5) / len(intensities)) for at in range(len(intensities))]
    return sum((one - other) ** 2 for one, other in zip(intensities, slots, strict=True))


@pytest.mark.parametrize("arc", list(ARCS))
@pytest.mark.parametrize("seed", range(5))
def test_no_other_order_is_nearer_to_the_arc(arc: ArcName, seed: int) -> None:
    draw = random.Random(seed)
    intensities = [draw.random() for _ in range(6)]
    found = tuple(arranged(intensities, arc, lambda each: each))
    best = min(distance(order, arc) for order in permutations(intensities))
    assert distance(found, arc) == pytest.approx(best)


def test_where_the_arc_is_level_the_order_stays() -> None:
    intensities = [0.9, 0.1, 0.5, 0.7]
    assert arranged(intensities, "even", lambda each: each) == intensities
    assert arranged(intensities, "rising", lambda each: each) == sorted(intensities)


def test_three_acts_calm_down_before_the_climax() -> None:
    found = arranged([at / 20 for at in range(20)], "three-act", lambda each: each)
    climax = found.index(max(found))
    assert climax == 19
    assert min(found[14:17]) < found[13] < found[19]


@pytest.mark.parametrize("arc", list(ARCS))
def test_what_an_arc_needs_is_its_whole_length(arc: ArcName) -> None:
    assert sum(needs(arc)) == pytest.approx(1)
    assert len(needs(arc)) == BANDS


def test_a_rising_arc_needs_every_band_alike_and_an_even_one_the_middle() -> None:
    assert needs("rising") == pytest.approx([1 / BANDS] * BANDS)
    assert needs("even")[band(0.5)] == 1
