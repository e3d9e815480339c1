"""The real application, served by a process of its own, and a real browser in front of it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import (
    BrowserContext,
    BrowserType,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from app.database.engine import Database
from app.labelling.store import LabelStore
from app.people.taking_in import take_in
from indexer.catalogue import Catalogue
from indexer.discovery import discover
from indexer.models import Models
from indexer.settings import SETTINGS_FILE, load_settings
from tests.conftest import MEDIA, copy_data, index
from tests.once import once
from tests.processes import interrupt

SERVE = """\
import sys
from pathlib import Path
from app.garbage_collection import collect_seldom
collect_seldom()
from app.server import serve
from indexer.settings import load_settings
data = Path(sys.argv[1])
serve(data, load_settings(data), port=0)
"""

PATIENCE = 60_000
"""Milliseconds: a shared machine may be slow, and only a failure waits this long."""

DESKTOP: ViewportSize = {"width": 1400, "height": 900}

CHROMIUM = shutil.which("chromium")

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@contextmanager
def served(data: Path) -> Iterator[str]:
    """Serve ``data`` from a process of its own; gives the address that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(data)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            yield next(word for word in process.stdout.readline().split() if "://" in word)
        finally:
            interrupt(process)


@pytest.fixture(scope="session")
def real_films(
    request: pytest.FixtureRequest, models: Models, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data directory of the films for development, or of the demo's; not to be changed.

    People are recognised in it, where that is installed.
    """
    demo = None if MEDIA.is_dir() else Path(request.getfixturevalue("indexed_once"))

    def make(folder: Path) -> None:
        data, films = folder / "data", None
        if demo is None:
            films = beginnings(MEDIA, folder / "films")
            data.mkdir()
        else:
            copy_data(demo, data)
        if find_spec("dlib") is not None:
            (data / SETTINGS_FILE).write_text("[who]\nenabled = true\n")
        index(films, data, models)
        with Database.of(data) as database:
            take_in(Catalogue(data), load_settings(data), database, pytest.fail)

    return once(tmp_path_factory, "real", make) / "data"


def beginnings(films: Path, folder: Path) -> Path:
    """Make ``folder``, with 45 seconds of each film in ``films``, and its sidecars."""
    folder.mkdir()
    for film in discover([films]).files:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(film)]
        subprocess.run(
            [*command, "-t", "45", "-c", "copy", str(folder / film.name)],
            check=True,
            stdin=subprocess.DEVNULL,
        )
        for sidecar in sidecars(film):
            shutil.copy(sidecar, folder)
    return folder


def sidecars(film: Path) -> list[Path]:
    """Return the timed text that lies beside a film."""
    return [each for each in film.parent.glob(f"{film.stem}.*") if each.suffix in (".srt", ".vtt")]


@pytest.fixture(scope="session")
def data(real_films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that is served: real films; whoever changes something puts it back."""
    return copy_data(real_films, tmp_path_factory.mktemp("browser") / "data")


@pytest.fixture(scope="session")
def address(data: Path) -> Iterator[str]:
    """The address of the server over ``data``, without a slash at its end."""
    with served(data) as address:
        yield address


@pytest.fixture
def labels(data: Path) -> Iterator[LabelStore]:
    """The labels of ``data``, of which those of a test go with it."""
    with Database.of(data) as database:
        store = LabelStore(database)
        yield store
        for annotator in store.annotators():
            store.remove(annotator=annotator)


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserType]:
    """What starts Chromium."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a browser's profile, which keeps the scripts of the pages compiled."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="module")
def window(chromium: BrowserType, profile: Path) -> Iterator[BrowserContext]:
    """Headless Chromium with a profile."""
    window = chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ARGS, viewport=DESKTOP
    )
    yield window
    window.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A page of a desktop's size; cookies and what pages stored go with it.

    It is the one page of its window: the next test loads the scripts in half the time.
    """
    page = window.pages[0]
    be_patient(page)
    page.set_viewport_size(DESKTOP)
    yield page
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    for opened in window.pages[1:]:
        opened.close()
    window.clear_cookies()


@pytest.fixture
def second_page(chromium: BrowserType) -> Iterator[Page]:
    """A page of a second person's browser."""
    with chromium.launch(executable_path=CHROMIUM, args=ARGS) as browser:
        page = browser.new_page(viewport=DESKTOP)
        be_patient(page)
        yield page


def be_patient(page: Page) -> None:
    """Let a page wait as long as a slow machine needs."""
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)


def hits_of(address: str, **search: Any) -> list[dict[str, Any]]:
    """Return the hits of a search, as the API gives them."""
    answer = httpx.get(f"{address}/api/v1/search", params=search, timeout=60)
    hits: list[dict[str, Any]] = answer.raise_for_status().json()["hits"]
    return hits


def press_more(card: Locator, name: str) -> None:
    """Press what is behind a card's button More."""
    card.get_by_role("button", name="More", exact=True).click()
    card.get_by_role("button", name=name).first.click()


def settled(page: Page) -> None:
    """Wait until the page's script has ended."""
    state = page.get_by_test_id("stApp")
    expect(state).to_have_attribute("data-test-script-state", "notRunning")
