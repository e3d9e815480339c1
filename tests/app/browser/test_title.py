"""The page of a title: player, timeline and transcript lead and follow each other."""

import io
import re
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.titles.clock import clock_of
from app.ui.components import player
from indexer.timecode import nominal_rate, timecode


@pytest.fixture
def title(address: str) -> dict[str, Any]:
    """A title in which something is said, with its clips and shots."""
    titles: list[dict[str, Any]] = get(address, "titles")
    for each in titles:
        clips = get(address, f"titles/{each['title_id']}/clips")["clips"]
        if len(clips) > 1 and any(clip["text"] for clip in clips):
            shots = get(address, f"titles/{each['title_id']}/shots")["shots"]
            return each | {"own_clips": clips, "own_shots": shots}
    raise AssertionError("the demo has such a title")


def get(address: str, path: str) -> Any:
    return httpx.get(f"{address}/api/v1/{path}", timeout=60).raise_for_status().json()


def frame_of(page: Page, title: dict[str, Any]) -> int:
    video = page.locator("video").element_handle()
    page.wait_for_function("video => video.readyState > 0 && !video.seeking", arg=video)
    return int(
        page.locator("video").evaluate("video => video.currentTime") * Fraction(title["fps"])
    )


@pytest.mark.browser
def test_the_address_leads_to_the_moment(address: str, page: Page, title: dict[str, Any]) -> None:
    clip = title["own_clips"][1]
    page.goto(f"{address}/title?id={title['title_id']}&frame={clip['start_frame']}")
    expect(page.locator(f'.hit[data-id="{clip["id"]}"]')).to_be_visible()
    expect(page.locator(".shot.now")).to_be_visible()
    assert frame_of(page, title) == clip["start_frame"]
    sound = get(address, f"titles/{title['title_id']}/sound")
    level = page.get_by_role("list", name="Sound at the playhead").get_by_text("Loudness")
    expect(level).to_have_text(re.compile(r"^Loudness -\d+ LUFS$"))
    assert page.locator(".sound .music").get_attribute("d")
    assert max(sound["music"]) > 0.5
    similar = get(address, f"titles/{title['title_id']}/similar")["titles"]
    expect(page.get_by_role("heading", name="Similar titles")).to_be_visible()
    strip = page.locator(f".st-key-similar-{title['title_id']}")
    expect(strip.get_by_role("link")).to_have_text([each["title"]["title"] for each in similar])
    page.get_by_role("button", name="Look", exact=True).click()
    by_look = get(address, f"titles/{title['title_id']}/similar?by=look")["titles"]
    scores = [f"{each['score']:.0%} alike" for each in by_look]
    expect(strip.get_by_text("alike")).to_have_text(scores)


@pytest.mark.browser
def test_a_shot_of_the_strip_leads_the_player_and_the_page(
    address: str, page: Page, title: dict[str, Any]
) -> None:
    last, shot = title["own_clips"][-1], title["own_shots"][-1]
    page.goto(f"{address}/title?id={title['title_id']}")
    frame_of(page, title)
    place = page.get_by_role("slider", name="Place in the title")
    place.press("End")
    expect(place).to_have_attribute("aria-valuenow", str(len(title["own_shots"])))
    expect(page.locator(f'.hit[data-id="{last["id"]}"]')).to_be_visible()
    assert frame_of(page, title) == shot["start_frame"]
    page.wait_for_url(f"**frame={shot['start_frame']}")
    strip = page.get_by_role("listbox", name="Shots")
    strip.press("Home")
    strip.press("Enter")
    expect(page.locator(f'.hit[data-id="{title["own_clips"][0]["id"]}"]')).to_be_visible()
    assert frame_of(page, title) == 0


@pytest.mark.browser
def test_a_spoken_line_is_found_and_leads_the_player(
    address: str, page: Page, title: dict[str, Any]
) -> None:
    page.goto(f"{address}/title?id={title['title_id']}")
    frame_of(page, title)
    lines = page.locator(".lines li")
    lines.first.wait_for()
    count = lines.count()
    word = lines.last.locator("span").inner_text().split()[0]
    page.get_by_role("searchbox", name="Search transcript").fill(word.lower())
    expect(page.get_by_role("status").filter(has_text=f"of {count} lines")).to_be_visible()
    line = page.locator(".lines li:not([hidden])").last
    expect(line.locator("mark").first).to_have_text(word)
    line.get_by_role("button").click()
    expect(line.get_by_role("button")).to_have_attribute("aria-current", "true")
    at = line.locator("small").inner_text()
    shot = [each for each in title["own_shots"] if each["timecode_in"] <= at][-1]
    assert shot["start_frame"] <= frame_of(page, title) < shot["end_frame"]


@pytest.mark.browser
def test_the_player_goes_on_while_the_page_changes_around_it(
    address: str, page: Page, title: dict[str, Any]
) -> None:
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{address}/title?id={title['title_id']}")
    frame_of(page, title)
    page.get_by_role("button", name="Play", exact=True).first.click()
    video = page.locator("video")
    page.wait_for_function("video => video.currentTime > 0.2", arg=video.element_handle())
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".curves path")).to_have_count(0)
    page.get_by_role("combobox", name="Score graphs").fill("tone: sad")
    page.keyboard.press("Enter")
    expect(page.locator(".curves path")).to_have_count(1)
    expect(page.locator(".legend li")).to_have_text(re.compile(r"\w+ \d\.\d+"))
    before = video.evaluate("video => video.currentTime")
    page.wait_for_function(
        "([video, before]) => video.currentTime > before || video.ended",
        arg=[video.element_handle(), before],
    )
    assert broken == []


@pytest.mark.browser
def test_the_best_stills_are_chosen_cropped_and_downloaded(
    address: str, page: Page, title: dict[str, Any]
) -> None:
    path = f"titles/{title['title_id']}/artwork"
    every = get(address, f"{path}?count=10")["stills"]
    assert len(every) > 2
    page.goto(f"{address}/title?id={title['title_id']}")
    section = page.locator(".st-key-artwork")
    section.get_by_text("Artwork").click()
    pictures = section.get_by_role("img", name=title["title"])
    expect(pictures).to_have_count(len(every))
    count = section.get_by_role("spinbutton", name="Stills")
    count.fill("2")
    count.press("Enter")
    expect(pictures).to_have_count(2)
    for place, still in enumerate(every[:2]):
        expect(pictures.nth(place)).to_have_attribute(
            "alt", f"{title['title']}, {still['timecode']}"
        )
    section.get_by_role("radio", name="2:3").click()
    page.wait_for_function(
        "picture => Math.abs(picture.naturalWidth / picture.naturalHeight - 2 / 3) < 0.02",
        arg=pictures.first.element_handle(),
    )
    section.get_by_role("radio", name="PNG").click()
    link = section.get_by_role("link", name="Download")
    expect(link).to_have_attribute("href", re.compile("count=2&shape=2%3A3&picture=png"))
    # Otherwise the download would belong to a window of its own.
    link.evaluate("link => link.removeAttribute('target')")
    with page.expect_download() as got:
        link.click()
    with zipfile.ZipFile(got.value.path()) as file:
        assert len(file.namelist()) == 2
        for name in file.namelist():
            with Image.open(io.BytesIO(file.read(name))) as picture:
                assert picture.format == "PNG"
                assert picture.width / picture.height == pytest.approx(2 / 3, abs=0.01)


@pytest.mark.browser
def test_similar_moments_are_of_other_titles(
    address: str, page: Page, title: dict[str, Any]
) -> None:
    page.goto(f"{address}/title?id={title['title_id']}")
    similar = page.locator(".hits.compact .hit")
    similar.first.wait_for()
    for link in similar.get_by_role("link", name="Open in its title").all():
        assert title["title_id"] not in (link.get_attribute("href") or "")


@pytest.mark.browser
def test_a_span_is_marked_by_keys_and_added_to_a_shortlist(
    address: str, page: Page, title: dict[str, Any]
) -> None:
    fps = Fraction(title["fps"])
    clip = title["own_clips"][1]
    page.goto(f"{address}/title?id={title['title_id']}&frame={clip['start_frame']}")
    assert frame_of(page, title) == clip["start_frame"]
    clock = page.locator(".clock")
    expect(clock).to_have_text(re.compile(f"^{re.escape(clip['timecode_in'])} / "))
    page.locator("body").evaluate("body => document.activeElement.blur()")
    page.keyboard.press("i")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("o")
    start = clip["start_frame"]
    end = start + nominal_rate(fps) + 1
    # Space plays, and the page stays where it is.
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Play", exact=True).first).to_be_visible()
    assert page.evaluate("window.scrollY") == 0
    page.wait_for_url(re.compile(rf"frame=(?!{start}\b)"))
    # What is drawn late asks the player where it is.
    source = page.locator("video").evaluate("video => video.film")
    answer = page.evaluate(
        """src => new Promise((found) => {
            document.addEventListener("reelfind:frame", ({ detail }) => found(detail));
            document.dispatchEvent(new CustomEvent("reelfind:ask", { detail: { src } }));
        })""",
        source,
    )
    assert answer == {"src": source, "frame": frame_of(page, title), "resting": True}
    page.keyboard.press("a")
    expect(page.get_by_text(re.compile("^Added to .* as item"))).to_be_visible()
    (made,) = get(address, "shortlists")
    (item,) = get(address, f"shortlists/{made['shortlist_id']}")["items"]
    assert (item["start_frame"], item["end_frame"]) == (start, end)


@pytest.mark.browser
def test_the_player_writes_timecode_as_the_index_does(page: Page) -> None:
    page.goto("about:blank")
    written = "({ clock, frames }) => frames.map((each) => timecodeOf(clock, each))"
    source = (Path(player.__file__).parent / "timecode.js").read_text("utf-8")
    for fps, start in (
        (Fraction(24000, 1001), "01:00:00:00"),
        (Fraction(25), "23:59:59:20"),
        (Fraction(30000, 1001), "00:58:59;28"),
        (Fraction(60000, 1001), "10:00:00;00"),
    ):
        clock = clock_of(fps, start).model_dump()
        frames = [*range(0, 4000), *range(17_000, 19_000), 107_892, 2_589_407]
        found = page.evaluate(
            f"(given) => {{ {source} return ({written})(given); }}",
            {"clock": clock, "frames": frames},
        )
        assert found == [timecode(each, fps, start) for each in frames]
