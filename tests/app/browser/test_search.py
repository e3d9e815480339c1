"""The search page as a person uses it: search, leaf, play, label, page and go by keys."""

import asyncio
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from app.database.engine import Database
from app.labelling.store import LabelStore
from app.people.store import PeopleStore
from app.ui.parts.filters import KINDS
from bench import editors
from indexer.traits import GROUPS
from tests.app.browser.conftest import hits_of, press_more, settled

CLOCK = """\
video => new Promise(resolve => {
    const seen = [video.currentTime];
    const look = () => {
        seen.push(video.currentTime);
        if (video.paused) resolve(seen); else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""
"""Follows a player frame by frame until it stops; gives every time its clock has shown."""

FALLS_INTO_A_REDRAW = """\
(body, key) => {
    document.activeElement.blur();
    body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
}"""
"""Presses a key at the moment at which a redraw has taken the focus away."""


@pytest.mark.browser
def test_editors_of_the_bench_search_as_a_browser_does(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editors, "PAUSE", 0.01)
    monkeypatch.setattr(editors, "WARM", 0)
    for editor in asyncio.run(editors.work(address, 2, 0.5)):
        assert editor.waits
        assert editor.query.startswith("q=")


def card_of(page: Page, hit: dict[str, Any]) -> Locator:
    return page.locator(f'.hit[data-id="{hit["id"]}"]')


def handle(page: Page) -> Any:
    return page.locator("video").element_handle()


@pytest.mark.browser
def test_search_see_and_play_exactly_the_span(address: str, page: Page) -> None:
    hit = hits_of(address, q="music", limit=48)[0]
    page.goto(address)
    box = page.get_by_role("textbox", name="Search")
    box.fill("music")
    box.press("Enter")
    page.wait_for_url("**/?q=music")
    card = card_of(page, hit)
    expect(card).to_contain_text(f"{hit['timecode_in']} – {hit['timecode_out']}")
    expect(page.locator(".card").first).to_contain_text(hit["timecode_in"])
    page.wait_for_function("document.querySelector('.card img').naturalWidth > 0")

    card.get_by_role("button", name="Play").click()
    video = page.locator("video")
    page.wait_for_function("video => video.currentTime > 0 && !video.seeking", arg=handle(page))
    fps = Fraction(hit["fps"])
    start, end = hit["start_frame"] / fps, hit["end_frame"] / fps
    assert start <= video.evaluate("video => video.currentTime") < end

    page.get_by_role("button", name="Pause").click()
    near_end = max(hit["start_frame"], hit["end_frame"] - 31)
    page.get_by_label("Position").fill(str(near_end))
    page.wait_for_function("video => !video.seeking", arg=handle(page))
    page.get_by_role("button", name="Play", exact=True).last.click()
    clock = video.evaluate(CLOCK)
    assert len(clock) > 2
    assert all(start <= time < end for time in clock), (start, end, min(clock), max(clock))
    page.wait_for_function("video => !video.seeking", arg=handle(page))
    assert int(video.evaluate("video => video.currentTime") * fps) == hit["end_frame"] - 1


@pytest.mark.browser
def test_a_span_is_played_with_its_surroundings_on_request(address: str, page: Page) -> None:
    hit = next(each for each in hits_of(address, limit=48) if each["start_seconds"] > 1)
    page.goto(f"{address}/?title={hit['title']}")
    card_of(page, hit).get_by_role("button", name="Play").click()
    page.wait_for_function("video => video.currentTime > 0 && !video.seeking", arg=handle(page))
    page.get_by_label("Show handles (±5 s)").check()
    before = max(0.0, hit["start_seconds"] - 5)
    page.wait_for_function(
        "([video, from, start]) => video.currentTime >= from && video.currentTime < start",
        arg=[handle(page), before, hit["start_seconds"]],
    )
    page.get_by_label("Show handles (±5 s)").uncheck()
    page.wait_for_function(
        "([video, start]) => video.currentTime >= start && !video.seeking",
        arg=[handle(page), hit["start_seconds"]],
    )


@pytest.mark.browser
def test_frames_are_leafed_through_under_the_pointer(address: str, page: Page) -> None:
    page.goto(address)
    card = page.locator(".hit").first
    play = card.get_by_role("button", name="Play")
    play.hover()
    frames = card.locator(".frames")
    expect(frames).to_be_visible()
    box = play.bounding_box()
    assert box is not None
    for share, place in ((0.05, "0%"), (0.95, "100%")):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        expect(frames).to_have_css("background-position-x", place)


@pytest.mark.browser
def test_a_link_opens_the_search_it_holds(address: str, page: Page) -> None:
    tone = hits_of(address, limit=1)[0]["tones"][0]
    page.goto(f"{address}/?tone={tone}&level=shot&view=list")
    expect(page.get_by_role("button", name=f"tone: {tone}")).to_be_visible()
    expect(page.locator(".hits.list .card")).to_have_count(
        len(hits_of(address, tone=tone, level="shot", limit=48))
    )


@pytest.mark.browser
def test_back_leads_to_the_empty_search_and_another_page_to_the_last(
    address: str, page: Page
) -> None:
    first = hits_of(address, limit=48)[0]
    page.goto(address)
    box = page.get_by_role("textbox", name="Search")
    box.fill("music")
    box.press("Enter")
    page.wait_for_url("**/?q=music")
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    page.go_back()
    expect(page.locator(".hit").first).to_have_attribute("data-id", first["id"])
    settled(page)  # The box of the search before stays until then.
    expect(box).to_have_value("")
    assert page.url == f"{address}/"
    page.go_forward()
    page.wait_for_url("**/?q=music")
    settled(page)
    expect(box).to_have_value("music")
    page.get_by_role("link", name="Titles").click()
    page.wait_for_url("**/catalogue")
    page.get_by_role("link", name="Search", exact=True).click()
    page.wait_for_url("**/?q=music")
    expect(box).to_have_value("music")


@pytest.mark.browser
def test_filters_narrow_a_search_and_chips_take_them_away(address: str, page: Page) -> None:
    everything = {"q": "rabbit", "tail": "keep"}

    def ids(**search: Any) -> list[str]:
        return [hit["id"] for hit in hits_of(address, **everything, limit=48, **search)]

    def shows(expected: list[str]) -> None:
        hits = page.locator(".hit")
        expect(hits).to_have_count(len(expected))
        for place, identity in enumerate(expected):
            expect(hits.nth(place)).to_have_attribute("data-id", identity)

    genre = next(hit["genres"][0] for hit in hits_of(address, **everything) if hit["genres"])
    page.goto(f"{address}/?q=rabbit&tail=keep")
    filters = page.get_by_test_id("stSidebar")
    filters.get_by_role("button", name=re.compile(f"^{genre} \\d+$")).click()
    page.wait_for_url(f"**/?q=rabbit&genre={genre}&tail=keep")
    shows(ids(genre=genre))
    settled(page)
    least = filters.get_by_role("slider", name="Clip-worthiness").first
    for value in ("0.05", "0.1", "0.15", "0.2"):
        least.press("ArrowRight")
        page.wait_for_url(f"**/?q=rabbit&genre={genre}&min_worthiness={value}&tail=keep")
        # A key that falls into the redraw of the one before may be lost.
        settled(page)
    shows(ids(genre=genre, min_worthiness=0.2))
    settled(page)
    page.get_by_role("button", name=re.compile("clip-worthiness ≥ 20%")).click()
    page.wait_for_url(f"**/?q=rabbit&genre={genre}&tail=keep")
    settled(page)
    page.get_by_role("button", name=f"genre: {genre}").click()
    page.wait_for_url("**/?q=rabbit&tail=keep")
    shows(ids())


@pytest.mark.browser
def test_clips_are_filtered_by_all_that_is_seen_and_heard(address: str, page: Page) -> None:
    page.goto(address)
    filters = page.get_by_test_id("stSidebar")
    counted = httpx.get(f"{address}/api/v1/facets").json()
    for group, kinds in GROUPS.items():
        settled(page)
        filters.get_by_text(group, exact=True).click()
        for kind in kinds:
            value, count = counted[kind][0]["value"], counted[kind][0]["count"]
            label = KINDS.get(kind, kind.capitalize())
            caption = page.get_by_text(label, exact=True)
            choices = filters.get_by_test_id("stButtonGroup").filter(has=caption)
            pill = choices.get_by_role("button", name=f"{value} {count}", exact=True)
            settled(page)
            pill.click()
            page.wait_for_url(f"**/?{kind}={value}")
            expect(page.locator(".card")).to_have_count(count)
            hits = hits_of(address, **{kind: value}, limit=48)
            assert len(hits) == count
            assert all(f"{kind}:{value}" in [*hit["look"], *hit["sound"]] for hit in hits)
            settled(page)
            page.get_by_role("button", name=re.compile(f": {value}$")).click()
            page.wait_for_url(re.compile(r"/\??$"))
    settled(page)
    filters.get_by_role("button", name=re.compile("^music \\d+$")).click()
    page.wait_for_url("**/?sound=music")
    settled(page)
    filters.get_by_role("button", name="speech", exact=True).click()
    page.wait_for_url("**/?sound=music&sound_none=speech")
    hits = hits_of(address, sound="music", sound_none="speech", limit=48)
    expect(page.locator(".card")).to_have_count(len(hits))
    assert all("sound:music" in hit["sound"] for hit in hits)
    assert not any("sound:speech" in hit["sound"] for hit in hits)
    page.get_by_role("button", name="without: speech").click()
    page.wait_for_url("**/?sound=music")
    settled(page)
    page.get_by_role("button", name="sound: music").click()
    page.wait_for_url(re.compile(r"/\??$"))
    settled(page)
    box = page.get_by_role("textbox", name="Search")
    box.fill("a calm rabbit")
    box.press("Enter")
    page.get_by_role("button", name="“calm” prefers motion: static or calm").click()
    page.wait_for_url(re.compile("as_words=calm"))
    settled(page)
    page.get_by_role("button", name="as words: calm").click()
    expect(page.get_by_role("button", name=re.compile("“calm” prefers"))).to_be_visible()


@pytest.mark.browser
def test_a_face_leads_to_all_shots_with_somebody_who_has_a_name(
    address: str, page: Page, nobody: dict[str, Any]
) -> None:
    group = nobody["groups"][0]
    named = httpx.patch(f"{address}/api/v1/people/{nobody['id']}", json={"name": "Ann"})
    assert named.is_success
    page.goto(address)
    filters = page.get_by_test_id("stSidebar")
    count = httpx.get(f"{address}/api/v1/facets").json()["person"][0]["count"]
    filters.get_by_role("button", name=f"Ann {count}", exact=True).click()
    page.wait_for_url(f"**/?person={nobody['id']}")
    expect(page.locator(".card")).to_have_count(count)
    assert len(hits_of(address, person="Ann", limit=48)) == count
    expect(page.get_by_role("button", name="person: Ann")).to_be_visible()

    shots = hits_of(address, person="Ann", level="shot", limit=48)

    def shows_all_shots() -> None:
        page.get_by_role("button", name="All shots with Ann").first.click()
        page.wait_for_url(f"**/?person={nobody['id']}&level=shot")
        hits = page.locator(".hit")
        expect(hits).to_have_count(len(shots))
        settled(page)

    frame = f"{address}/api/v1/media/{group['title_id']}/frames/{group['frame']}"
    still = httpx.get(frame).content
    page.get_by_role("button", name="Search by image or clip").click()
    sent = FilePayload(name="her.jpg", mimeType="image/jpeg", buffer=still)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(sent)
    page.get_by_role("button", name="Who is this?").click()
    expect(page.get_by_role("dialog")).to_contain_text("not kept")
    shows_all_shots()
    expect(page.get_by_role("button", name="like her.jpg")).to_have_count(0)

    # From a player beside the hits, and from that of the title.
    shot = next(each for each in shots if each["title_id"] == group["title_id"])
    card_of(page, shot).get_by_role("button", name="Play").click()
    video = handle(page)
    page.wait_for_function("video => video.readyState > 1 && !video.seeking", arg=video)
    page.get_by_role("button", name="Who is this?").click()
    # Beside that of the dialog, the one below what was found, whoever it is.
    expect(page.get_by_role("dialog").get_by_role("button", name="Close")).to_have_count(2)

    page.goto(f"{address}/title?id={group['title_id']}&frame={group['frame']}")
    video = handle(page)
    page.wait_for_function("video => video.readyState > 1 && !video.seeking", arg=video)
    page.get_by_role("button", name="Who is this?").click()
    shows_all_shots()


@pytest.fixture
def nobody(data: Path, address: str) -> Iterator[dict[str, Any]]:
    """Somebody whose face is near the others of theirs, without a name before and after."""
    pytest.importorskip("dlib", reason="needs the extra who: pip install 'reelfind[who]'")

    def nearest(person: dict[str, Any]) -> set[str]:
        asked = {key: person["groups"][0][key] for key in ("title_id", "frame")}
        faces = httpx.post(f"{address}/api/v1/people/recognise", json=asked, timeout=60).json()
        return {each["likely"][0]["id"] for each in faces["faces"] if each["likely"]}

    people = httpx.get(f"{address}/api/v1/people").json()
    yield next(each for each in people if each["id"] in nearest(each))
    with Database.of(data) as database:
        store = PeopleStore(database)
        for each in store.all():
            store.rename(each, "")


@pytest.mark.browser
def test_the_keys_lead_from_the_box_to_a_player(address: str, page: Page) -> None:
    first, second = hits_of(address, limit=48)[:2]
    page.goto(address)
    page.locator(".hit").first.wait_for()
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").evaluate("body => document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(card_of(page, first).locator(".play")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(card_of(page, second).locator(".play")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_contain_text("Add to a shortlist")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(second["timecode_in"])


@pytest.mark.browser
def test_a_redraw_leaves_the_keyboard_at_its_hit(address: str, page: Page) -> None:
    everything = {"q": "music", "tail": "keep"}
    second, third = hits_of(address, **everything, limit=48)[1:3]
    page.goto(f"{address}/?q=music&tail=keep")
    card_of(page, second).get_by_role("button", name="More like this").press("Enter")
    page.wait_for_url(f"**/?q=music&like={second['id']}&tail=keep")
    like = hits_of(address, **everything, like=second["id"], limit=48)
    # The hit itself is no longer there, so the keyboard is at the first of the others.
    expect(card_of(page, like[0]).locator(".play")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(card_of(page, like[1]).locator(".play")).to_be_focused()

    card_of(page, third).locator(".play").focus()
    page.go_back()
    expect(page.locator(".hit").nth(2)).to_have_attribute("data-id", third["id"])
    expect(card_of(page, third).locator(".play")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_contain_text(third["timecode_in"])


@pytest.mark.browser
def test_a_key_that_falls_into_a_redraw_counts_for_the_hit(address: str, page: Page) -> None:
    first, second = hits_of(address, limit=48)[:2]
    page.goto(address)
    card_of(page, first).locator(".play").focus()
    page.locator("body").evaluate(FALLS_INTO_A_REDRAW, "ArrowRight")
    expect(card_of(page, second).locator(".play")).to_be_focused()
    page.locator("body").evaluate(FALLS_INTO_A_REDRAW, "Enter")
    expect(page.get_by_role("dialog")).to_contain_text(second["timecode_in"])
    page.get_by_role("dialog").press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    # Whoever clicks beside the hits has left them.
    page.get_by_text("Shortcuts (?)").click()
    page.locator("body").evaluate(FALLS_INTO_A_REDRAW, "ArrowRight")
    expect(page.locator(".hits :focus")).to_have_count(0)


@pytest.mark.browser
def test_more_like_one_and_not_like_another(address: str, page: Page) -> None:
    first, second = hits_of(address, limit=48)[:2]
    page.goto(address)
    card_of(page, first).get_by_role("button", name="More like this").click()
    page.wait_for_url(f"**/?like={first['id']}")
    like = hits_of(address, like=first["id"], limit=48)
    expect(page.locator(".hit").first).to_have_attribute("data-id", like[0]["id"])
    press_more(card_of(page, like[0]), "Not like this")
    page.wait_for_url(f"**/?like={first['id']}&unlike={like[0]['id']}")
    expect(page.get_by_role("button", name="unlike:")).to_be_visible()
    assert second["id"] != first["id"]


@pytest.mark.browser
def test_a_hit_opens_in_its_title(address: str, page: Page) -> None:
    hit = hits_of(address, q="music", limit=48)[0]
    page.goto(f"{address}/?q=music")
    link = card_of(page, hit).get_by_role("link", name="Open in its title")
    place = f"title?id={hit['title_id']}&frame={hit['match']['frame']}"
    expect(link).to_have_attribute("href", place)
    link.click()
    page.wait_for_url(f"**/{place}")
    expect(page.get_by_role("heading", name=hit["title"]).first).to_be_visible()
    page.go_back()
    page.wait_for_url(f"{address}/?q=music")
    expect(card_of(page, hit)).to_be_visible()


@pytest.mark.browser
def test_the_next_page_is_shown_from_its_top(address: str, page: Page) -> None:
    page.goto(f"{address}/?limit=4")
    page.set_viewport_size({"width": 800, "height": 500})
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**cursor=*")
    second = hits_of(address, limit=8)[4]
    expect(page.locator(".hit").first).to_have_attribute("data-id", second["id"])
    expect(card_of(page, second).locator(".play")).to_be_in_viewport()


@pytest.mark.browser
def test_the_pages_ask_nothing_of_the_outside(address: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.locator(".card").first.wait_for()
    page.goto(f"{address}/api/docs")
    page.locator(".opblock").first.wait_for()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


@pytest.mark.browser
def test_a_clip_is_labelled_while_it_is_looked_at(
    page: Page, address: str, labels: LabelStore
) -> None:
    page.goto(f"{address}/?q=music")
    page.get_by_role("textbox", name="Label as").fill("zoe")
    page.get_by_role("textbox", name="Label as").press("Enter")
    card = page.locator(".hit").first
    up = card.locator("[data-act=up]")
    press_more(card, "Clip-worthy")
    expect(page.get_by_text("Label saved.")).to_be_visible()
    expect(up).to_have_attribute("aria-pressed", "true")
    press_more(card, "Label its tones")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Add tones", exact=True).fill("deadpan")
    page.get_by_role("option", name="deadpan").click()
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert {
        (label.annotator, label.task, label.class_name): label.value for label in labels.all()
    } == {("zoe", "clip-worthiness", "clip-worthy"): 1.0, ("zoe", "tone", "deadpan"): 1.0}
