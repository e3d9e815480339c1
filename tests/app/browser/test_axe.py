"""Every page, in both looks, against axe's rules (WCAG 2 A and AA, and its best practices)."""

from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.app.browser.conftest import open_window

PAGES = ("", "saved", "briefs", "shortlist", "catalogue", "quality", "settings", "title")

DRAWN = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState
    === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')"""

STREAMLIT: dict[str, tuple[str, ...]] = {}
"""Faults of Streamlit's own parts, by rule: what in their selector tells that they are its own."""


@pytest.fixture(scope="module", params=["light", "dark"])
def window(request: pytest.FixtureRequest, browser: Browser) -> Any:
    page = open_window(browser, color_scheme=request.param)
    yield page
    page.context.close()


def settle(page: Page, address: str, path: str) -> None:
    """Open a page and wait until it is drawn whole."""
    if path == "title":
        title = httpx.get(f"{address}/api/v1/titles", timeout=60).json()[0]
        path = f"title?id={title['title_id']}"
    page.goto(f"{address}/{path}")
    page.wait_for_function(DRAWN)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    page.wait_for_function(
        "[...document.images].every(each => each.complete || each.loading === 'lazy')"
    )
    page.wait_for_function(DRAWN)  # with the fragments that came meanwhile


def faults(page: Page) -> list[str]:
    """Return the serious and critical findings, one a line, but for Streamlit's own."""
    found = []
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] not in ("serious", "critical"):
            continue
        own = STREAMLIT.get(violation["id"], ())
        for node in violation["nodes"]:
            told = f"{violation['id']}: {node['target']} {node['html'][:300]}"
            if not any(mark in told for mark in own):
                found.append(told)
    return found


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_no_serious_fault(address: str, window: Page, path: str) -> None:
    settle(window, address, path)
    assert faults(window) == []
