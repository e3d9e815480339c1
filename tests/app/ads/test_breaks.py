"""Breaks on random titles: the rules always hold, and a slow and obvious planner agrees."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ads.breaks import explain_place, roll_of, speech, weigh_places
from app.ads.fit import fit_clips
from app.ads.records import AdBrief, Never
from app.ads.targeting import Targeting, read_pacing
from app.ads.timeline import Timeline
from app.search.request import SearchRequest
from indexer.records import Line
from indexer.sections import AdSettings
from indexer.soundtrack.measure import Soundtrack
from tests.app.ads import slow
from tests.app.ads.drawn import CATEGORIES, TONES, draw_timeline

quick = settings(max_examples=150, deadline=None, derandomize=True, database=None)

seeds = st.integers(0, 10_000)
briefs = st.builds(
    AdBrief,
    rolls=st.lists(
        st.sampled_from(["pre-roll", "mid-roll", "post-roll"]), min_size=1, max_size=3, unique=True
    ),
    earliest=st.sampled_from([None, 0, 5.0]),
    latest=st.sampled_from([None, None, 40.0]),
    min_distance=st.sampled_from([None, 0, 1.5, 10, 37.0]),
    clear_end=st.sampled_from([None, 0, 3.5]),
    never=st.builds(Never, words=st.sampled_from([[], [], ["gun"], ["gun", "hello there"]])),
)


@st.composite
def wishes(draw: Any) -> Targeting:
    def some(names: tuple[str, ...]) -> Any:
        return draw(st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple))

    return Targeting(
        text=draw(st.sampled_from(["", "music"])),
        categories=some(CATEGORIES),
        tones=some(TONES),
        avoided=some(TONES),
        never_categories=some(CATEGORIES),
        never_tones=some(TONES),
        never_words=draw(st.sampled_from([(), (), ("gun",), ("hello there",)])),
        never_score=draw(st.sampled_from([0.15, 0.25, 1.0])),
        filters=SearchRequest(),
    )


def texts_of(timeline: Timeline) -> dict[str, float]:
    return {each: (n + 1) / 10 for n, each in enumerate(timeline.clip_ids[:10]) if n % 3}


@quick
@given(seeds, briefs, wishes())
def test_every_place_is_scored_and_refused_as_the_slow_planner_does(
    seed: int, brief: AdBrief, target: Targeting
) -> None:
    timeline = draw_timeline(seed)
    texts = texts_of(timeline)
    fit = fit_clips(timeline, target, texts)
    pacing = read_pacing(brief, AdSettings())
    places = weigh_places(timeline, fit, brief.rolls, pacing, target)
    count = range(len(timeline.shots) + 1)
    reasons = [slow.why_not(timeline, place, brief, pacing, target) for place in count]
    assert places.allowed.tolist() == [reason is None for reason in reasons]
    left_out = Counter(reason for reason in reasons if reason)
    assert {k: v for k, v in places.left_out.model_dump().items() if v} == left_out
    wished = [slow.place_score(timeline, place, pacing, target, texts) for place in count]
    assert places.score == pytest.approx(np.array(wished))
    assert [roll_of(place, len(timeline.shots)) for place in (0, count[-1])] == [
        *("pre-roll", "post-roll")
    ]


def test_a_break_may_stand_where_one_line_ends_and_the_next_begins() -> None:
    timeline = draw_timeline(1)
    cut = float(timeline.seconds[2])
    touching = (Line(cut - 1, cut, "before"), Line(cut, cut + 1, "after"))
    inside, gaps = speech(replace(timeline, lines=touching), np.array([cut, cut + 0.5, cut - 1]))
    assert inside.tolist() == [False, True, False]
    assert gaps.tolist() == [0.0, 0.0, pytest.approx(cut - 1)]


def test_of_two_places_the_quieter_one_is_better_and_says_so() -> None:
    timeline = draw_timeline(1)
    loud, quiet = 1, len(timeline.shots) - 1
    at = round(float(timeline.seconds[quiet]) * 10)
    energy = np.full(round(timeline.seconds[-1] * 10), 1e-2, np.float32)
    energy[at - 5 : at + 5] = 1e-5
    track = Soundtrack(energy, np.zeros_like(energy), np.zeros_like(energy))
    heard = replace(timeline, soundtrack=track)
    target = Targeting("", (), (), (), (), (), (), 1.0, SearchRequest())
    places = weigh_places(
        heard,
        fit_clips(heard, target, {}),
        ["mid-roll"],
        read_pacing(AdBrief(), AdSettings()),
        target,
    )
    assert places.values["quiet"][quiet] == 1.0
    assert places.values["quiet"][loud] == pytest.approx(3 / 13, abs=0.01)
    (told,) = [
        each.told for each in explain_place(heard, places, quiet, str) if each.part == "quiet"
    ]
    assert told == "30 LU below the loudness of the title"
