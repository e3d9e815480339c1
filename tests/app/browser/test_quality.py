"""Clips are labelled by keys, in a real browser."""

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from app.labelling.store import LabelStore
from indexer.catalogue import Catalogue
from tests.app.browser.conftest import settled

pytestmark = pytest.mark.browser

ANSWERS = "ynynnyynyn"


def test_ten_clips_are_labelled_by_keys(
    page: Page, address: str, data: Path, labels: LabelStore
) -> None:
    few = sum(each.clips for each in Catalogue(data).manifests()) < len(ANSWERS)
    # The demo's films have seven clips; tones ask about each of them three times.
    task = "tone" if few else "clip-worthiness"
    page.goto(f"{address}/quality?task={task}")
    name = page.get_by_role("textbox", name="Label as")
    name.fill("zoe")
    name.press("Tab")
    expect(page.get_by_role("heading", name="Is this clip")).to_be_visible()
    # The name makes the page draw itself anew; a key that falls into that is lost, and on a busy
    # machine it begins late.
    answered = page.get_by_text("1 answered")
    for _ in range(5):
        page.wait_for_timeout(500)
        settled(page)
        page.keyboard.press(ANSWERS[0])
        with suppress(PlaywrightTimeout):
            answered.wait_for(timeout=10_000)
            break
    expect(answered).to_be_visible()
    for count, key in enumerate(ANSWERS[1:], start=2):
        page.keyboard.press(key)
        expect(page.get_by_text(f"{count} answered")).to_be_visible()
    given = labels.all()
    assert {(label.annotator, label.task) for label in given} == {("zoe", task)}
    assert len({(label.title_id, label.start, label.class_name) for label in given}) == 10
    assert sum(label.value for label in given) == ANSWERS.count("y")

    page.keyboard.press("u")
    expect(page.get_by_text("9 answered")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_text("1 skipped")).to_be_visible()
    assert len(labels.all()) == 9


def test_the_clip_in_question_plays(page: Page, address: str) -> None:
    page.goto(f"{address}/quality")
    video = page.locator("video")
    video.wait_for()
    page.wait_for_function(
        "video => video.currentTime > 0 && !video.seeking", arg=video.element_handle()
    )
    assert "/api/v1/media/" in str(video.evaluate("video => video.src"))
