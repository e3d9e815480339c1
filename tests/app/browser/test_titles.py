"""The page of titles in a real browser: a film is sent, followed, stopped, edited and removed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Locator, Page, expect

from indexer.catalogue import Catalogue
from tests.app.browser.conftest import served, sidecars
from tests.conftest import copy_data

pytestmark = pytest.mark.browser

LONG = 240_000
"""Milliseconds: an idle machine indexes these films in seconds, a busy one takes minutes."""


@pytest.fixture(scope="module")
def data(real_films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose titles come and go; the others' stay as they are."""
    return copy_data(real_films, tmp_path_factory.mktemp("titles") / "data")


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with served(data) as address:
        yield address


def titles(address: str) -> dict[str, dict[str, Any]]:
    rows = httpx.get(f"{address}/api/v1/titles", timeout=60).raise_for_status().json()
    return {row["title"]: row for row in rows}


def row(page: Page, title_id: str) -> Locator:
    return page.locator(f".st-key-title-{title_id}")


def job(page: Page, words: str) -> Locator:
    return page.locator("[class*=st-key-job-]").filter(has_text=words).first


def test_a_title_is_removed_and_a_film_that_is_sent_brings_it_back(
    page: Page, address: str, data: Path
) -> None:
    title = min(titles(address).values(), key=lambda each: each["duration_seconds"])
    film, name = Path(title["path"]), title["title"]
    assert film.is_file()
    page.goto(f"{address}/catalogue")
    row(page, title["title_id"]).get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row(page, title["title_id"])).to_have_count(0)
    expect(job(page, f"Remove {name}")).to_contain_text("Done", timeout=LONG)
    assert name not in titles(address)
    assert film.is_file()

    page.get_by_text("Add films").click()
    page.locator("input[type=file]").set_input_files([film, *sidecars(film)])
    expect(page.get_by_text(f"{film.name}: sent")).to_be_visible()
    expect(job(page, f"Index {film.name}")).to_contain_text("Done", timeout=LONG)
    expect(row(page, title["title_id"])).to_be_visible()
    found = {each["title_id"]: each for each in titles(address).values()}
    sent = Path(found[title["title_id"]]["path"])
    assert sent.is_relative_to(data / "uploads")
    assert sent.read_bytes() == film.read_bytes()


@pytest.fixture
def long_film(data: Path, tmp_path: Path) -> Path:
    """A film that nobody has indexed, long enough to be stopped in the middle."""
    source = max(Catalogue(data).manifests(), key=lambda each: each.seconds).title.media.path
    film = tmp_path / "long_film.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-stream_loop", "40"]
    subprocess.run(
        [*command, "-i", str(source), "-t", "240", "-c", "copy", str(film)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return film


def test_a_film_that_is_added_is_followed_and_cancelled(
    page: Page, address: str, long_film: Path
) -> None:
    before = titles(address)
    page.goto(f"{address}/catalogue")
    page.get_by_text("Add films").click()
    page.get_by_role("textbox", name="Folder or film on the server").fill(str(long_film))
    page.get_by_role("button", name="Add", exact=True).click()
    added = job(page, "Index long_film.mp4")
    expect(added).to_contain_text("Running")
    expect(added.get_by_role("progressbar")).to_be_visible()
    added.get_by_role("button", name="Cancel").click()
    expect(added).to_contain_text("Cancelled")
    expect(added.get_by_role("button", name="Try again")).to_be_visible()
    assert titles(address) == before


def test_a_title_is_edited(page: Page, address: str) -> None:
    title = next(iter(titles(address).values()))
    page.goto(f"{address}/catalogue")
    row(page, title["title_id"]).get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Another name")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, title["title_id"]).get_by_role("link", name="Another name")).to_be_visible()
    assert titles(address)["Another name"]["title_id"] == title["title_id"]
