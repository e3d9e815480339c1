"""The page of ads: the address holds the brief, and the answer is the planner's."""

from typing import Any

from streamlit.testing.v1 import AppTest

from app.ads.planning import AdPlanner
from app.ads.records import AdBreak, AdBrief, AdCandidates, AdClip, Never, Reason
from app.runtime import Runtime
from app.ui.parts.briefs import looked_words, reasons_html
from tests.app.ui.conftest import Open, given_to, open_view

PAGE = "views/briefs.py"


def answer_to(runtime: Runtime, **brief: Any) -> AdCandidates:
    (answer,) = AdPlanner(runtime).answer([AdBrief(cattax=9, **brief)])
    return answer


def drawn(page: AppTest) -> tuple[list[str], list[str]]:
    """Return the titles and frames of the breaks on the page, and the ids of the clips."""
    keys = [button.key or "" for button in page.button]
    links = [link.proto.query_string for link in page.get("page_link")]
    clips = [key.removeprefix("play-") for key in keys if key.startswith("play-")]
    return links[: len(links) - len(clips)], clips


def shows(page: AppTest, answer: AdCandidates) -> None:
    breaks, clips = drawn(page)
    assert breaks == [f"id={each.title_id}&frame={each.frame}" for each in answer.breaks]
    assert clips == [each.clip.id for each in answer.clips]
    html = "\n".join(str(part.proto.body) for part in page.get("html"))
    found: list[AdBreak | AdClip] = [*answer.breaks, *answer.clips]
    for each in found:
        assert reasons_html(each.score, each.reasons) in html


def test_without_a_brief_clips_are_offered_by_their_worth(browse: Open, runtime: Runtime) -> None:
    answer = answer_to(runtime)
    shows(open_view(browse, PAGE), answer)
    assert answer.clips


def test_the_address_holds_the_whole_brief(browse: Open, runtime: Runtime) -> None:
    plain: dict[str, Any] = {
        "text": "people playing music",
        "cat": ["sports", "pets"],
        "tones": ["playful"],
        "avoid": ["sad"],
        "rolls": ["pre-roll", "mid-roll"],
    }
    page = open_view(
        browse, PAGE, **plain, never=["gruesome"], words="gun, guitar ,", min_distance="3"
    )
    assert page.multiselect(key="cat").value == ["sports", "pets"]
    never = Never(tones=["gruesome"], words=["gun", "guitar"])
    answer = answer_to(runtime, **plain, never=never, min_distance=3)
    assert answer.breaks
    shows(page, answer)


def test_a_change_of_the_brief_gives_another_answer(browse: Open, runtime: Runtime) -> None:
    page = open_view(browse, PAGE)
    page.number_input(key="min_distance").set_value(2.0).run()
    page.multiselect(key="tones").set_value(["sad"]).run()
    shows(page, answer_to(runtime, min_distance=2, tones=["sad"]))


def test_pacing_starts_from_the_settings_and_is_in_the_address(
    browse: Open, runtime: Runtime
) -> None:
    page = open_view(browse, PAGE, min_distance="0", max_per_hour="2", max_load="100")
    assert page.number_input(key="break_seconds").value == runtime.settings.ads.break_seconds
    assert any("less than one break of 120" in each.value for each in page.error)
    page.number_input(key="break_seconds").set_value(30.0).run()
    answer = answer_to(runtime, min_distance=0, max_per_hour=2, max_load=100, break_seconds=30)
    shows(page, answer)
    assert answer.breaks


def test_the_breaks_of_a_title_are_downloaded_as_lists(browse: Open, runtime: Runtime) -> None:
    page = open_view(browse, PAGE, min_distance="0")
    answer = answer_to(runtime, min_distance=0)
    title = answer.breaks[-1].title_id
    page.selectbox(key="breaks-title").set_value(title).run()
    page.text_input(key="breaks-tag").set_value("https://ads.example.com/?id={break_id}").run()
    assert not page.exception
    assert not page.error
    labels = [each.proto.label for each in page.get("download_button")]
    assert {"VMAP", "SCTE-35 (CSV)"} <= set(labels)
    page.text_input(key="breaks-tag").set_value("https://ads.example.com/{nothing}").run()
    (told,) = page.error
    assert "no place" in told.value


def test_nothing_left_is_said(browse: Open, runtime: Runtime) -> None:
    words = {each.clip.text.split()[0] for each in answer_to(runtime).clips if each.clip.text}
    page = open_view(browse, PAGE, words=",".join(sorted(words)))
    assert any("No break" in each.proto.title for each in page.info)


def test_a_clip_plays(browse: Open, runtime: Runtime) -> None:
    clip = answer_to(runtime).clips[0].clip
    page = open_view(browse, PAGE)
    page.button(key=f"play-{clip.id}").click().run()
    (player,) = given_to(page, "reelfind_player")
    assert (player["start"], player["end"]) == (clip.start_frame, clip.end_frame)


def test_reasons_are_escaped() -> None:
    html = reasons_html(0.5, [Reason(part="tone", value=0.25, weight=2, told="is <b>sad</b>")])
    assert "is &lt;b&gt;sad&lt;/b&gt;" in html
    assert "width: 25%" in html
    assert "<b>0.50</b>" in html


def test_places_that_are_left_out_are_counted(runtime: Runtime) -> None:
    answer = answer_to(runtime)
    assert f"{answer.left_out.spoken} inside a spoken line" in looked_words(answer)
