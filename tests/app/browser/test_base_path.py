"""The application below a path, behind a proxy that passes the path on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from app.running import ask_server
from indexer.settings import SETTINGS_FILE
from tests.app.api.conftest import listening
from tests.app.browser.conftest import hits_of, served, settled
from tests.conftest import copy_data
from tests.proxy import proxy

BASE = "/reelfind"


@pytest.fixture(scope="module")
def data(real_films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = copy_data(real_films, tmp_path_factory.mktemp("base") / "data")
    with (data / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write(f'\n[server]\nbase_path = "{BASE}/"\n')
    return data


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[str]:
    """The address of a site that has the application at ``BASE`` and nothing elsewhere."""
    with served(data) as address:
        assert address.endswith(BASE)
        application = proxy(address.removesuffix(BASE), BASE, strips=False)
        with listening(application) as (host, port):
            yield f"http://{host}:{port}"


@pytest.mark.browser
def test_search_and_play_below_a_path(site: str, data: Path, page: Page) -> None:
    hit = hits_of(f"{site}{BASE}", q="music", limit=48)[0]
    found = ask_server(data, lambda server: server.point("clip", hit["id"]))
    assert found is not None
    assert found.id == hit["id"]
    missed = _missed(page)
    page.goto(f"{site}{BASE}")
    box = page.get_by_role("textbox", name="Search")
    box.fill("music")
    box.press("Enter")
    page.wait_for_url(f"{site}{BASE}/?q=music")
    card = page.locator(f'.hit[data-id="{hit["id"]}"]')
    _see(page, ".card img")
    card.get_by_role("button", name="Play").hover()
    card.get_by_role("button", name="Play").click()
    video = page.locator("video").element_handle()
    page.wait_for_function("video => video.currentTime > 0 && !video.seeking", arg=video)
    page.get_by_role("button", name="Close").click()
    card.get_by_role("link", name="Open in its title").click()
    page.wait_for_url(f"{site}{BASE}/title?id=**")
    _see(page, ".shot img")
    page.reload()
    _see(page, ".shot img")
    page.get_by_role("link", name="Saved searches").click()
    page.wait_for_url(f"{site}{BASE}/saved")
    settled(page)
    page.goto(f"{site}{BASE}/api/docs")
    page.get_by_role("button", name="POST /v1/search").first.wait_for()
    assert missed == []


def _see(page: Page, picture: str) -> None:
    """Wait until the first such picture has been loaded."""
    expect(page.locator(picture).first).not_to_have_js_property("naturalWidth", 0)


def _missed(page: Page) -> list[str]:
    """Return a list of the addresses on the site that the page asks for in vain.

    Streamlit's own are left out: a page looks for its server below its own address first.
    """
    missed: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400 and "/_stcore/" not in answer.url:
            missed.append(answer.url)

    page.on("response", note)
    return missed
