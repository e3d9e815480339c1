"""The page on which others review a shortlist: one file, which loads the rest by its key."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

REVIEW = "/review"

_UI = Path(__file__).parents[1] / "ui" / "components"
_STYLES = (_UI / "player" / "player.css", _UI / "playlist" / "playlist.css")
_SCRIPTS = (
    *(_UI / "player" / f"{name}.js" for name in ("timecode", "transport", "keys", "reason")),
    _UI / "playlist" / "playlist.js",
)
_HERE = Path(__file__).parent / "page"


def address_of(base_path: str, key: str) -> str:
    """Return the address of the page for the link with a key."""
    return f"{base_path}{REVIEW}?key={key}"


def review_route() -> Route:
    """Return the route of the page."""
    return Route(REVIEW, _answer)


async def _answer(_request: Request) -> HTMLResponse:
    page, policy = _page()
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        # The address has the key in it.
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    return HTMLResponse(page, headers=headers)


@cache
def _page() -> tuple[str, str]:
    """Return the page, and the policy that lets its own style and script run and nothing else."""
    style = _joined(*_STYLES, _HERE / "review.css")
    script = _joined(*_SCRIPTS, _HERE / "review.js")
    player = (_UI / "playlist" / "playlist.html").read_text("utf-8")
    page = (_HERE / "review.html").read_text("utf-8").replace("<!-- player -->", player)
    page = page.replace("/* style */", style).replace("/* script */", script)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return page, policy


def _joined(*files: Path) -> str:
    return "\n".join(each.read_text("utf-8") for each in files)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
