"""Briefs answered over films that were really indexed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from app.ads.planning import AdPlanner, BriefError
from app.ads.records import AdBreak, AdBrief, AdCandidates, AdClip, Never
from app.ads.timeline import Timeline, Timelines, read_timeline
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.settings import load_settings
from tests.conftest import copy_data


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    data = copy_data(indexed_once, tmp_path_factory.mktemp("ads") / "data")
    runtime = Runtime(data, load_settings(data))
    yield runtime
    runtime.close()


def ask(runtime: Runtime, *briefs: AdBrief) -> list[AdCandidates]:
    return AdPlanner(runtime).answer(briefs)


def one(runtime: Runtime, brief: AdBrief) -> AdCandidates:
    (answer,) = ask(runtime, brief)
    return answer


def timeline_of(runtime: Runtime, found: AdBreak) -> Timeline:
    return read_timeline(runtime.title(found.title_id))


EVERYWHERE = AdBrief(rolls=["pre-roll", "mid-roll", "post-roll"], min_distance=0, limit=200)


def test_breaks_lie_between_shots_and_never_inside_a_line(runtime: Runtime) -> None:
    answer = one(runtime, EVERYWHERE)
    assert answer.titles == len(runtime.titles())
    assert answer.left_out.spoken > 0, "the films have lines that reach across cuts"
    for found in answer.breaks:
        timeline = timeline_of(runtime, found)
        place = timeline.frames.tolist().index(found.frame)
        assert found.seconds == timeline.seconds[place]
        assert not any(each.start < found.seconds < each.end for each in timeline.lines or ())
        ends = [clip.end_frame for clip in timeline.clips]
        assert found.clip_end == (found.frame in [0, *ends])
        assert (found.clip_before is None) == (found.roll == "pre-roll")
        assert (found.clip_after is None) == (found.roll == "post-roll")


def test_the_score_is_the_mean_of_its_reasons_and_the_best_comes_first(runtime: Runtime) -> None:
    brief = AdBrief(text="people playing music", tones=["playful"], avoid=["sad"], min_distance=1)
    answer = one(runtime, brief)
    every: list[AdBreak | AdClip] = [*answer.breaks, *answer.clips]
    for found in every:
        total = sum(each.weight for each in found.reasons)
        mean = sum(each.weight * each.value for each in found.reasons) / total
        assert found.score == pytest.approx(mean, abs=1e-3)
        assert all(each.told for each in found.reasons)
    for scores in ([each.score for each in answer.breaks], [each.score for each in answer.clips]):
        assert scores == sorted(scores, reverse=True)
    assert {each.part for each in answer.clips[0].reasons} == {"text", "tone", "avoided"}


def test_the_text_leads_to_what_the_planner_finds(runtime: Runtime) -> None:
    hits = runtime.search(SearchRequest(q="people playing music")).hits
    best = one(runtime, AdBrief(text="people playing music")).clips[0]
    assert (best.clip.id, best.score) == (hits[0].id, 1.0)


def test_what_is_excluded_is_never_beside_a_break(runtime: Runtime) -> None:
    free = one(runtime, EVERYWHERE)
    carried = {tone for each in free.clips for tone in each.clip.tones}
    category = next(name for each in free.clips for name in each.clip.ad_categories)
    tone = min(carried)
    never = Never(tones=[tone], words=["guitar"], score=1.0)
    brief = EVERYWHERE.model_copy(update={"never": never, "bcat": [category], "cattax": 9})
    answer = one(runtime, brief)
    assert answer.left_out.unsafe > 0
    for each in answer.clips:
        assert tone not in each.clip.tones
        assert category not in each.clip.ad_categories
        assert "guitar" not in each.clip.text.casefold()
    for found in answer.breaks:
        timeline = timeline_of(runtime, found)
        for identity in (found.clip_before, found.clip_after):
            if identity is not None:
                clip = timeline.clip_ids.index(identity)
                assert tone not in timeline.tones[clip]
                assert category not in timeline.categories[clip]
                assert "guitar" not in timeline.dialogue_of(clip).casefold()


def test_a_lower_score_excludes_more(runtime: Runtime) -> None:
    left = [
        one(runtime, EVERYWHERE.model_copy(update={"never": Never(tones=["comic"], score=score)}))
        for score in (1.0, 0.05, 0.0)
    ]
    counts = [len(each.breaks) for each in left]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 0


def test_filters_choose_titles(runtime: Runtime) -> None:
    brief = EVERYWHERE.model_copy(update={"title": ["Bikes"]})
    answer = one(runtime, brief)
    assert answer.titles == 1
    assert {each.title for each in answer.breaks} == {"Bikes"}
    genres = one(runtime, EVERYWHERE).breaks[0].openrtb.content.genre
    assert genres is not None
    without = one(runtime, EVERYWHERE.model_copy(update={"never": Never(genres=[genres])}))
    assert all(genres not in runtime.manifest(each.title_id).genres for each in without.breaks)
    nothing = one(runtime, AdBrief(title=["no such title"]))
    assert (nothing.titles, nothing.clips, nothing.breaks) == (0, [], [])


def test_a_bid_request_is_told_what_the_break_decides(runtime: Runtime) -> None:
    answer = one(runtime, EVERYWHERE.model_copy(update={"title": ["Bikes"], "min_distance": 1}))
    title = next(each for each in runtime.titles() if each.title == "Bikes")
    by_roll = {found.roll: found for found in answer.breaks}
    for end, delay, place in ((by_roll["pre-roll"], 0, 1), (by_roll["post-roll"], -2, -1)):
        video = end.openrtb.video
        assert (video.startdelay, video.podseq, video.plcmt) == (delay, place, 1)
    middle = by_roll["mid-roll"]
    assert middle.openrtb.video.startdelay == max(1, round(middle.seconds))
    content = middle.openrtb.content
    assert (content.id, content.title, content.cattax) == (title.title_id, "Bikes", 9)
    assert content.len == round(title.duration_seconds)
    assert (content.genre, content.language) == (title.genres[0], title.language)
    ids = {each.name: each.id for each in runtime.tasks["ad-relevancy"].classes}
    timeline = timeline_of(runtime, middle)
    beside = [timeline.clip_ids.index(str(i)) for i in (middle.clip_before, middle.clip_after)]
    assert set(content.cat) == {ids[name] for clip in beside for name in timeline.categories[clip]}


def test_a_batch_answers_as_one_brief_after_the_other_and_searches_once(runtime: Runtime) -> None:
    briefs = [
        AdBrief(text="bicycles", cat=["sports"], cattax=9, min_distance=3),
        AdBrief(text="bicycles", limit=1),
        AdBrief(text="bicycles", cat=["483"], cattax=9, min_distance=3),
    ]
    search = Mock(wraps=runtime.search)
    runtime.search = search  # type: ignore[method-assign]
    try:
        together = ask(runtime, *briefs)
    finally:
        del runtime.search
    asked = [call.args[0].model_dump_json() for call in search.call_args_list]
    assert len(asked) == len(set(asked))
    alone = [one(runtime, brief) for brief in briefs]
    timeless = {"took_ms", "brief"}
    assert [each.model_dump(exclude=timeless) for each in together] == [
        each.model_dump(exclude=timeless) for each in alone
    ]
    assert together[0].breaks == together[2].breaks, "an id and a name are the same category"


def test_a_title_is_read_once_until_it_changes(runtime: Runtime) -> None:
    timelines = Timelines(kept=2)
    one, two, three = (runtime.title(each.title_id) for each in runtime.titles()[:3])
    first = timelines.of(one)
    assert timelines.of(one) is first
    renamed = replace(one, manifest=replace(one.manifest, genres=("western",)))
    assert timelines.of(renamed).manifest == renamed.manifest
    second = timelines.of(two)
    timelines.of(three)
    assert timelines.of(two) is second
    assert timelines.of(renamed) is not first


@pytest.mark.parametrize(
    ("brief", "field", "reason"),
    [
        (AdBrief(cat=["422"]), "cattax", "left out, which OpenRTB reads as 1"),
        (AdBrief(bcat=["IAB1"], cattax=1), "cattax", "is 1; .* cattax 9"),
        (AdBrief(cat=["422", "jlbcu7"], cattax=9), "cat.1", "case-sensitive"),
        (AdBrief(bcat=["nothing"], cattax=9), "bcat.0", "no tier-1 category"),
        (AdBrief(tones=["zesty"]), "tones.0", "no tone zesty"),
        (AdBrief(never=Never(tones=["sad", "zesty"])), "never.tones.1", "no tone zesty"),
    ],
)
def test_what_there_is_none_of_is_named(
    runtime: Runtime, brief: AdBrief, field: str, reason: str
) -> None:
    with pytest.raises(BriefError, match=reason) as refused:
        ask(runtime, AdBrief(), brief)
    assert (refused.value.place, refused.value.field) == (1, field)


def test_without_clips_and_breaks_nothing_is_listed(runtime: Runtime) -> None:
    answer = one(runtime, AdBrief(limit=0, clips=0))
    assert (answer.clips, answer.breaks) == ([], [])
    assert answer.titles > 0
