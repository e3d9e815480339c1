"""The planner against a slow and obvious one, on random catalogues and random requests."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.records import Hit
from app.search.facets import COUNTED, RANGES
from app.search.request import RequestError, SearchRequest
from app.search.searcher import Searcher
from app.search.similarity import rocchio
from tests.app.search.catalogue import KEPT, SIZE
from tests.app.search.planning import (
    SEEDS,
    SETTINGS,
    Planners,
    all_hits,
    pages,
    quick,
    requests,
    words,
)
from tests.app.search.slow import Slow

SOUGHT = requests(
    q=words,
    as_words=st.sampled_from([[], ["Red"]]),
    tail=st.sampled_from(["cut", "keep"]),
    order=st.sampled_from(["relevance", "relevance", "time", "popularity"]),
)


@quick
@given(seed=st.sampled_from(SEEDS), apart=st.booleans(), fields=SOUGHT)
def test_fusion_cut_and_pages(
    planners: Planners, seed: int, apart: bool, fields: dict[str, Any]
) -> None:
    search, slow = planners.at(seed, apart)
    check_found(search, slow, fields)


@quick
@given(
    seed=st.sampled_from(SEEDS),
    fields=requests(
        q=words,
        then=words,
        within=st.sampled_from([0.5, 5.0, 60.0]),
        tail=st.sampled_from(["cut", "keep"]),
    ),
)
def test_one_after_the_other(planners: Planners, seed: int, fields: dict[str, Any]) -> None:
    search, slow = planners.at(seed)
    for hit in check_found(search, slow, fields):
        first, second = hit.parts
        assert first.end_frame <= second.start_frame
        assert second.start_seconds - first.end_seconds <= fields["within"]
        assert hit.start_frame <= first.start_frame
        assert hit.end_frame >= second.end_frame


@quick
@given(
    seed=st.sampled_from(SEEDS),
    fields=requests(q=words, also=words, tail=st.sampled_from(["cut", "keep"])),
)
def test_both_in_one(planners: Planners, seed: int, fields: dict[str, Any]) -> None:
    search, slow = planners.at(seed)
    check_found(search, slow, fields)


def check_found(search: Searcher, slow: Slow, fields: dict[str, Any]) -> list[Hit]:
    request = SearchRequest(**fields)
    answers = pages(search, fields)
    hits = [hit for page in answers for hit in page.hits]
    found, cut = slow.found(request)
    assert {hit.id: hit.score for hit in hits} == pytest.approx(found)
    assert len(hits) == len(found)
    assert [hit.id for hit in hits] == slow.ordered(request, {h.id: h.score for h in hits})
    assert {(page.found, page.cut) for page in answers} == {(len(found), cut)}
    return hits


@quick
@given(seed=st.sampled_from(SEEDS), fields=requests(q=st.sampled_from(["", "snow", "night"])))
def test_facets(planners: Planners, seed: int, fields: dict[str, Any]) -> None:
    search, slow = planners.at(seed)
    request = SearchRequest(**fields)
    facets = search.facets(request)
    assert search.answer(request)[1]() == facets
    for filter_, compare in COUNTED.items():
        counts = getattr(facets, filter_)
        expected = slow.counts(request, filter_, compare.key, compare.kind)
        assert {each.value: each.count for each in counts} == expected
        assert counts == sorted(counts, key=lambda each: (-each.count, each.value))
    kept = [each for each in request.where if "mood" not in each]
    mood = slow.counts(request.model_copy(update={"where": kept}), "cursor", "task_mood")
    assert {each.value: each.count for each in facets.tasks["mood"]} == mood


@quick
@given(
    seed=st.sampled_from(SEEDS),
    fields=requests(
        q=words, then=st.sampled_from(["", "", "river"]), tail=st.sampled_from(["cut", "keep"])
    ),
    data=st.data(),
)
def test_a_facet_that_is_pressed_leaves_as_many_as_it_says(
    planners: Planners, seed: int, fields: dict[str, Any], data: st.DataObject
) -> None:
    search, _ = planners.at(seed)
    facets = search.facets(SearchRequest(**fields))
    counted = {name: own for name in COUNTED if (own := getattr(facets, name))}
    assume(counted)
    name = data.draw(st.sampled_from(sorted(counted)))
    facet = data.draw(st.sampled_from(counted[name]))
    pressed = bool(int(facet.value)) if name == "has_dialogue" else [facet.value]
    assert search.run(SearchRequest(**fields | {name: pressed})).found == facet.count


def test_hits_tell_what_tasks_of_ones_own_say(planners: Planners) -> None:
    search, _ = planners.at(SEEDS[0])
    hits = search.run(SearchRequest(where=["mood=dark", "risk>=0.5"], limit=200)).hits
    assert hits
    for hit in hits:
        mood, risk = hit.own_tasks["mood"], hit.own_tasks["risk"]
        assert "dark" in mood.classes
        assert mood.score is None
        assert risk.classes == []
        assert risk.score is not None
        assert risk.score >= 0.5


@quick
@given(seed=st.sampled_from(SEEDS), fields=requests(q=st.sampled_from(["", "snow"])))
def test_histograms(planners: Planners, seed: int, fields: dict[str, Any]) -> None:
    search, slow = planners.at(seed)
    request = SearchRequest(**fields)
    ranges = search.facets(request).ranges
    assert ranges.keys() == RANGES.keys()
    for name, bins in ranges.items():
        values = slow.values(request, name, RANGES[name].key)
        counts = [sum(_inside(value, each.least, each.below) for value in values) for each in bins]
        assert [each.count for each in bins] == counts
        assert sum(counts) == len(values)


def _inside(value: float, least: float, below: float | None) -> bool:
    return least <= value and (below is None or value < below)


@quick
@given(seed=st.sampled_from(SEEDS), fields=requests(), data=st.data())
def test_like_and_unlike(
    planners: Planners, seed: int, fields: dict[str, Any], data: st.DataObject
) -> None:
    search, slow = planners.at(seed)
    ids = sorted(slow.points)
    like = data.draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
    unlike = data.draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
    assume(like or unlike)
    story = data.draw(st.sampled_from([0.0, 0.25, 0.5, 1.0]))
    near = [np.array(slow.points[each].vectors["alike"]) for each in like]
    far = [np.array(slow.points[each].vectors["alike"]) for each in unlike]
    moment, title = np.split(rocchio(near, far, SETTINGS.negative), [(SIZE + KEPT) // 2])
    query = 2 * np.concatenate([(1 - story) * moment, story * title])
    request = SearchRequest(**fields)
    expected = dict(slow.route(request, "alike", query, by_shot=False))
    for each in (*like, *unlike):
        point = slow.points[each]
        owner = point.payload.get("clip_id", each)
        for own in (each, owner) if request.level == "clip" else (each,):
            expected.pop(own, None)
        if request.level == "shot":
            for shot in slow.shots:
                if shot.payload["clip_id"] == each:
                    expected.pop(shot.id, None)
    asked = fields | {"like": like, "unlike": unlike, "story": story, "tail": "keep"}
    asked["routes"] = ["like"]
    hits = all_hits(search, asked)
    assert {hit.id: hit.why[0].score for hit in hits} == pytest.approx(expected, abs=2e-3)


@quick
@given(seed=st.sampled_from(SEEDS), fields=requests(q=words), data=st.data())
def test_good_and_bad_hits_are_examples_that_are_not_found_again(
    planners: Planners, seed: int, fields: dict[str, Any], data: st.DataObject
) -> None:
    search, slow = planners.at(seed)
    found = [hit.id for hit in all_hits(search, fields)]
    assume(found)
    judged = data.draw(st.lists(st.sampled_from(found), min_size=1, max_size=4, unique=True))
    half = data.draw(st.integers(0, len(judged)))
    good, bad = judged[:half], judged[half:]
    marked = all_hits(search, fields | {"good": good, "bad": bad})
    near, far = ([np.array(slow.points[i].vectors["context"]) for i in own] for own in (good, bad))
    query = rocchio(near, far, SETTINGS.negative)
    only = all_hits(search, fields | {"good": good, "bad": bad, "routes": ["like"]}) if good else []
    expected = dict(slow.route(SearchRequest(**fields), "context", query, by_shot=False))
    for hit in only:
        assert hit.why[0].score == pytest.approx(expected[hit.id], abs=2e-3)
    assert not {hit.id for hit in marked} & set(judged)


@quick
@given(seed=st.sampled_from(SEEDS), fields=requests(), phrase=st.tuples(words, words))
def test_words_in_quotes(
    planners: Planners, seed: int, fields: dict[str, Any], phrase: tuple[str, str]
) -> None:
    search, slow = planners.at(seed)
    said = " ".join(phrase)
    expected = {
        point.id
        for point in slow.left(SearchRequest(**fields))
        if f" {said} " in f" {' '.join(point.payload['lines'])} "
    }
    hits = all_hits(search, fields | {"q": f'"{said}"', "routes": ["picture"]})
    assert {hit.id for hit in hits} == expected


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"like": ["5b1c8a52-0000-5000-8000-000000000000"]}, "like"),
        ({"q": "snow", "unlike": ["no title"]}, "unlike"),
        ({"where": ["colour=red"]}, "where"),
        ({"where": ["mood>=0.5"]}, "where"),
        ({"q": "snow", "routes": ["still"]}, "routes"),
        ({"still": "AAAA"}, "still"),
        ({"clip": "AAAA"}, "clip"),
        ({"q": "snow", "good": ["no title"]}, "good"),
        ({"q": "snow", "bad": ["no title"]}, "bad"),
    ],
)
def test_what_makes_no_sense_names_its_field(
    planners: Planners, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(RequestError) as refused:
        planners.at(0)[0].run(SearchRequest(**fields))
    assert refused.value.field == field


def test_scales_are_those_of_the_same_search_and_of_no_other(planners: Planners) -> None:
    searcher, _ = planners.at(0)
    example = searcher.run(SearchRequest(limit=1)).hits[0].id
    for story in (0.0, 1.0, 0.5):
        asked = {"like": [example], "story": story, "tail": "keep"}
        searcher.run(SearchRequest.model_validate(asked))
        filtered = SearchRequest.model_validate({**asked, "has_dialogue": True})
        fresh, _ = planners.at(0)
        assert searcher.run(filtered).hits == fresh.run(filtered).hits
