"""Briefs answered over films that were really indexed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from app.ads.estimates import Estimate
from app.ads.openrtb import content_of
from app.ads.planning import AdPlanner, BriefError
from app.ads.records import AdBreak, AdBrief, AdCandidates, AdClip, Never
from app.ads.timeline import Timeline, Timelines, read_timeline
from app.runtime import Runtime
from app.search.request import RequestError, SearchRequest
from indexer.records import Metadata
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
    genre = next(genre for each in runtime.titles() for genre in each.genres)
    without = one(runtime, EVERYWHERE.model_copy(update={"never": Never(genres=[genre])}))
    assert all(genre not in runtime.manifest(each.title_id).genres for each in without.breaks)
    with pytest.raises(RequestError, match="title: there is no 'no such title'"):
        one(runtime, AdBrief(title=["no such title"]))


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
    assert (content.id, content.title) == (title.title_id, "Bikes")
    assert content.len == round(title.duration_seconds)


def test_estimates_are_apart_from_facts_and_none_is_below_the_least_confidence(
    runtime: Runtime,
) -> None:
    answer = one(runtime, EVERYWHERE)
    least = runtime.settings.ads.least_confidence
    ids = {each.name: each.id for each in runtime.tasks["ad-relevancy"].classes}
    sent: set[str] = set()
    for found in answer.breaks:
        manifest, content = runtime.manifest(found.title_id), found.openrtb.content
        known = manifest.title.metadata
        assert content.kwarray == list(known.tags)
        assert content.genre == next(iter(known.genres), None)
        timeline = timeline_of(runtime, found)
        beside = [timeline.clip_ids.index(i) for i in (found.clip_before, found.clip_after) if i]
        table = runtime.title(found.title_id).scores("clip")
        for task, field in (("ad-relevancy", "ad_categories"), ("tone", "tones")):
            classes = [each.name for each in runtime.tasks[task].prompted]
            carried = {
                name: max(
                    table["scores of " + task][clip][classes.index(name)]
                    for clip in beside
                    if name in table[field][clip]
                )
                for name in {name for clip in beside for name in table[field][clip]}
            }
            expected = {
                ids.get(name, name): round(score, 4)
                for name, score in carried.items()
                if score >= least
            }
            data = [each for each in content.data if each.id == f"reelfind-{task}"]
            segments = [segment for each in data for segment in each.segment]
            assert {each.id: each.ext.confidence for each in segments} == expected
            assert all(each.ext.estimate == "zero-shot" for each in segments)
            assert all(float(each.value) >= least - 0.005 for each in segments)
            sent.update(expected)
    assert sent & set(ids.values()), "some categories are sure enough"


def test_what_the_catalogue_says_is_a_fact_and_what_is_heard_is_not(runtime: Runtime) -> None:
    manifest = runtime.manifest(runtime.titles()[0].title_id)
    known = replace(
        manifest.title.metadata, tags=("Pets", "a tag"), genres=("drama", "sports"), language=None
    )
    title = replace(manifest.title, metadata=known)
    task = runtime.tasks["ad-relevancy"]
    heard = replace(manifest, title=title, text_source="transcription", language="en")
    guess = Estimate("genre", "horror", 0.9, "zero-shot")
    content = content_of(heard, [guess], task)
    assert (content.cat, content.cattax, content.genre) == (["422", "483"], 9, "drama")
    assert content.kwarray == ["Pets", "a tag"]
    assert content.language is None
    assert [each.id for each in content.data] == ["reelfind-genre"]
    read = replace(heard, text_source="sidecar", title=replace(title, metadata=Metadata(name="x")))
    content = content_of(read, [], task)
    assert (content.language, content.cat, content.cattax, content.data) == ("en", [], None, [])


def test_reasons_say_that_a_class_is_an_estimate(runtime: Runtime) -> None:
    brief = AdBrief(cat=["pets"], cattax=9, tones=["playful"], avoid=["sad"])
    told = [r.told for each in one(runtime, brief).clips for r in each.reasons if r.part != "text"]
    assert told
    assert all("estimated at 0." in each or "estimated at 1.00" in each for each in told)


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
