"""The page of saved searches, and the dialog of the search page that saves one."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from app.database.tables import SAVED
from app.runtime import Runtime
from app.saved.matching import messages, new_since
from app.saved.outbox import Outbox
from app.saved.records import SavedSearch
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from app.titles.files import still_of_point
from app.ui.parts.saved import SHOWN
from tests.app.ui.conftest import Open, given_to, open_view, search_box

PAGE = "views/saved.py"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOOK = "https://example.org/reelfind"


@pytest.fixture
def store(runtime: Runtime) -> Iterator[SavedStore]:
    store = SavedStore(runtime.database)
    yield store
    for saved in store.all():
        store.remove(saved)


def unseen(runtime: Runtime, saved: SavedSearch) -> SavedSearch:
    """Return a saved search as if nobody had looked since long before any title came."""
    with runtime.database.begin("saved searches") as connection:
        connection.execute(SAVED.update().values(seen=LONG_AGO))
    return SavedStore(runtime.database).find(saved.id)


def texts(page: AppTest) -> str:
    parts = (*page.markdown, *page.caption, *page.subheader, *page.error, *page.success)
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def test_without_any_it_says_how_to_save_one(browse: Open, store: SavedStore) -> None:
    assert store.all() == []
    assert "press “Save”" in open_view(browse, PAGE).info[0].value


def test_the_search_on_the_page_is_asked_a_name_for(browse: Open, store: SavedStore) -> None:
    page = browse(q="music", min_worthiness="0.1", limit="2")
    page.button(key="tools.save").click().run()
    assert "music · clip-worthiness ≥ 10%" in texts(page)
    assert page.text_input(key="saving.name").value == ""
    assert page.button(key="saving.save").disabled
    assert store.all() == []


def test_nothing_is_new_at_first(browse: Open, store: SavedStore) -> None:
    saved, _ = store.add("Mine", SearchRequest(q="music", tone=["sad"]), "ann")
    page = open_view(browse, PAGE)
    told = texts(page)
    assert "Mine" in told
    assert "music · tone: sad" in told
    assert "by ann" in told
    assert "no title was indexed since" in told
    assert page.button(key=f"seen-{saved.id}").disabled
    (feed,) = page.get("link_button")
    assert feed.proto.url == f"api/v1/saved/{saved.id}/feed"


def test_what_is_new_is_counted_shown_and_marked_as_seen(
    browse: Open, runtime: Runtime, store: SavedStore
) -> None:
    saved = unseen(runtime, store.add("Mine", SearchRequest(q="music"))[0])
    new = new_since(runtime.search, runtime.listing, saved)
    titles = len({hit.title_id for hit in new.hits})
    page = open_view(browse, PAGE)
    plural = "" if titles == 1 else "s"
    assert f"{len(new.hits)} new** in {titles} title{plural}" in texts(page)
    assert given_to(page, "reelfind_hits") == []
    page.button(key=f"show-{saved.id}").click().run()
    assert page.query_params["id"] == saved.id
    (drawn,) = given_to(page, "reelfind_hits")
    assert [card["id"] for card in drawn["cards"]] == [hit.id for hit in new.hits[:SHOWN]]
    page.button(key=f"show-{saved.id}").click().run()
    assert given_to(page, "reelfind_hits") == []
    page.button(key=f"seen-{saved.id}").click().run()
    assert "no title was indexed since" in texts(page)
    assert store.find(saved.id).seen > datetime.now(UTC) - timedelta(minutes=5)


def test_titles_without_a_match_are_nothing_new_and_can_be_seen(
    browse: Open, runtime: Runtime, store: SavedStore
) -> None:
    saved = unseen(runtime, store.add("None", SearchRequest(title=["no such film"]))[0])
    page = open_view(browse, PAGE)
    assert f"Nothing new in {len(runtime.titles())} titles" in texts(page)
    page.button(key=f"seen-{saved.id}").click().run()
    assert page.button(key=f"seen-{saved.id}").disabled


def test_the_search_is_opened_with_all_that_it_looks_for(
    browse: Open, runtime: Runtime, store: SavedStore
) -> None:
    still = still_of_point(runtime, runtime.search(SearchRequest()).hits[0].id).read_bytes()
    request = SearchRequest(
        q="music", tone=["sad"], has_dialogue=False, still=base64.b64encode(still).decode()
    )
    saved, _ = store.add("By a picture", request)
    page = open_view(browse, PAGE)
    page.button(key=f"open-{saved.id}").click().run()
    assert page.query_params == {"q": "music", "tone": "sad", "has_dialogue": "False"}
    assert search_box(page).value == "music"
    assert page.button(key="chip.example").label.replace("\\", "") == "like By a picture"


def test_the_state_of_its_webhook_is_told(
    browse: Open, runtime: Runtime, store: SavedStore
) -> None:
    saved, _ = store.add("Told", SearchRequest(), webhook=HOOK)
    assert f"{HOOK}: nothing to tell yet" in texts(open_view(browse, PAGE))
    outbox, now = Outbox(runtime.database), datetime.now(UTC)
    found = messages(runtime.search, saved, runtime.listing.since())
    count = outbox.put(saved, found, now + timedelta(seconds=1), now)
    assert count > 1
    letter = outbox.take(now, now)
    assert letter is not None
    outbox.failed(letter, f"{HOOK}: answered 500", None)
    told = texts(open_view(browse, PAGE))
    assert f"{HOOK}: 1 given up, {count - 1} waiting · {HOOK}: answered 500" in told


def test_deleting_asks_first(browse: Open, store: SavedStore) -> None:
    saved, _ = store.add("Mine", SearchRequest())
    page = open_view(browse, PAGE)
    page.button(key=f"delete-{saved.id}").click().run()
    assert "gone for everybody" in texts(page)
    assert store.find("Mine") == saved
    page.button(key=f"delete-{saved.id}").click()
    page.button(key="delete.yes").click().run()
    assert store.all() == []


def test_an_example_that_is_gone_is_told_and_the_others_are_there(
    browse: Open, runtime: Runtime, store: SavedStore
) -> None:
    gone = "5b1c8a52-0000-5000-8000-000000000000"
    store.add("A", SearchRequest(like=[gone]))
    saved, _ = store.add("B", SearchRequest(q="music"))
    unseen(runtime, saved)
    page = open_view(browse, PAGE)
    assert gone in page.error[0].value.replace("\\", "")
    assert page.button(key=f"show-{saved.id}")
