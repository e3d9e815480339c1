from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.clips import CUT_LINE_COST, _length_cost, build_clips, cut_costs
from indexer.pipeline_sections import ClipSettings
from indexer.records import Clip, Line, Shot

FPS = Fraction(24)
SETTINGS = ClipSettings()


def shots_of(seconds: list[float], transitions: dict[int, int] | None = None) -> list[Shot]:
    frames = [round(s * 24) for s in seconds]
    edges = np.concatenate([[0], np.cumsum(frames)]).tolist()
    gradual = transitions or {}
    return [
        Shot(
            i,
            edges[i],
            edges[i + 1],
            "start" if i == 0 else "gradual" if i in gradual else "cut",
            gradual.get(i, 0),
        )
        for i in range(len(frames))
    ]


def embeddings(topics: list[int]) -> np.ndarray:
    return np.eye(max(topics) + 1, dtype=np.float32)[topics]


def seconds_of(clip: Clip) -> float:
    return (clip.end_frame - clip.start_frame) / 24


def test_clips_break_where_the_content_does() -> None:
    shots = shots_of([4.0] * 12)
    clips = build_clips(shots, FPS, embeddings([0] * 5 + [1] * 7), [], SETTINGS)
    assert 5 in {clip.first_shot for clip in clips}


def test_a_long_dissolve_is_a_break() -> None:
    shots = shots_of([5.0] * 8, transitions={3: 24})
    clips = build_clips(shots, FPS, embeddings([0] * 8), [], SETTINGS)
    assert 3 in {clip.first_shot for clip in clips}


def test_no_clip_cuts_through_a_spoken_line() -> None:
    shots = shots_of([6.0] * 6)
    lines = [Line(4.0, 8.0, "across the first cut"), Line(16.0, 20.0, "across the third")]
    clips = build_clips(shots, FPS, embeddings([0, 1, 2, 3, 4, 5]), lines, SETTINGS)
    assert not {1, 3} & {clip.first_shot for clip in clips}


def test_a_line_that_lingers_past_the_cut_is_not_cut_through() -> None:
    shots = shots_of([6.0] * 2)
    starts = np.array([0.0, 6.0])
    lines = [Line(2.0, 6.1, "over by the next shot")]
    costs = cut_costs(shots, starts, FPS, embeddings([0, 1]), lines)
    assert costs[1] < CUT_LINE_COST / 2


@pytest.mark.parametrize("seconds", [[0.04], [3.0], [1.0, 1.0], [2000.0], [90.0, 3.0, 90.0]])
def test_odd_films_still_become_clips(seconds: list[float]) -> None:
    shots = shots_of(seconds)
    clips = build_clips(shots, FPS, embeddings([0] * len(shots)), [], SETTINGS)
    assert clips[0].first_shot == 0
    assert clips[-1].end_shot == len(shots)


def test_lengths_lie_between_shortest_and_longest() -> None:
    random = np.random.default_rng(0)
    shots = shots_of(random.uniform(0.5, 9.0, 200).tolist())
    context = random.normal(size=(200, 16)).astype(np.float32)
    clips = build_clips(shots, FPS, context, [], SETTINGS)
    assert all(SETTINGS.shortest <= seconds_of(clip) <= SETTINGS.longest for clip in clips)


@given(
    seconds=st.lists(st.floats(0.2, 30.0), min_size=1, max_size=9),
    spoken=st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 8)), max_size=4),
    seed=st.integers(0, 99),
)
def test_clips_are_the_cheapest_of_all_divisions(
    seconds: list[float], spoken: list[tuple[float, float]], seed: int
) -> None:
    shots = shots_of(seconds)
    context = np.random.default_rng(seed).normal(size=(len(shots), 4)).astype(np.float32)
    lines = [Line(start, start + length, "a") for start, length in sorted(spoken)]
    starts = np.array([shot.start_frame / 24 for shot in shots])
    breaks = cut_costs(shots, starts, FPS, context, lines)

    def cost(clips: list[tuple[int, int]]) -> float:
        return sum(  # type: ignore[no-any-return]
            breaks[a] + _length_cost((shots[b - 1].end_frame - shots[a].start_frame) / 24, SETTINGS)
            for a, b in clips
        )

    def divisions() -> list[list[tuple[int, int]]]:
        inner = range(1, len(shots))
        every = [c for r in range(len(shots)) for c in combinations(inner, r)]
        return [list(zip((0, *c), (*c, len(shots)), strict=True)) for c in every]

    found = build_clips(shots, FPS, context, lines, SETTINGS)
    assert [c.first_shot for c in found[1:]] == [c.end_shot for c in found[:-1]]
    ours = cost([(c.first_shot, c.end_shot) for c in found])
    assert ours == pytest.approx(min(cost(d) for d in divisions()))
