"""How long the pages take in a real browser, from the click until it is drawn.

    python -m bench.pages DATA [--shots 1500] [--runs 5]
    python -m bench.pages DATA --large LATENCY_DATA

Copies the data directory DATA, adds to it a film of feature length (its longest title, repeated),
serves the copy and drives headless Chromium over it: the page of the long title until its curves,
the stills in view and the clip at its start are drawn; and a search from Enter until its cards are.
With ``--large`` only that search, over the store of a directory that ``bench.latency`` has filled:
cards of generated clips, whose stills are not there, beside the films of DATA.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.long_title import TITLE_ID, add_long_title

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUERIES = ("snow and mountains", "a rabbit in a meadow", "a robot", "a forest", "people fighting")
TITLE_DRAWN = """() => {
    const at = (selector) => {
        for (const host of document.querySelectorAll('*')) {
            const found = host.shadowRoot?.querySelectorAll(selector);
            if (found?.length) return [...found];
        }
        return [];
    };
    const stills = at('.shot img');
    return at('.curves path').length && at('.lines li').length && stills.length
        && stills.every((still) => still.complete) && document.querySelector('.hits .hit');
}"""
SEARCH_DRAWN = "(id) => document.querySelector('.hits .hit')?.dataset.id !== id"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--shots", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large", type=Path, help="kept by `bench.latency --data`")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.data.parent) as folder:
        data = Path(folder) / "data"
        # The store reserves far more than it fills; shutil would write it all.
        subprocess.run(["cp", "-r", "--sparse=always", args.data, data], check=True)
        if args.large:
            shutil.rmtree(data / "store")
            subprocess.run(["cp", "-r", "--sparse=always", args.large / "store", data], check=True)
            title = "a large catalogue"
        else:
            long = add_long_title(data, args.shots)
            title = f"{long.shots} shots, {long.clips} clips, {long.seconds / 60:.0f} minutes"
        reelfind = str(Path(sys.executable).with_name("reelfind"))
        command = [reelfind, "serve", "--data", str(data), "--port", "0"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            try:
                address = next(word for word in server.stdout.readline().split() if "://" in word)
                measured = measure(address, args.runs, titles=not args.large)
            finally:
                server.terminate()
    table = Table(title=title)
    for name in ("what", "median", "worst"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, times in measured.items():
        worst, median = max(times), statistics.median(times)
        table.add_row(what, f"{median * 1000:.0f} ms", f"{worst * 1000:.0f} ms")
    Console().print(table)


def measure(address: str, runs: int, *, titles: bool) -> dict[str, list[float]]:
    """Return the seconds of each run of each thing that is measured; ``titles``: theirs too."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(120_000)
        page.goto(f"{address}/?q=warm")  # loads the networks, and the browser's own files
        page.locator(".hits .hit, [data-testid=stAlert]").first.wait_for()
        measured = {"search, Enter to cards": [search(page, address, n) for n in range(runs)]}
        if titles:
            by_link = [open_by_address(page, address) for _ in range(runs)]
            from_hits = [open_from_a_hit(page, address) for _ in range(runs)]
            measured |= {"title, by a link": by_link, "title, from a hit": from_hits}
        browser.close()
    return measured


def open_by_address(page: Page, address: str) -> float:
    """Return the seconds of a whole load of the page."""
    page.goto("about:blank")
    return timed(
        lambda: page.goto(f"{address}/title?id={TITLE_ID}", wait_until="commit"),
        lambda: page.wait_for_function(TITLE_DRAWN),
    )


def open_from_a_hit(page: Page, address: str) -> float:
    """Return the seconds from a click on the search page."""
    page.goto(f"{address}/?title={TITLE_ID}&limit=12")
    link = page.locator(".hits .hit a").first
    link.wait_for()
    return timed(link.click, lambda: page.wait_for_function(TITLE_DRAWN))


def search(page: Page, address: str, number: int) -> float:
    """Return the seconds from Enter in the search box until other cards are there."""
    if number == 0:
        page.goto(address)
    page.locator(".hits .hit").first.wait_for()
    before = page.locator(".hits .hit").first.get_attribute("data-id")
    box = page.get_by_role("textbox", name="Search")
    box.fill(QUERIES[number % len(QUERIES)])
    return timed(
        lambda: box.press("Enter"), lambda: page.wait_for_function(SEARCH_DRAWN, arg=before)
    )


def timed(act: Callable[[], object], wait: Callable[[], object]) -> float:
    """Return the seconds from an act until what is waited for."""
    began = time.perf_counter()
    act()
    wait()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
