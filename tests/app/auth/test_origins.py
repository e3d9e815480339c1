"""Pages of other sites, and what they make a browser send."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from app.auth.authenticator import Authenticator
from indexer.settings import Settings
from tests.app.auth.conftest import server

SITE = "http://localhost:8501"


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"Origin": SITE}, False),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://localhost:3000"}, True),
        ({"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "http://127.0.0.1:8501"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://[", "Host": ""}, True),
        ({"Origin": "https://evil.example", "Authorization": "Bearer any"}, False),
    ],
)
def test_a_page_elsewhere_changes_nothing_of_an_open_server(
    authenticators: dict[bool, Authenticator], headers: dict[str, str], foreign: bool
) -> None:
    client = server(authenticators[False])
    for path in ("/api/any", "/upload/film.mp4", "/sign-in"):
        refused = client.post(path, headers=headers).status_code in (400, 403)
        assert refused is foreign, path
        if "Host" not in headers:
            assert client.get(path, headers=headers).status_code == 200, path
    if "Host" in headers:
        return
    try:
        with client.websocket_connect(f"ws{SITE[4:]}/_stcore/stream", headers=headers) as socket:
            assert socket.receive_text() == "the pages live"
            assert not foreign
    except WebSocketDisconnect:
        assert foreign


def test_a_refusal_below_the_api_is_a_problem(authenticators: dict[bool, Authenticator]) -> None:
    for headers, status in (
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 400),
    ):
        answer = server(authenticators[False]).post("/api/any", headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code == status


def test_other_sites_in_the_settings_call_the_api_and_no_pages(tmp_path: Path) -> None:
    settings = Settings(api={"origins": ["https://promo.example.org"]})
    client = server(Authenticator(tmp_path, settings, guarded=False))
    headers = {"Origin": "https://promo.example.org", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/any", headers=headers).status_code == 200
    assert client.post("/upload/film.mp4", headers=headers).status_code == 403
