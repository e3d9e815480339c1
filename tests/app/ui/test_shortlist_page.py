"""The page of shortlists, as its address opens it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.exports.cut import make_cut
from app.exports.formats import FORMATS
from app.reviews.bodies import NewApproval, NewReviewComment
from app.reviews.store import ReviewStore
from app.runtime import Runtime
from app.shortlists import edits
from app.shortlists.overview import stills_of
from app.shortlists.records import Item, Shortlist
from app.shortlists.store import ShortlistStore
from app.titles.files import still_of_point
from app.ui import shared
from app.ui.components.player import Trim
from app.ui.parts.shortlist import editing, trimming
from app.ui.parts.shortlist.head import length_words
from indexer.earlier_versions import EarlierVersions
from indexer.timecode import timecode
from tests.app.ui.conftest import Open, given_to, open_page

PAGE = "views/shortlist.py"
REMOVED = "0123456789abcdef"


@pytest.fixture
def store(runtime: Runtime) -> ShortlistStore:
    return shared.shortlists(runtime)


@pytest.fixture
def cut(runtime: Runtime, store: ShortlistStore) -> Iterator[Shortlist]:
    """A list of three spans of a film of 25 frames a second: the second shares with the first."""
    title_id = runtime.catalogue.find("Bikes").title.title_id
    spans = ((30, 76), (70, 130), (30, 76))
    made = store.create("Cut", 6.0, [Item(title_id, *span) for span in spans], "ann")
    yield made
    if made.shortlist_id in {each.shortlist_id for each in store.all()}:
        store.delete(store.find(made.shortlist_id))


def opened(browse: Open, **address: str) -> AppTest:
    page = browse()
    page.switch_page(PAGE)
    page.query_params.update(address)
    page.run()
    assert not page.exception
    return page


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == label).click().run()
    assert not page.exception
    return page


def spans(store: ShortlistStore, made: Shortlist) -> list[tuple[int, int]]:
    return [(item.start_frame, item.end_frame) for item in store.find(made.shortlist_id).items]


def errors(page: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in page.error]


def test_without_lists_the_page_says_how_to_make_one(browse: Open, store: ShortlistStore) -> None:
    assert store.all() == []
    page = opened(browse)
    assert "“Add” at a clip" in page.info[0].value


def test_a_list_is_shown_with_what_is_twice_in_it(
    browse: Open, runtime: Runtime, cut: Shortlist
) -> None:
    page = opened(browse, id=cut.shortlist_id, item=cut.items[1].item_id)
    (rows,) = given_to(page, "reelfind_shortlist_rows")
    assert [row["times"] for row in rows["rows"]] == [
        "00:00:01:05 – 00:00:03:01 · 1.84 s",
        "00:00:02:20 – 00:00:05:05 · 2.40 s",
        "00:00:01:05 – 00:00:03:01 · 1.84 s",
    ]
    assert [row["wrong"] for row in rows["rows"]] == [
        "Overlaps item 2 by 6 frames. Same as item 3",
        "Overlaps item 1 by 6 frames. Overlaps item 3 by 6 frames",
        "Same as item 1. Overlaps item 2 by 6 frames",
    ]
    assert [row["chosen"] for row in rows["rows"]] == [False, True, False]
    for row in rows["rows"]:
        assert still_of_point(runtime, row["still"].rsplit("/", 1)[1]).is_file()
    (player,) = given_to(page, "reelfind_player")
    assert (player["start"], player["end"], player["fps"]) == (70, 130, "25/1")
    assert any("6.08 s** of 6 s, on target" in each.value for each in page.markdown)


def test_the_whole_list_plays_as_it_is_exported(
    browse: Open, runtime: Runtime, store: ShortlistStore, cut: Shortlist
) -> None:
    others = [each for each in runtime.listing.every() if each.title.media.fps != 25]
    other, gone = others[0].title.title_id, Item(REMOVED, 3, 9)
    good = [*cut.items[:2], Item(other, 5, 24), cut.items[2]]
    bikes = runtime.catalogue.find("Bikes")
    beyond = Item(bikes.title.title_id, bikes.frame_count, bikes.frame_count + 5)
    mixed = [good[0], gone, *good[1:], beyond]
    saved = store.save(replace(cut, items=tuple(mixed)), "ann")
    page = press(opened(browse, id=cut.shortlist_id), "Play all")
    (played,) = given_to(page, "reelfind_playlist")
    assert given_to(page, "reelfind_shortlist_rows")[0]["playing"]
    assert not given_to(page, "reelfind_player")
    exported = make_cut(runtime.catalogue, replace(saved, items=tuple(good)))
    shown = [each for each in played["items"] if not each["problem"]]
    assert [(each["start"], each["end"], each["record"], each["length"]) for each in shown] == [
        (event.start, event.end, event.record_start, event.record_end - event.record_start)
        for event in exported.events
    ]
    assert (played["frames"], played["fps"]) == (exported.frames, "25/1")
    first = played["clock"]["first"]
    assert timecode(first, exported.fps) == exported.start_timecode
    skipped = {each["position"]: each["problem"] for each in played["items"] if each["problem"]}
    assert list(skipped) == [2, 6]
    assert "no longer in the catalogue" in skipped[2]
    assert f"ends at frame {bikes.frame_count}" in skipped[6]


def test_comments_of_reviewers_are_at_their_items(
    browse: Open, runtime: Runtime, cut: Shortlist
) -> None:
    reviews, first = ReviewStore(runtime.database), cut.items[0].item_id
    key, _ = reviews.make(cut.shortlist_id, "Marketing", 7, "ann")
    link = reviews.find(key)
    assert link is not None
    for item_id in (first, None):
        text = "Cut on the jump." if item_id else "Too long."
        said = NewReviewComment(name="Bob", text=text, version=1, item_id=item_id)
        reviews.comment(link, said)
    reviews.approve(link, NewApproval(name="Bob", version=1, item_id=first, approved=True))
    page = opened(browse, id=cut.shortlist_id)
    (rows,) = given_to(page, "reelfind_shortlist_rows")
    assert [row["said"] for row in rows["rows"]] == ["1 comment · Bob: approved", "", ""]
    assert [each.value for each in page.text] == ["Too long.", "Cut on the jump."]
    press(page, "Remove comment")
    assert [each["item_id"] for each in reviews.comments(cut.shortlist_id)] == [first]


def test_the_still_is_of_the_shot_that_an_item_shows_most_of(
    runtime: Runtime, cut: Shortlist
) -> None:
    item = cut.items[0]
    title = runtime.title(item.title_id)
    end = title.manifest.frame_count
    beyond = Item(item.title_id, end, end + 5)
    found = stills_of(title, [item, beyond])
    hit = runtime.neighbours(found[item.item_id]).hit
    assert hit.level == "shot"
    assert hit.start_frame < item.end_frame
    assert item.start_frame < hit.end_frame
    assert beyond.item_id not in found


@pytest.fixture
def state(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The state of a page on which callbacks are called."""
    made: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", made)
    monkeypatch.setattr(editing, "page_runtime", lambda: runtime)
    return made


def trim(runtime: Runtime, cut: Shortlist, start: int, end: int, edge: str, text: str = "") -> None:
    """Trim the first item as its player tells."""
    item = cut.items[0]
    manifest = runtime.title(item.title_id).manifest
    trimming.trimmed(cut, item, manifest, Trim(start, end, edge, text, turn=4))


def test_a_burst_of_trimming_is_one_change(
    runtime: Runtime, store: ShortlistStore, cut: Shortlist, state: dict[str, object]
) -> None:
    trim(runtime, cut, 33, 51, "end")
    assert spans(store, cut)[0] == (33, 51)
    assert store.find(cut.shortlist_id).version == cut.version + 1
    assert state["shortlist.turn"] == 4
    # The next burst began on the version that the page still showed.
    trim(runtime, cut, 40, 51, "start")
    assert spans(store, cut)[0] == (40, 51)
    trim(runtime, cut, 40, 51, "start", "00:00:01:20")
    assert spans(store, cut)[0] == (45, 51)
    trim(runtime, cut, 45, 51, "end", "60")
    assert spans(store, cut)[0] == (45, 60)


def test_only_the_end_that_was_moved_is_changed(
    runtime: Runtime, store: ShortlistStore, cut: Shortlist, state: dict[str, object]
) -> None:
    item = cut.items[0]
    trim(runtime, cut, item.start_frame, item.end_frame, "start")
    assert store.find(cut.shortlist_id) == cut
    store.save(edits.trim(cut, item.item_id, end_frame=60), "bob")
    trim(runtime, cut, 33, item.end_frame, "start")
    conflict = state["shortlist.unsent"]
    assert isinstance(conflict, editing.Conflict)
    assert conflict.edit is not None
    mended = conflict.edit(store.find(cut.shortlist_id))
    assert (mended.items[0].start_frame, mended.items[0].end_frame) == (33, 60)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("soon", "not a timecode"),
        ("99999", "choose an earlier out frame"),
        ("10", "not a span of a title"),
    ],
)
def test_an_out_that_is_none_is_told_and_nothing_changes(
    runtime: Runtime,
    store: ShortlistStore,
    cut: Shortlist,
    state: dict[str, object],
    place: str,
    told: str,
) -> None:
    trim(runtime, cut, cut.items[0].start_frame, cut.items[0].end_frame, "end", place)
    assert told in str(state["shortlist.failed"])
    assert store.find(cut.shortlist_id) == cut
    assert state["shortlist.turn"] == 4


def test_a_note_that_came_too_late_is_kept_and_can_be_made(
    browse: Open, store: ShortlistStore, cut: Shortlist
) -> None:
    page = opened(browse, id=cut.shortlist_id)
    store.save(edits.remove(cut, cut.items[1].item_id), "bob")
    page.text_area[0].input("the jump").run()
    assert "bob: item 2 removed" in page.warning[0].value.replace("\\", "")
    assert page.text[0].value == "Note of item 1: the jump"
    press(page, "Apply my change")
    now = store.find(cut.shortlist_id)
    assert [item.note for item in now.items] == ["the jump", ""]
    assert not page.warning


def test_a_redraw_leaves_what_is_being_typed(
    browse: Open, store: ShortlistStore, cut: Shortlist
) -> None:
    page = opened(browse, id=cut.shortlist_id)
    page.run()
    # The browser keeps its own text where the page sends none.
    assert not page.text_area[0].proto.set_value
    store.save(edits.annotate(store.find(cut.shortlist_id), cut.items[0].item_id, "cut"), "bob")
    page.run()
    assert page.text_area[0].proto.set_value


def test_the_keyboard_stays_in_a_box_that_is_typed_into(browse: Open, cut: Shortlist) -> None:
    page = opened(browse, id=cut.shortlist_id)
    before = page.text_area[0].proto.id
    page.text_area[0].input("the jump").run()
    assert page.text_area[0].proto.id == before


def test_ones_own_earlier_change_is_no_conflict(
    store: ShortlistStore, cut: Shortlist, state: dict[str, object]
) -> None:
    first, last = cut.items[0].item_id, cut.items[2].item_id
    # Both clicks come before the page is drawn anew: each acts on the first version.
    editing.attempt(cut, "first", lambda now: edits.trim(now, first, start_frame=31))
    editing.attempt(cut, "second", lambda now: edits.move(now, last, 1))
    now = store.find(cut.shortlist_id)
    assert [item.start_frame for item in now.items] == [30, 31, 70]
    assert not [key for key in state if "unsent" in key or "failed" in key]
    # What somebody else does in between is one.
    store.save(replace(now, name="Another"), "bob")
    editing.attempt(cut, "third", lambda now: edits.remove(now, first))
    assert [item.start_frame for item in store.find(cut.shortlist_id).items] == [30, 31, 70]
    assert "shortlist.unsent" in state


def test_a_change_of_what_is_gone_is_told(
    browse: Open, store: ShortlistStore, cut: Shortlist
) -> None:
    page = opened(browse, id=cut.shortlist_id)
    store.save(edits.remove(cut, cut.items[0].item_id), "bob")
    page.text_area[0].input("the jump").run()
    press(page, "Apply my change")
    assert any("is no longer in it" in each for each in errors(page))


def test_an_undo_never_takes_back_what_nobody_here_has_seen(
    browse: Open, store: ShortlistStore, cut: Shortlist
) -> None:
    first = store.save(edits.move(cut, cut.items[0].item_id, 3), "ann")
    page = opened(browse, id=cut.shortlist_id)
    others = store.save(replace(first, name="Another"), "bob")
    press(page, "Undo")
    assert store.find(cut.shortlist_id) == others
    assert "bob: renamed from Cut" in page.warning[0].value.replace("\\", "")
    press(page, "Discard")
    assert not page.warning


def test_an_item_of_a_removed_title_says_what_to_do(
    browse: Open, store: ShortlistStore, cut: Shortlist
) -> None:
    lost = Item(REMOVED, 0, 25, "was good")
    store.save(edits.add(cut, [lost]))
    page = opened(browse, id=cut.shortlist_id, item=lost.item_id)
    (rows,) = given_to(page, "reelfind_shortlist_rows")
    assert rows["rows"][3]["title"] == f"Title {REMOVED}"
    assert "index the film again, or remove it" in rows["rows"][3]["wrong"]
    assert "no longer in the catalogue" in page.info[0].value
    assert given_to(page, "reelfind_player") == []
    assert page.text_area[0].value == "was good"
    press(page, "Export")
    assert any("is no longer in the catalogue" in each for each in errors(page))


def test_an_item_of_an_earlier_version_of_a_file_is_marked(
    browse: Open, runtime: Runtime, store: ShortlistStore, cut: Shortlist
) -> None:
    current = runtime.catalogue.find("Bikes")
    before = replace(current, title=replace(current.title, title_id=REMOVED))
    versions = EarlierVersions(runtime.catalogue)
    versions.replace(before, current.title.title_id, runtime.store)
    old = Item(REMOVED, 0, 25, "was good")
    store.save(edits.add(cut, [old]))
    try:
        page = opened(browse, id=cut.shortlist_id, item=old.item_id)
    finally:
        versions.forget(REMOVED)
    (rows,) = given_to(page, "reelfind_shortlist_rows")
    assert rows["rows"][3]["title"] == "Bikes"
    assert rows["rows"][3]["wrong"].startswith("Made on an earlier version of bikes.mp4")
    assert page.warning[0].title == "Made on an earlier version of this file"
    assert given_to(page, "reelfind_player") == []
    assert page.text_area[0].value == "was good"


def test_a_film_that_moved_says_what_to_do(browse: Open, runtime: Runtime, cut: Shortlist) -> None:
    manifest = runtime.catalogue.find("Bikes")
    media = replace(manifest.title.media, path=Path("/nowhere/bikes.mp4"))
    runtime.catalogue.write_manifest(replace(manifest, title=replace(manifest.title, media=media)))
    try:
        page = opened(browse, id=cut.shortlist_id)
    finally:
        runtime.catalogue.write_manifest(manifest)
    (rows,) = given_to(page, "reelfind_shortlist_rows")
    assert "bikes.mp4 is no longer where it was indexed" in rows["rows"][0]["wrong"]


def test_a_list_that_is_not_there_is_told(browse: Open) -> None:
    page = opened(browse, id="nothing")
    assert any("no such shortlist" in each for each in errors(page))


def test_every_format_is_offered(browse: Open, cut: Shortlist) -> None:
    page = press(opened(browse, id=cut.shortlist_id), "Export")
    names = [each.proto.label for each in page.get("download_button")]
    refused = [each.label for each in page.button if each.disabled and each.label != "Undo"]
    assert sorted([*names, *refused]) == sorted(form.label for form in FORMATS)
    assert set(refused) <= {"Subtitles (SRT)", "Subtitles (WebVTT)"}
    captions = [each.value.replace("\\", "") for each in page.caption]
    assert any("3 clips · 6.08 s · 152 frames at 25 fps" in each for each in captions)
    for form in FORMATS:
        assert any(form.how in each for each in captions) or form.label in refused
    assert any("by tape name and timecode" in each for each in captions)


def test_links_go_where_the_editor_has_the_films(
    browse: Open, runtime: Runtime, cut: Shortlist
) -> None:
    film = runtime.catalogue.find("Bikes").title.media.path
    page = opened(browse, id=cut.shortlist_id)
    page.session_state["export.map_path"] = f"{film.parent}=D:\\films"
    press(page, "Export")
    captions = [each.value.replace("\\", "") for each in page.caption]
    assert any(f"Files link to D:films{film.name}" in each for each in captions)
    page.session_state["export.map_path"] = "no mapping"
    press(page, "Export")
    assert any("write two whole paths" in each for each in errors(page))


def test_an_empty_list_cannot_be_handed_over(browse: Open, store: ShortlistStore) -> None:
    made = store.create("Nothing yet")
    page = press(opened(browse, id=made.shortlist_id), "Export")
    assert any("has no items to export" in each for each in errors(page))
    store.delete(made)


def test_nothing_can_be_suggested_from_an_empty_catalogue(tmp_path: Path) -> None:
    page = open_page(tmp_path)
    page.switch_page(PAGE).run()
    press(page, "Suggest a trailer")
    assert "Nothing to search yet" in page.info[0].proto.title


@pytest.mark.parametrize(
    ("total", "target", "told"),
    [
        (3.0, None, "2 items · **3.00 s**"),
        (3.0, 5.0, "2 items · **3.00 s** of 5 s: 2.00 s left"),
        (6.25, 5.0, "2 items · **6.25 s** of 5 s: 1.25 s too long"),
        (5.4, 5.0, "2 items · **5.40 s** of 5 s, on target"),
    ],
)
def test_a_length_is_told_against_its_target(total: float, target: float | None, told: str) -> None:
    assert length_words(2, total, target) == told


def test_artwork_of_a_list_comes_from_its_spans(browse: Open, cut: Shortlist) -> None:
    page = opened(browse, id=cut.shortlist_id)
    page.session_state["artwork"] = True
    page.run()
    assert not page.exception
    shown = len(page.get("image"))
    downloads = [each.proto.url for each in page.get("link_button") if "artwork" in each.proto.url]
    path = f"/api/v1/shortlists/{cut.shortlist_id}/artwork/files"
    assert [each.partition("?")[0] for each in downloads] == [path] * bool(shown)
    assert shown or any("still is sharp" in each.value for each in page.info)
