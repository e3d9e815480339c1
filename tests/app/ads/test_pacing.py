"""The set of breaks keeps every rule, and no other set is worth more: all of them are tried."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ads.pacing import Candidate, choose
from app.ads.records import AdBrief
from app.ads.targeting import read_pacing
from app.search.request import RequestError
from indexer.sections import AdSettings
from tests.app.ads import slow

RATES = {"one": Fraction(25), "two": Fraction(24000, 1001), "three": Fraction(30000, 1001)}

rules = st.builds(
    AdBrief,
    min_distance=st.sampled_from([0, 300, 900.5, 1800]),
    per_title=st.sampled_from([None, None, 1, 3]),
    max_per_hour=st.sampled_from([None, 1, 2, 3]),
    max_load=st.sampled_from([None, 150, 240.0, 359.9]),
    limit=st.sampled_from([0, 1, 2, 4, 10]),
)


def draw_candidates(seed: int, titles: int) -> list[Candidate]:
    """Return up to ten places in films of two hours and a half, some of them an hour apart."""
    draw = random.Random(seed)
    found: dict[tuple[str, int], Candidate] = {}
    for _ in range(draw.randrange(1, 11)):
        title = draw.choice([*RATES][:titles])
        hour = int(3600 * RATES[title])
        frame = draw.choice([draw.randrange(hour * 5 // 2), hour, hour + 1, 2 * hour, 0])
        rank = -draw.randrange(1, 10_000) / 10_000
        found[title, frame] = Candidate(rank, (f"film {title}", title), frame, len(found))
    return list(found.values())


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 10_000), st.integers(1, 3), rules)
def test_no_set_that_keeps_the_rules_is_worth_more(seed: int, titles: int, brief: AdBrief) -> None:
    candidates = draw_candidates(seed, titles)
    pacing = read_pacing(brief, AdSettings())
    taken = choose(candidates, brief.limit, pacing, RATES)
    assert taken == sorted(taken), "the best comes first"
    assert len(taken) <= brief.limit
    assert slow.keeps(taken, pacing, RATES)
    value = -sum(each.rank for each in taken)
    assert value == pytest.approx(slow.best_value(candidates, brief.limit, pacing, RATES))
    assert choose(candidates[::-1], brief.limit, pacing, RATES) == taken


def test_two_good_breaks_are_taken_rather_than_one_better_between_them() -> None:
    places = [
        Candidate(-rank, ("film", "one"), frame, n)
        for n, (rank, frame) in enumerate([(0.6, 0), (0.7, 5_000), (0.6, 10_000)])
    ]
    pacing = read_pacing(AdBrief(min_distance=300), AdSettings())
    assert [each.frame for each in choose(places, 10, pacing, RATES)] == [0, 10_000]
    assert [each.frame for each in choose(places, 1, pacing, RATES)] == [5_000]


def test_rules_that_a_brief_leaves_out_come_from_the_settings() -> None:
    usual = AdSettings(max_per_hour=4, earliest=600, break_seconds=90)
    pacing = read_pacing(AdBrief(earliest=0, max_load=200), usual)
    assert (pacing.earliest, pacing.max_per_hour, pacing.min_distance) == (0, 4, 300)
    assert pacing.within_an_hour == 2, "200 seconds are two breaks of 90"


def test_an_ad_load_of_less_than_one_break_is_refused() -> None:
    with pytest.raises(RequestError, match="less than one break of 120") as refused:
        read_pacing(AdBrief(max_load=60), AdSettings())
    assert refused.value.field == "max_load"
