"""Shortlists in a real browser: gathered from a search, trimmed, ordered, handed over, shared."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import opentimelineio as otio  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from app.database.engine import Database
from app.shortlists.records import Item, Shortlist
from app.shortlists.store import ShortlistStore
from indexer.catalogue import Catalogue
from indexer.probe import probe
from indexer.records import Title
from indexer.timecode import timecode
from tests.app.browser.conftest import hits_of, press_more
from tests.app.browser.test_axe import faults
from tests.app.exports.readers import read_fcpxml, read_otio

pytestmark = pytest.mark.browser

SPANS = ((30, 76), (80, 137), (10, 25))
ENOUGH = 6
"""Seconds of a film that has all these spans."""


@pytest.fixture
def store(data: Path) -> Iterator[ShortlistStore]:
    """The shortlists of ``data``, of which those of a test go with it."""
    with Database.of(data) as database:
        store = ShortlistStore(database)
        yield store
        for each in store.all():
            store.delete(each)


@pytest.fixture
def film(data: Path) -> Title:
    """The shortest film that has all of ``SPANS``."""
    long = [each for each in Catalogue(data).manifests() if each.seconds >= ENOUGH]
    return min(long, key=lambda each: each.seconds).title


@pytest.fixture
def cut(store: ShortlistStore, film: Title) -> Shortlist:
    """A list of three spans of a film."""
    return store.create("Cut", 5.0, [Item(film.title_id, *span) for span in SPANS], "ann")


def rows(page: Page) -> Locator:
    return page.locator("ol.rows > li")


def spans(store: ShortlistStore, shortlist_id: str) -> list[tuple[int, int]]:
    return [(item.start_frame, item.end_frame) for item in store.find(shortlist_id).items]


def at(film: Title, frame: int) -> str:
    return timecode(frame, film.media.fps, film.media.start_timecode)


def open_list(page: Page, address: str, made: Shortlist) -> None:
    page.goto(f"{address}/shortlist?id={made.shortlist_id}")
    expect(rows(page)).to_have_count(len(made.items))


def test_a_list_is_gathered_from_a_search(page: Page, address: str, store: ShortlistStore) -> None:
    hit = hits_of(address, q="music", limit=48)[0]
    page.goto(f"{address}/?q=music")
    card = page.locator(f"li.hit[data-id='{hit['id']}']")
    press_more(card, "Add to a shortlist…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").last.fill("Gathered")
    dialog.get_by_role("textbox").last.press("Tab")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_contain_text("It is in Gathered now.")
    dialog.get_by_role("button", name="Open the list").click()
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text(f"{hit['timecode_in']} – {hit['timecode_out']}")
    (made,) = [each for each in store.all() if each.name == "Gathered"]
    assert spans(store, made.shortlist_id) == [(hit["start_frame"], hit["end_frame"])]


def test_a_press_adds_to_the_list_that_was_changed_last(
    page: Page, address: str, store: ShortlistStore
) -> None:
    current = store.create("Current", items=[])
    hit = hits_of(address, q="music", limit=48)[1]
    page.goto(f"{address}/?q=music")
    card = page.locator(f"li.hit[data-id='{hit['id']}']")
    card.get_by_role("button", name="Add to the current shortlist").click()
    expect(page.get_by_text("Added to Current as item 1.")).to_be_visible()
    card.locator(".play").focus()
    page.keyboard.press("a")
    expect(page.get_by_text("Added to Current as item 2.")).to_be_visible()
    assert spans(store, current.shortlist_id) == 2 * [(hit["start_frame"], hit["end_frame"])]


def test_what_was_added_is_taken_back(page: Page, address: str, store: ShortlistStore) -> None:
    before = {each.name for each in store.all()}
    page.goto(f"{address}/?q=music")
    press_more(page.locator(".hit").first, "Add to a shortlist…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").last.fill("A mistake")
    dialog.get_by_role("textbox").last.press("Tab")
    dialog.get_by_role("button", name="Add", exact=True).click()
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_role("button", name="Add", exact=True)).to_be_visible()
    assert {each.name for each in store.all()} == before


STATE = """video => [video.readyState, video.networkState, video.seeking, video.currentTime,
    video.error?.message, video.hidden, video.dataset.span]"""
"""What a player that shows the wrong frame is doing, for the message of a failed test."""


TEN_CLICKS_AND_A_MARK = """\
(button) => {
    for (let click = 0; click < 10; click++) button.click();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "i"]) {
        button.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
    }
}"""
"""Trims by ten frames faster than any page is drawn, and then three on by the keyboard."""


def test_trimming_moves_the_preview_to_the_frame(
    page: Page, address: str, store: ShortlistStore, film: Title, cut: Shortlist
) -> None:
    open_list(page, address, cut)
    video = page.locator("video")

    def shows(frame: int) -> None:
        # Asked of the page anew each time: a redraw may put another player in the old one's place.
        there = (
            "(video, [fps, frame]) => "
            "!video.seeking && Math.floor(video.currentTime * fps) === frame"
        )
        until = time.monotonic() + 60
        while not video.evaluate(there, [float(film.media.fps), frame]):
            assert time.monotonic() < until, f"frame {frame} is not shown: {video.evaluate(STATE)}"
            page.wait_for_timeout(50)

    shows(30)
    box = page.get_by_role("textbox", name="In", exact=True)
    page.get_by_role("button", name="In +1", exact=True).click()
    expect(rows(page).first).to_contain_text(f"{at(film, 31)} –")
    shows(31)
    page.get_by_role("button", name="Out −1", exact=True).click()
    expect(rows(page).first).to_contain_text(f"– {at(film, 75)}")
    shows(74)
    page.get_by_role("button", name="One frame back").click()
    shows(73)
    page.get_by_role("button", name="Mark Out").click()
    expect(rows(page).first).to_contain_text(f"– {at(film, 74)}")
    box.fill(at(film, 35))
    box.press("Enter")
    expect(rows(page).first).to_contain_text(f"{at(film, 35)} –")
    shows(35)
    assert spans(store, cut.shortlist_id)[0] == (35, 74)
    page.get_by_role("button", name="Undo").click()
    expect(rows(page).first).to_contain_text(f"{at(film, 31)} –")
    before = store.find(cut.shortlist_id).version
    page.get_by_role("button", name="In +1", exact=True).evaluate(TEN_CLICKS_AND_A_MARK)
    expect(rows(page).first).to_contain_text(f"{at(film, 44)} –")
    assert spans(store, cut.shortlist_id)[0] == (44, 74)
    assert store.find(cut.shortlist_id).version == before + 1


def test_the_whole_list_is_played_in_order(
    page: Page, address: str, store: ShortlistStore, film: Title, cut: Shortlist
) -> None:
    short = [replace(item, end_frame=item.start_frame + 12) for item in cut.items]
    gone = Item("0123456789abcdef", 3, 9)
    cut = store.save(replace(cut, items=(short[0], gone, *short[1:])), "ann")
    first, _, second, third = [item.item_id for item in cut.items]
    starts = [item.start_frame for item in short]
    open_list(page, address, cut)
    page.evaluate(
        "() => { window.seen = []; document.addEventListener('reelfind:item', "
        "({ detail }) => { if (seen.at(-1) !== detail.id) seen.push(detail.id); }); }"
    )
    page.get_by_role("button", name="Play all").click()
    play = page.locator(".playlist .play")
    place, clock = page.locator(".playlist .place"), page.locator(".playlist .clock")
    expect(place).to_have_text("4 of 4")
    expect(play).to_have_text("Play")
    assert page.evaluate("seen") == [first, second, third]
    expect(page.locator(".playlist .skipped")).to_contain_text("Item 2")
    expect(rows(page).nth(3)).to_have_attribute("aria-current", "true")
    expect(clock).to_have_text(re.compile("^01:00:"))
    # The last frame of an item is beside the first one of the next.
    rows(page).nth(2).get_by_role("button", name="Play from item 3").click()
    expect(place).to_have_text("3 of 4")
    play.focus()
    page.keyboard.press("k")
    for key, number, frame in (
        *(("Home", 1, starts[0]), ("ArrowDown", 3, starts[1]), ("ArrowLeft", 1, starts[0] + 11)),
        *(("ArrowRight", 3, starts[1]), ("End", 4, starts[2] + 11), ("ArrowUp", 4, starts[2])),
        ("ArrowUp", 3, starts[1]),
    ):
        page.keyboard.press(key)
        expect(place).to_have_text(f"{number} of 4")
        expect(page.locator(".playlist .source")).to_have_text(at(film, frame))
    page.get_by_role("button", name="Edit item", exact=True).click()
    expect(page.get_by_role("heading", name=f"Item 3 · {film.metadata.name}")).to_be_visible()


def test_the_order_changes_by_drag_and_by_buttons(
    page: Page, address: str, store: ShortlistStore, film: Title, cut: Shortlist
) -> None:
    open_list(page, address, cut)
    rows(page).nth(2).drag_to(rows(page).nth(0))
    expect(rows(page).nth(0)).to_contain_text(at(film, SPANS[2][0]))
    assert spans(store, cut.shortlist_id) == [SPANS[2], SPANS[0], SPANS[1]]
    page.get_by_role("button", name="Move down item 1").press("Enter")
    expect(rows(page).nth(1)).to_contain_text(at(film, SPANS[2][0]))
    # The keyboard stays at the item that it moved.
    page.keyboard.press("Enter")
    expect(rows(page).nth(2)).to_contain_text(at(film, SPANS[2][0]))
    assert spans(store, cut.shortlist_id) == list(SPANS)
    page.get_by_role("button", name="Edit item 2").click()
    expect(rows(page).nth(1)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("heading", name=f"Item 2 · {film.metadata.name}")).to_be_visible()
    assert f"item={cut.items[1].item_id}" in page.url
    page.get_by_role("button", name="Remove item 2").click()
    expect(rows(page)).to_have_count(2)
    assert spans(store, cut.shortlist_id) == [SPANS[0], SPANS[2]]


def test_every_format_is_handed_over_and_read_back(
    page: Page, address: str, tmp_path: Path, film: Title, cut: Shortlist
) -> None:
    open_list(page, address, cut)
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog")

    def fetched(button: Locator) -> Path:
        with page.expect_download() as waiting:
            button.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    names = {
        "otio": "OpenTimelineIO",
        "edl": "EDL",
        "xml": "FCP7 XML",
        "fcpxml": "FCPXML",
        "csv": "Table (CSV)",
    }
    files = {form: fetched(dialog.get_by_role("button", name=name)) for form, name in names.items()}
    assert {form: path.name for form, path in files.items()} == {
        form: f"Cut.{form}" for form in names
    }
    fps = film.media.fps
    for form in ("otio", "edl", "xml"):
        options: dict[str, Any] = {"rate": float(fps)} if form == "edl" else {}
        read = read_otio(files[form], fps, **options)
        assert [(each.start, each.end) for each in read] == [*SPANS]
    assert [(each.start, each.end) for each in read_fcpxml(files["fcpxml"])] == [*SPANS]
    assert len(files["csv"].read_text().splitlines()) == 1 + len(SPANS)
    assert otio.adapters.read_from_file(str(files["otio"])).name == "Cut"

    dialog.get_by_text("Burnt-in source timecode").click()
    dialog.get_by_role("button", name="Render").click()
    link = dialog.get_by_role("link", name="Download the reel")
    reel = httpx.get(f"{address}{link.get_attribute('href')}", timeout=60).raise_for_status()
    assert 'filename="Cut.mp4"' in reel.headers["content-disposition"]
    (tmp_path / "reel.mp4").write_bytes(reel.content)
    media = probe(tmp_path / "reel.mp4")
    assert round(media.duration * media.fps) == sum(end - start for start, end in SPANS)


def test_two_people_edit_one_list_and_nothing_is_lost(
    page: Page, second_page: Page, address: str, store: ShortlistStore, cut: Shortlist
) -> None:
    open_list(page, address, cut)
    other = second_page
    open_list(other, address, cut)
    other.get_by_role("button", name="browser").click()
    other.get_by_role("textbox", name="Your name").fill("bob")
    other.get_by_role("textbox", name="Your name").press("Enter")
    expect(other.get_by_role("button", name="bob")).to_be_visible()
    other.keyboard.press("Escape")
    other.get_by_role("button", name="Remove item 2").click()
    expect(rows(other)).to_have_count(2)

    # The first person types before the page has told of it.
    page.get_by_label("Note").fill("the jump over the ramp")
    page.get_by_label("Note").press("Control+Enter")
    unsent = page.locator(".st-key-unsent")
    expect(unsent).to_contain_text("bob: item 2 removed")
    expect(unsent).to_contain_text("Note of item 1: the jump over the ramp")
    expect(rows(page)).to_have_count(2)
    unsent.get_by_role("button", name="Apply my change").click()
    expect(rows(page).first).to_contain_text("the jump over the ramp")
    expect(unsent).to_be_hidden()
    assert [item.note for item in store.find(cut.shortlist_id).items] == [
        "the jump over the ramp",
        "",
    ]
    # The second person is told without doing anything.
    expect(other.get_by_text("note of item 1 changed")).to_be_visible()
    other.get_by_role("button", name="Refresh").click()
    expect(rows(other).first).to_contain_text("the jump over the ramp")
    other.context.close()


def test_others_review_a_list_by_a_link(
    page: Page, window: BrowserContext, address: str, film: Title, cut: Shortlist
) -> None:
    open_list(page, address, cut)
    page.get_by_role("button", name="Review links").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("For", exact=True).fill("Marketing")
    dialog.get_by_label("For", exact=True).press("Tab")
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(f"{address}/review?key=rv_")

    reviewer = window.new_page()
    reviewer.goto(link)
    items = reviewer.locator(".items > li")
    expect(items).to_have_count(3)
    expect(reviewer.locator(".playlist .source")).to_have_text(at(film, SPANS[0][0]))
    reviewer.get_by_label("Your name").fill("Bob")
    reviewer.locator(".playlist .play").focus()
    reviewer.keyboard.press("ArrowRight")
    expect(reviewer.locator(".playlist .source")).to_have_text(at(film, SPANS[0][0] + 1))
    reviewer.get_by_label("Comment").fill("Cut on the jump.")
    reviewer.get_by_role("button", name="Comment", exact=True).click()
    expect(items.first).to_contain_text("Cut on the jump.")
    expect(items.first).to_contain_text(at(film, SPANS[0][0] + 1))
    whole = reviewer.get_by_role("group", name="Whole list")
    whole.get_by_role("button", name="Approve").click()
    approve = whole.get_by_role("button", name="Approve")
    expect(approve).to_have_attribute("aria-pressed", "true")
    assert faults(reviewer) == []

    page.reload()
    expect(rows(page).first).to_contain_text("1 comment")
    expect(page.get_by_text("Bob: approved")).to_be_visible()
    expect(page.get_by_text("Cut on the jump.")).to_be_visible()
    page.get_by_role("button", name="Review links").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_role("button", name="Revoke")).to_have_count(0)
    reviewer.reload()
    expect(reviewer.get_by_role("alert").first).to_contain_text("not valid any more")
    expect(items).to_have_count(0)


def test_a_list_is_made_renamed_and_deleted(
    page: Page, address: str, store: ShortlistStore
) -> None:
    page.goto(f"{address}/shortlist")
    page.get_by_role("button", name="New shortlist").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("First")
    dialog.get_by_label("Name").press("Tab")
    dialog.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    expect(page.get_by_text("Nothing in this list yet")).to_be_visible()
    page.get_by_role("link", name="All lists").click()
    expect(page.get_by_role("button", name="New shortlist")).to_be_visible()
    page.get_by_role("link", name="First").click()
    expect(page.get_by_role("heading", name="First")).to_be_visible()

    page.get_by_role("button", name="Name and target").click()
    dialog.get_by_label("Name").fill("Second")
    dialog.get_by_role("spinbutton").fill("90")
    dialog.get_by_role("spinbutton").press("Tab")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    (made,) = [each for each in store.all() if each.name == "Second"]
    assert made.target_seconds == 90

    page.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete the list").click()
    expect(page.get_by_role("button", name="New shortlist")).to_be_visible()
    assert "Second" not in {each.name for each in store.all()}


def test_a_trailer_is_suggested(page: Page, address: str, store: ShortlistStore) -> None:
    page.goto(f"{address}/shortlist")
    page.get_by_role("button", name="Suggest a trailer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Suggested")
    dialog.get_by_label("Seconds").fill("12")
    dialog.get_by_label("Seconds").press("Enter")
    dialog.get_by_role("button", name="Suggest", exact=True).click()
    expect(page.get_by_role("heading", name="Suggested")).to_be_visible()
    (made,) = [each for each in store.all() if each.name == "Suggested"]
    expect(rows(page)).to_have_count(len(made.items))
    assert made.items
    assert made.target_seconds == 12


def test_axe_finds_no_serious_fault(page: Page, address: str, cut: Shortlist) -> None:
    open_list(page, address, cut)
    assert faults(page) == []
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Render")).to_be_visible()
    page.wait_for_timeout(1000)
    assert faults(page) == []
