"""Take pictures of the pages: ``python docs/screenshots.py DATA OUT_DIR``.

Serves the data directory on a free port, in a process of its own, and drives headless
Chromium over it, in both looks and in the width of a phone.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LOOKS: tuple[Literal["dark", "light"], ...] = ("dark", "light")
SETTLED = """() => !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('.card img')]
        .filter(still => still.getBoundingClientRect().top < innerHeight)
        .every(still => still.complete)"""
"""Nothing in view is a placeholder any more; stills further down are loaded when scrolled to."""
WIDTHS = {"wide": (1400, 1000), "phone": (390, 844)}


def main() -> None:
    """Serve, take every picture, and stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--query", default="snow and mountains")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    reelfind = str(Path(sys.executable).with_name("reelfind"))
    command = [reelfind, "serve", "--data", str(args.data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            take_all(address_of(server), args.out, args.query)
        finally:
            server.terminate()


def address_of(server: subprocess.Popen[str]) -> str:
    """Return the address that the server prints once it answers."""
    assert server.stdout is not None
    for line in server.stdout:
        for word in line.split():
            if word.startswith("http://"):
                return word
    raise SystemExit("the server ended before it answered; run `reelfind serve` to see why")


def take_all(address: str, out: Path, query: str) -> None:
    """Save every page in both looks and both widths under ``out``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        for look in LOOKS:
            for name, (width, height) in WIDTHS.items():
                page = open_page(browser, look, width, height)
                take(page, address, query, out, f"{look}-{name}")
                page.close()
        browser.close()


def open_page(browser: Browser, look: Literal["dark", "light"], width: int, height: int) -> Page:
    """Return a page of that look and size in CSS pixels."""
    return browser.new_page(color_scheme=look, viewport={"width": width, "height": height})


def take(page: Page, address: str, query: str, out: Path, suffix: str) -> None:
    """Save the search, a clip that plays, and the titles."""
    page.goto(f"{address}/?q={query}")
    page.locator(".card img").first.wait_for()
    page.wait_for_function(SETTLED)
    page.screenshot(path=out / f"search-{suffix}.png")
    page.get_by_role("button", name="Play").first.click()
    page.locator("video").wait_for()
    page.wait_for_timeout(2000)
    page.screenshot(path=out / f"play-{suffix}.png")
    page.goto(f"{address}/catalogue")
    page.get_by_test_id("stDataFrame").wait_for()
    page.wait_for_timeout(1000)
    page.screenshot(path=out / f"titles-{suffix}.png")


if __name__ == "__main__":
    main()
