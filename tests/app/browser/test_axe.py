"""Every page, in both looks, against axe's rules (WCAG 2 A and AA, and its best practices)."""

from typing import Any, Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

PAGES = ("", "saved", "briefs", "shortlist", "catalogue", "people", "quality", "settings", "title")

DRAWN = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState
    === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')"""

LOOKS = """look => {
    const app = document.querySelector('[data-testid=stApp]');
    const drawn = app ? getComputedStyle(app).colorScheme === look
        : matchMedia(`(prefers-color-scheme: ${look})`).matches;
    return drawn && !document.getAnimations().some(each => each instanceof CSSTransition);
}"""

COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that what is drawn depends on."""

STREAMLIT: dict[str, tuple[str, ...]] = {}
"""Faults of Streamlit's own parts, by rule: what in their selector tells that they are its own."""


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
    """Return the serious and critical findings, one a line, but for Streamlit's own.

    All rules in the light look, those of colours in the dark one, without loading the page again.
    """
    found = _faults(page, "light", {})
    found += _faults(page, "dark", {"runOnly": {"type": "rule", "values": COLOURS}})
    page.emulate_media(color_scheme="light")
    return found


def _faults(page: Page, look: Literal["light", "dark"], options: dict[str, Any]) -> list[str]:
    page.emulate_media(color_scheme=look)
    page.wait_for_function(LOOKS, arg=look)
    found = []
    for violation in Axe().run(page, options=options).response["violations"]:
        if violation["impact"] not in ("serious", "critical"):
            continue
        own = STREAMLIT.get(violation["id"], ())
        for node in violation["nodes"]:
            told = f"{look}: {violation['id']}: {node['target']} {node['html'][:300]}"
            if not any(mark in told for mark in own):
                found.append(told)
    return found


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_no_serious_fault(address: str, page: Page, path: str) -> None:
    settle(page, address, path)
    assert faults(page) == []
