"""Take pictures of the pages: ``python -m bench.screenshots DATA OUT_DIR``.

Serves the data directory on a free port, in a process of its own, and drives headless
Chromium over every page, in both looks and in the width of a phone.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LOOKS: tuple[Literal["dark", "light"], ...] = ("dark", "light")
WIDTHS = {"wide": (1400, 1000), "phone": (390, 844)}
PATIENCE = 120_000
"""Milliseconds: the first search loads the networks."""
README_WIDTH = 1100
"""Pixels: as wide as a README shows a picture, so that the three it has stay small."""
README = ("search-dark-wide", "title-dark-wide", "shortlist-light-wide")
SETTLED = """() => {
    const within = (root) => [...root.querySelectorAll('*')].flatMap(
        (each) => [each, ...(each.shadowRoot ? within(each.shadowRoot) : [])]);
    const inView = (box) => box.top < innerHeight && box.left < innerWidth && box.width > 0;
    const app = document.querySelector('[data-testid=stApp]');
    return app?.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton]')
        && within(document)
            .filter((each) => each.matches('img') && inView(each.getBoundingClientRect()))
            .every((still) => still.complete);
}"""
"""The page's script has ended, and every picture in view is there."""


@dataclass(frozen=True)
class View:
    """A page to take a picture of: its address, and what to do there first."""

    name: str
    address: str
    prepare: Callable[[Page], None] | None = None


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
            address = address_of(server)
            take_all(views(address, args.query), args.out)
        finally:
            server.terminate()
    shrink(args.out)


def address_of(server: subprocess.Popen[str]) -> str:
    """Return the address that the server prints once it answers."""
    assert server.stdout is not None
    for line in server.stdout:
        for word in line.split():
            if word.startswith("http://"):
                return word
    raise SystemExit("the server ended before it answered; run `reelfind serve` to see why")


def views(address: str, query: str) -> list[View]:
    """Return every page of the application, with something on it."""
    titles: list[dict[str, Any]] = httpx.get(f"{address}/api/v1/titles", timeout=60).json()
    if not titles:
        raise SystemExit("nothing is indexed there; run `reelfind index` first")
    longest = max(titles, key=lambda each: float(each["duration_seconds"]))
    middle = int(longest["duration_seconds"] * 8)
    return [
        View("search", f"{address}/?q={query}"),
        View("list", f"{address}/?q={query}&view=list&density=compact"),
        View("play", f"{address}/?q={query}", play),
        View("saved", f"{address}/saved?id={saved_of(address, query)}"),
        View("briefs", f"{address}/briefs?text={query}&cat=pets&avoid=gruesome&min_distance=20"),
        View("title", f"{address}/title?id={longest['title_id']}&frame={middle}", rest),
        View("shortlists", f"{address}/shortlist"),
        View("shortlist", f"{address}/shortlist?id={shortlist_of(address, query)}"),
        View("titles", f"{address}/catalogue"),
        View("quality", f"{address}/quality"),
        View("settings", f"{address}/settings"),
    ]


def shortlist_of(address: str, query: str) -> str:
    """Return the id of a shortlist; where there is none yet, of one made of the first hits."""
    api = f"{address}/api/v1"
    known = httpx.get(f"{api}/shortlists", timeout=60).raise_for_status().json()
    if known:
        return str(known[0]["shortlist_id"])
    hits = httpx.get(f"{api}/search", params={"q": query, "limit": 5}, timeout=60).json()["hits"]
    keys = ("title_id", "start_frame", "end_frame")
    items = [{key: hit[key] for key in keys} for hit in hits]
    new = {"name": "Spring trailer", "target_seconds": 60, "items": items}
    made = httpx.post(f"{api}/shortlists", json=new, timeout=60).raise_for_status().json()
    return str(made["shortlist_id"])


def saved_of(address: str, query: str) -> str:
    """Return the id of a saved search; where there is none yet, of one made of the words."""
    api = f"{address}/api/v1/saved"
    known = httpx.get(api, timeout=60).raise_for_status().json()
    if known:
        return str(known[0]["id"])
    new = {"name": query.capitalize(), "request": {"q": query}}
    return str(httpx.post(api, json=new, timeout=60).raise_for_status().json()["id"])


def play(page: Page) -> None:
    """Start the first hit and let it play for a moment."""
    page.locator(".hit .play").first.click()
    page.locator("video").wait_for()
    page.wait_for_timeout(2000)


def rest(page: Page) -> None:
    """Wait until the player shows its frame."""
    page.locator("video").wait_for()
    page.locator(".shot.now").wait_for()
    page.wait_for_timeout(1500)


def take_all(pages: list[View], out: Path) -> None:
    """Save every page in both looks and both widths under ``out``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        for look in LOOKS:
            for name, (width, height) in WIDTHS.items():
                for view in pages:
                    take(browser, look, (width, height), view, out / f"{view.name}-{look}-{name}")
        browser.close()


def take(
    browser: Browser,
    look: Literal["dark", "light"],
    size: tuple[int, int],
    view: View,
    path: Path,
) -> None:
    """Save one picture."""
    width, height = size
    page = browser.new_page(color_scheme=look, viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE)
    page.goto(view.address)
    page.wait_for_function(SETTLED)
    if view.prepare is not None:
        view.prepare(page)
    page.wait_for_timeout(1000)
    page.wait_for_function(SETTLED)
    page.screenshot(path=path.with_suffix(".png"))
    page.close()


def shrink(out: Path) -> None:
    """Write the pictures of the README beside the others, as small WebP."""
    for name in README:
        with Image.open(out / f"{name}.png") as picture:
            height = round(picture.height * README_WIDTH / picture.width)
            smaller = picture.convert("RGB").resize(
                (README_WIDTH, height), Image.Resampling.LANCZOS
            )
        smaller.save(out / f"{name.split('-')[0]}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
