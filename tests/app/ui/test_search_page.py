"""The search page: the address holds the search, and every control changes the address."""

import base64
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.runtime import Runtime
from app.search.parts import parts_of
from app.search.request import SearchRequest
from app.titles.files import still_of_point
from app.ui import query
from tests.app.search.fields import SAMPLES
from tests.app.ui.conftest import Open, given_to, open_page, search_box


def shown(page: AppTest) -> list[str]:
    """Return the ids of the hits on the page, in order."""
    return [card["id"] for part in given_to(page, "reelfind_hits") for card in part["cards"]]


def found(runtime: Runtime, **search: Any) -> list[str]:
    request = SearchRequest(**{"limit": query.PAGE_LIMIT} | search)
    return [hit.id for hit in runtime.search(request).hits]


def test_the_page_opens_on_what_there_is(browse: Open, runtime: Runtime) -> None:
    page = browse()
    assert shown(page) == found(runtime) != []
    assert search_box(page).value == ""


def test_words_are_searched_and_go_into_the_address(browse: Open, runtime: Runtime) -> None:
    page = browse()
    search_box(page).input("  people on a stage ").run()
    assert page.query_params["q"] == "people on a stage"
    assert shown(page) == found(runtime, q="people on a stage")


def test_the_keyboard_stays_in_the_box_that_is_searched_by(browse: Open) -> None:
    page = browse()
    before = search_box(page).proto.id
    search_box(page).input("  people on a stage ").run()
    search_box(page).input("music").run()
    assert search_box(page).proto.id == before


def test_what_a_slow_browser_still_shows_takes_back_no_newer_search(
    browse: Open, runtime: Runtime
) -> None:
    page = browse(q="music", level="shot")
    # A click before the page is told of its change: words and level that it shows come along.
    page.selectbox(key="tools.order").set_value("time")
    shows = page._tree.get_widget_states()
    page.selectbox(key="tools.order").set_value("relevance")
    page.query_params.update(q="a stage")
    del page.query_params["level"]
    page.run()
    page._run(shows)
    assert page.query_params == {"q": "a stage", "order": "time"}
    assert search_box(page).value == "a stage"
    assert shown(page) == found(runtime, q="a stage", order="time")


def test_a_chip_of_an_earlier_search_does_not_bring_it_back(browse: Open, runtime: Runtime) -> None:
    tone = runtime.facets(SearchRequest()).tone[0].value
    page = browse(q="music", tone=[tone])
    page.button(key=f"chip.tone.{tone}").click()
    clicked = page._tree.get_widget_states()
    page.button(key=f"chip.tone.{tone}").set_value(False)
    del page.query_params["tone"]
    page.query_params.update(q="a stage")
    page.run()
    page._run(clicked)
    assert page.query_params == {"q": "a stage"}


def test_a_link_holds_the_whole_search(browse: Open, runtime: Runtime) -> None:
    tone = runtime.facets(SearchRequest()).tone[0].value
    page = browse(q="music", tone=[tone], level="shot", min_worthiness="0.1")
    assert search_box(page).value == "music"
    assert page.slider(key="filter.worthiness").value == (0.1, 1.0)
    assert tone in pressed(page, tone)
    assert shown(page) == found(runtime, q="music", tone=[tone], level="shot", min_worthiness=0.1)


def pressed(page: AppTest, tone: str) -> list[str]:
    """Return the tones that are chosen in the group that ``tone`` is in."""
    values = (page.session_state[key] for key in tone_groups(page))
    return next(value for value in values if tone in value)


def tone_groups(page: AppTest) -> list[str]:
    keys = [str(each.key) for each in page.get("button_group")]
    return [key for key in keys if key.startswith("filter.tone.")]


def test_tones_are_grouped_as_the_vocabulary_does(browse: Open, runtime: Runtime) -> None:
    page = browse()
    counts = {each.value: each.count for each in runtime.facets(SearchRequest()).tone}
    offered = [option for key in tone_groups(page) for option in page.button_group(key=key).options]
    assert sorted(offered) == sorted(
        f"{name.replace('-', chr(92) + '-')} :gray[{count}]" for name, count in counts.items()
    )
    groups = {each.group.capitalize() for each in runtime.tasks["tone"].classes}
    assert {key.removeprefix("filter.tone.") for key in tone_groups(page)} <= groups


def test_the_last_search_is_there_after_another_page_and_not_after_going_back(
    browse: Open, runtime: Runtime
) -> None:
    page = browse(q="music")
    page.query_params.clear()
    page.switch_page("views/settings.py").run()
    page.switch_page("views/search.py").run()
    assert page.query_params["q"] == "music"
    assert shown(page) == found(runtime, q="music")
    page.query_params.clear()
    page.run()
    assert "q" not in page.query_params
    assert search_box(page).value == ""
    assert shown(page) == found(runtime)


def test_a_filter_narrows_and_a_chip_takes_it_away(browse: Open, runtime: Runtime) -> None:
    tone = runtime.facets(SearchRequest()).tone[0].value
    page = browse()
    group = next(
        key
        for key in tone_groups(page)
        if any(each.startswith(f"{tone} ") for each in page.button_group(key=key).options)
    )
    page.button_group(key=group).set_value([tone]).run()
    assert page.query_params["tone"] == tone
    assert shown(page) == found(runtime, tone=[tone])
    page.button(key=f"chip.tone.{tone}").click().run()
    assert "tone" not in page.query_params
    assert shown(page) == found(runtime)


def test_all_filters_are_cleared_at_once_and_the_words_stay(browse: Open, runtime: Runtime) -> None:
    title = runtime.facets(SearchRequest()).title[0].value
    page = browse(q="music", title=[title], min_worthiness="0.1")
    page.button(key="chip.clear").click().run()
    assert page.query_params == {"q": "music"}
    assert shown(page) == found(runtime, q="music")


def test_every_part_of_the_address_is_seen_and_cleared(browse: Open) -> None:
    given = {name: SAMPLES[name] for name in ("then", "within", "tail", "group", "limit")}
    asked = {"q": "people", "order": "time", **{n: str(v) for n, v in given.items()}}
    page = browse(**asked)
    labels = {each.label.replace("\\", "") for each in page.button}
    parts = {each.label for each in parts_of(SearchRequest(q="people", **given), usual=query.USUAL)}
    assert len(parts) == len(given)
    assert parts <= labels
    search_box(page).input("music").run()
    assert page.query_params["then"] == given["then"]
    assert parts <= {each.label.replace("\\", "") for each in page.button}
    page.button(key="chip.clear").click().run()
    assert page.query_params == {"q": "music", "order": "time"}


@pytest.mark.parametrize(("field", "other"), [("then", "also"), ("also", "then")])
def test_words_that_go_with_others_are_typed_beside_them(
    browse: Open, runtime: Runtime, field: str, other: str
) -> None:
    page = browse(q="people", **{other: "a taxi"})
    box = next(each for each in page.text_input if each.label == field.capitalize())
    box.input(" music ").run()
    assert page.query_params == {"q": "people", field: "music"}
    assert shown(page) == found(runtime, q="people", **{field: "music"})
    search_box(page).input("").run()
    assert page.query_params == {}
    assert not page.warning


def test_weak_matches_are_one_press_away(browse: Open, runtime: Runtime) -> None:
    answer = runtime.search(SearchRequest(q="music", level="shot"))
    assert answer.cut
    page = browse(q="music", level="shot")
    assert f"Show {answer.cut} weak match" in page.button(key="tools.hidden").label
    page.button(key="tools.hidden").click().run()
    assert shown(page) == found(runtime, q="music", level="shot", tail="keep")
    page.button(key="chip.tail").click().run()
    assert page.query_params == {"q": "music", "level": "shot"}


@pytest.mark.parametrize(
    ("slider", "value", "search"),
    [
        ("worthiness", (0.3, 1.0), {"min_worthiness": 0.3}),
        ("worthiness", (0.0, 0.5), {"max_worthiness": 0.5}),
        ("popularity", (0.2, 0.9), {"min_popularity": 0.2, "max_popularity": 0.9}),
        ("duration", (2.0, 60.0), {"min_duration": 2.0}),
        ("duration", (0.0, 5.0), {"max_duration": 5.0}),
    ],
)
def test_ranges_of_scores_and_seconds(
    browse: Open, runtime: Runtime, slider: str, value: tuple[float, float], search: dict[str, Any]
) -> None:
    page = browse()
    page.slider(key=f"filter.{slider}").set_value(value).run()
    assert page.query_params == {name: str(bound) for name, bound in search.items()}
    assert shown(page) == found(runtime, **search)


@pytest.mark.parametrize(("chosen", "spoken"), [("1", True), ("0", False)])
def test_with_and_without_dialogue(
    browse: Open, runtime: Runtime, chosen: str, spoken: bool
) -> None:
    page = browse()
    page.button_group(key="filter.dialogue").set_value(chosen).run()
    assert shown(page) == found(runtime, has_dialogue=spoken)


def test_looks_are_alternatives_of_a_kind_and_kinds_hold_together(
    browse: Open, runtime: Runtime
) -> None:
    page = browse()
    page.button_group(key="filter.brightness.Brightness").set_value(["normal", "bright"]).run()
    page.button_group(key="filter.people.People").set_value(["1"]).run()
    assert shown(page) == found(runtime, brightness=["normal", "bright"], people=["1"])
    labels = {each.label.replace("\\", "") for each in page.button}
    assert {"brightness: normal", "people: 1"} <= labels


def test_another_order(browse: Open, runtime: Runtime) -> None:
    page = browse(q="music")
    page.selectbox(key="tools.order").set_value("time").run()
    assert page.query_params["order"] == "time"
    assert shown(page) == found(runtime, q="music", order="time")


def test_layout_is_in_the_address_and_survives_another_search(browse: Open) -> None:
    page = browse(q="music", view="list")
    page.button_group(key="tools.density").set_value("compact").run()
    search_box(page).input("a stage").run()
    assert page.query_params == {"q": "a stage", "view": "list", "density": "compact"}
    assert given_to(page, "reelfind_hits")[0]["classes"] == "list compact"


def test_pages_on_and_back(browse: Open, runtime: Runtime) -> None:
    everything = found(runtime)
    page = browse(limit="2")
    seen = shown(page)
    while not page.button(key="page.next").disabled:
        page.button(key="page.next").click().run()
        seen += shown(page)
    assert seen == everything
    assert f"page {len(everything[::2])}" in page.caption[0].value
    page.button(key="page.back").click().run()
    page.button(key="page.back").click().run()
    last = 2 * len(everything[::2])
    assert shown(page) == everything[last - 6 : last - 4]


def test_a_link_to_a_later_page_leads_back_to_the_first(browse: Open, runtime: Runtime) -> None:
    cursor = runtime.search(SearchRequest(limit=2)).next_cursor
    page = browse(limit="2", cursor=cursor)
    assert shown(page) == found(runtime)[2:4]
    page.button(key="page.back").click().run()
    assert shown(page) == found(runtime)[:2]


def test_a_page_of_another_search_is_told_and_left(browse: Open, runtime: Runtime) -> None:
    page = browse(q="music", cursor=runtime.search(SearchRequest(limit=2)).next_cursor)
    assert "cursor" in page.error[0].value
    page.button[-1].click().run()
    assert page.query_params == {"q": "music"}
    assert shown(page) == found(runtime, q="music")


def test_more_like_and_not_like_are_in_the_address(browse: Open, runtime: Runtime) -> None:
    first, second = found(runtime)[:2]
    page = browse(like=[first], unlike=[second])
    assert shown(page) == found(runtime, like=[first], unlike=[second])
    hit = runtime.neighbours(first, 0, 0).hit
    chip = page.button(key=f"chip.like.{first}")
    assert hit.timecode_in in chip.label.replace("\\", "")
    chip.click().run()
    assert page.query_params == {"unlike": second}


def test_the_slider_goes_from_the_moment_to_the_story(browse: Open, runtime: Runtime) -> None:
    first = found(runtime)[0]
    assert not [each for each in browse().slider if "moment" in each.label]
    page = browse(like=[first])
    assert shown(page) == found(runtime, like=[first])
    (slider,) = [each for each in page.slider if "moment" in each.label]
    slider.set_value(0.0).run()
    assert page.query_params == {"like": first, "story": "0.0"}
    assert shown(page) == found(runtime, like=[first], story=0.0)
    page.button(key="chip.story").click().run()
    assert page.query_params == {"like": first}


def test_an_example_that_is_gone_is_told_and_left_out(browse: Open, runtime: Runtime) -> None:
    gone = "5b1c8a52-0000-5000-8000-000000000000"
    page = browse(like=[gone])
    assert gone in page.error[0].value.replace("\\", "")
    page.button[-1].click().run()
    assert page.query_params == {}
    assert shown(page) == found(runtime)


def test_a_picture_is_searched_by(browse: Open, runtime: Runtime) -> None:
    hit = runtime.search(SearchRequest()).hits[0]
    still = still_of_point(runtime, hit.id).read_bytes()
    page = browse()
    page.file_uploader(key="example.file.0").upload("still.jpg", still, "image/jpeg").run()
    by_still = found(runtime, still=base64.b64encode(still).decode())
    assert shown(page) == by_still
    assert "still" not in page.query_params
    assert any("Recognising people is off" in each.value for each in page.caption)
    page.button(key="chip.example").click().run()
    assert shown(page) == found(runtime)


def test_a_file_that_is_no_picture_is_told(browse: Open, runtime: Runtime) -> None:
    page = browse()
    page.file_uploader(key="example.file.0").upload("still.jpg", b"words", "image/jpeg").run()
    assert "still" in page.error[0].value
    page.button[-1].click().run()
    assert shown(page) == found(runtime)


def test_nothing_found_is_said(browse: Open) -> None:
    page = browse(min_duration="9000")
    assert shown(page) == []
    assert "Try different words" in page.info[0].value


def test_a_value_that_is_not_there_is_told_and_one_press_goes_on(browse: Open) -> None:
    page = browse(q="music", title="no film has this name", tone="Funny")
    assert "there is no 'no film has this name'" in page.error[0].value
    next(each for each in page.button if each.label == "Search without this filter").click().run()
    assert "title" not in page.query_params
    assert page.query_params["tone"] == "comic"
    assert not page.error


def test_an_address_that_makes_no_sense_is_told_and_the_rest_is_kept(
    browse: Open, runtime: Runtime
) -> None:
    page = browse(q="music", limit="many", level="reel")
    assert len(page.warning) == 2
    assert shown(page) == found(runtime, q="music")


def test_an_empty_catalogue_says_how_to_fill_it(tmp_path: Path) -> None:
    page = open_page(tmp_path)
    assert not page.text_input
    assert str(tmp_path.name) in page.info[0].value.replace("\\", "")
    assert page.code[0].value.startswith("reelfind index")
