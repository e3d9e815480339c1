"""Saved searches in a real browser: saved, told of, looked at and deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.database.engine import Database
from app.database.tables import SAVED
from app.saved.records import SavedSearch
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from tests.app.browser.test_axe import faults, settle

pytestmark = pytest.mark.browser

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    with Database.of(data) as database:
        yield database


@pytest.fixture
def music(database: Database) -> Iterator[SavedSearch]:
    """A saved search at which nobody has looked since long before any title came."""
    store = SavedStore(database)
    saved, _ = store.add("Music", SearchRequest(q="music"), "ann")
    with database.begin("saved searches") as connection:
        connection.execute(SAVED.update().values(seen=LONG_AGO))
    yield store.find(saved.id)
    store.remove(saved)


def test_a_search_is_saved_opened_and_deleted(page: Page, address: str, database: Database) -> None:
    page.goto(f"{address}/?q=music&min_worthiness=0.1")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Mine")
    hook = dialog.get_by_role("textbox", name="Webhook")
    save = dialog.get_by_role("button", name="Save", exact=True)
    hook.fill("http://localhost/")
    hook.press("Tab")
    save.click()
    expect(dialog).to_contain_text("only https")
    hook.fill("https://example.org/reelfind")
    hook.press("Tab")
    save.click()
    expect(dialog).to_contain_text("Mine is saved")
    expect(dialog.get_by_text("whsec_")).to_be_visible()
    saved = SavedStore(database).find("Mine")
    assert saved.request == SearchRequest(q="music", min_worthiness=0.1)
    dialog.get_by_role("button", name="Saved searches").click()

    row = page.locator(f".st-key-saved-{saved.id}")
    expect(row).to_contain_text("https://example.org/reelfind: nothing to tell yet")
    expect(row.get_by_role("button", name="Mark as seen")).to_be_disabled()
    feed = row.get_by_role("link", name="Feed").get_attribute("href")
    assert httpx.get(f"{address}/{feed}", timeout=60).raise_for_status().json()["title"] == "Mine"
    row.get_by_role("button", name="Open the search").click()
    page.wait_for_url("**/?q=music&min_worthiness=0.1")
    expect(page.get_by_role("textbox", name="Search")).to_have_value("music")

    page.get_by_role("link", name="Saved searches").click()
    row.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No saved searches yet")).to_be_visible()
    assert SavedStore(database).all() == []


def test_what_is_new_is_played_and_marked_as_seen(
    page: Page, address: str, music: SavedSearch
) -> None:
    found = httpx.get(f"{address}/api/v1/saved/{music.id}/new", timeout=60).json()["hits"]
    page.goto(f"{address}/saved")
    row = page.locator(f".st-key-saved-{music.id}")
    expect(row).to_contain_text(f"{len(found)} new")
    row.get_by_role("button", name="Show what is new").click()
    page.wait_for_url(f"**/saved?id={music.id}")
    expect(row.locator(".hit").first).to_have_attribute("data-id", found[0]["id"])
    row.locator(".hit .play").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(found[0]["timecode_in"])
    page.get_by_role("dialog").press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    row.get_by_role("button", name="Mark as seen").click()
    expect(row).to_contain_text("no title was indexed since")
    expect(row.locator(".hit")).to_have_count(0)


def test_axe_finds_no_serious_fault(page: Page, address: str, music: SavedSearch) -> None:
    settle(page, address, f"saved?id={music.id}")
    expect(page.locator(".hit").first).to_be_visible()
    assert faults(page) == []
