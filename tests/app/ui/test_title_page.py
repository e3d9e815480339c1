"""The page of one title, as its address opens it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.artwork.finding import artwork_of_title
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.titles.layout import lay_out, read_curves
from indexer.errors import ReelfindError
from tests.app.ui.conftest import Open, given_to

PAGE = "views/title.py"


@pytest.fixture
def spoken(runtime: Runtime) -> str:
    """The id of a title in which something is said."""
    return next(each.title_id for each in runtime.titles() if lay_out(runtime, each.title_id).lines)


def opened(browse: Open, **address: object) -> AppTest:
    """Open the page of a title."""
    page = browse()
    page.switch_page(PAGE)
    page.query_params.update(address)
    page.run()
    assert not page.exception
    return page


def test_all_of_a_title_is_there(browse: Open, runtime: Runtime, spoken: str) -> None:
    page = opened(browse, id=spoken)
    layout = lay_out(runtime, spoken)
    assert page.title[0].value.replace("\\", "") == layout.about.title
    (player,) = given_to(page, "reelfind_player")
    assert (player["start"], player["end"]) == (0, layout.frame_count)
    assert player["src"] == f"api/v1/media/{spoken}"
    (timeline,) = given_to(page, "reelfind_timeline")
    assert timeline["shots"]["id"] == [each.id for each in layout.shots]
    assert timeline["clips"]["start"] == [each.start_frame for each in layout.clips]
    assert [each["name"] for each in timeline["curves"]] == list(layout.at_first)
    (transcript,) = given_to(page, "reelfind_transcript")
    assert [each["text"] for each in transcript["lines"]] == [each.text for each in layout.lines]


def test_the_address_holds_the_place_and_the_clip_there_is_shown(
    browse: Open, runtime: Runtime, spoken: str
) -> None:
    last = lay_out(runtime, spoken).clips[-1]
    page = opened(browse, id=spoken, frame=str(last.end_frame - 1))
    assert given_to(page, "reelfind_player")[0]["at"] == last.end_frame - 1
    own, similar = given_to(page, "reelfind_hits")
    assert [card["id"] for card in own["cards"]] == [last.id]
    like = SearchRequest(like=[last.id], title_none=[spoken], limit=8, tail="keep")
    assert [card["id"] for card in similar["cards"]] == [
        hit.id for hit in runtime.search(like).hits
    ]


@pytest.mark.parametrize("frame", ["soon", "-3", "999999999"])
def test_a_place_outside_the_title_is_brought_into_it(
    browse: Open, runtime: Runtime, spoken: str, frame: str
) -> None:
    page = opened(browse, id=spoken, frame=frame)
    last = lay_out(runtime, spoken).frame_count - 1
    assert given_to(page, "reelfind_player")[0]["at"] == (last if frame.isdecimal() else 0)


def test_curves_are_chosen_and_go_into_the_address(
    browse: Open, runtime: Runtime, spoken: str
) -> None:
    tones = [name for name in lay_out(runtime, spoken).curves if name.startswith("tone: ")][:2]
    page = opened(browse, id=spoken, curve=tones[:1])
    box = page.multiselect(key=f"curves-{spoken}")
    assert box.value == tones[:1]
    box.set_value(tones).run()
    assert page.query_params["curve"] == tones
    drawn = given_to(page, "reelfind_timeline")[0]["curves"]
    curves = read_curves(runtime, spoken, tones)
    assert drawn == [{"name": name, "values": curves[name]} for name in tones]


def test_without_a_title_it_asks_which(browse: Open, runtime: Runtime) -> None:
    page = opened(browse)
    chosen = runtime.titles()[0]
    assert not given_to(page, "reelfind_player")
    page.selectbox[0].set_value(chosen.title_id).run()
    assert page.query_params["id"] == chosen.title_id
    assert page.title[0].value.replace("\\", "") == chosen.title


def test_a_title_that_was_removed_says_so(browse: Open) -> None:
    page = opened(browse, id="0123456789abcdef")
    assert "removed" in page.error[0].value
    assert not given_to(page, "reelfind_player")


def test_a_title_in_which_nothing_is_said_says_so(browse: Open, runtime: Runtime) -> None:
    silent = [t.title_id for t in runtime.titles() if not lay_out(runtime, t.title_id).lines]
    for title_id in silent:
        page = opened(browse, id=title_id)
        assert "Film.srt" in page.info[0].value
        assert not given_to(page, "reelfind_transcript")


def test_a_film_that_was_moved_is_told_and_the_rest_is_there(
    browse: Open, runtime: Runtime, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(runtime: Runtime, title_id: str) -> Path:
        raise ReelfindError("film.mp4: the film is no longer where it was indexed; run …")

    monkeypatch.setattr("app.titles.files.media_file", moved)
    page = opened(browse, id=spoken)
    assert "no longer where it was" in page.warning[0].value
    assert given_to(page, "reelfind_timeline")


def test_artwork_is_found_when_it_is_opened(browse: Open, runtime: Runtime, spoken: str) -> None:
    page = opened(browse, id=spoken)
    (folded,) = [each for each in page.expander if "Artwork" in each.label]
    assert not folded.children
    page.session_state["artwork"] = True
    page.run()
    stills = artwork_of_title(runtime.title(spoken), runtime.settings, 10).stills
    assert len(page.get("image")) == len(stills) > 0
    (download,) = [each for each in page.get("link_button") if "artwork" in each.proto.url]
    assert download.proto.url == (
        f"/api/v1/titles/{spoken}/artwork/files?count=10&shape=whole&picture=webp"
    )
