"""The real server where keys are needed: signing in with a browser, and the command line."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from app.auth.keys import KeyStore
from app.database.engine import DATABASE, Database
from app.running import FILE
from tests.conftest import copy_data
from tests.processes import interrupt

REELFIND = [sys.executable, "-m", "app.cli.main"]
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PATIENCE = 60_000
"""Milliseconds."""


@pytest.fixture(scope="module")
def data(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_data(indexed_once, tmp_path_factory.mktemp("sign-in") / "data")


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """A server that asks for keys, as it prints its address."""
    with subprocess.Popen(
        [*REELFIND, "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "REELFIND_SERVER__KEYS": "always"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "No key exists yet" in process.stderr.readline()
        yield next(word for word in process.stdout.readline().split() if "://" in word)
        interrupt(process)


@pytest.fixture(scope="module")
def key(data: Path, address: str) -> str:
    """A key that is made while the server runs."""
    with Database(data / DATABASE) as database:
        store = KeyStore(database)
        return store.make("editor", "write")[0]


def test_the_command_line_comes_in_and_others_do_not(data: Path, address: str) -> None:
    assert httpx.get(f"{address}/api/v1/titles").status_code == 401
    page = httpx.get(address, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert stat.S_IMODE((data / FILE).stat().st_mode) == 0o600
    search = [*REELFIND, "search", "music", "--data", str(data), "--json"]
    found = subprocess.run(search, capture_output=True, text=True, check=True)
    assert json.loads(found.stdout)["hits"]


@pytest.mark.browser
def test_a_browser_signs_in_and_sees_stills(address: str, key: str) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.get_by_label("Your key").fill("rf_wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("not known")
        page.get_by_label("Your key").fill(key)
        page.get_by_role("button", name="Sign in").click()
        page.locator(".card").first.wait_for()
        page.wait_for_function("document.querySelector('.card img').naturalWidth > 0")
        browser.close()
