"""A brief in a real browser: asked for, answered, and followed to the place in the film."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.app.browser.test_axe import faults, settle

pytestmark = pytest.mark.browser


def test_a_brief_is_asked_for_and_its_best_break_looked_at(page: Page, address: str) -> None:
    brief = {"text": "an animal", "min_distance": 5, "tones": ["sad"]}
    answer = httpx.post(f"{address}/api/v1/ads/candidates", json=brief, timeout=60)
    best, clip = answer.json()["breaks"][0], answer.json()["clips"][0]
    page.goto(f"{address}/briefs?min_distance=5")
    text = page.get_by_role("textbox", name="What the ad should stand beside")
    text.fill("an animal")
    text.press("Enter")
    page.get_by_role("combobox", name="Tones to seek").fill("sad")
    page.get_by_role("option", name="sad", exact=True).click()
    page.keyboard.press("Escape")
    first = page.locator("[class*=st-key-break-]").first
    expect(first).to_contain_text(best["timecode"])
    expect(first.locator(".reasons")).to_contain_text(f"{best['score']:.2f} of 1")
    for part in ("text=an+animal", "min_distance=5", "tones=sad"):
        assert part in page.url
    suited = page.locator(f".st-key-suited-{clip['clip']['id']}")
    suited.get_by_role("button", name="Play").click()
    expect(page.get_by_role("dialog")).to_contain_text(clip["clip"]["timecode_in"])
    page.get_by_role("dialog").press("Escape")
    first.get_by_role("link", name=best["title"]).click()
    page.wait_for_url(f"**/title?id={best['title_id']}&frame={best['frame']}")


def test_axe_finds_no_serious_fault(page: Page, address: str) -> None:
    settle(page, address, "briefs?text=an+animal&cat=pets&avoid=sad&min_distance=5")
    page.locator("[class*=st-key-break-]").first.get_by_role("button").click()
    expect(page.get_by_text("What the place decides")).to_be_visible()
    assert faults(page) == []
