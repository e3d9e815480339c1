"""The headers that every answer has."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.auth.headers import HEADERS, SafeHeaders


def test_every_answer_says_what_browsers_may_not_do_with_it() -> None:
    def own(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("own", headers={"Content-Security-Policy": "default-src 'none'"})

    def broken(_request: Request) -> PlainTextResponse:
        raise OSError

    app = SafeHeaders(Starlette(routes=[Route("/own", own), Route("/broken", broken)]))
    client = TestClient(app, raise_server_exceptions=False)
    for path, status in (("/own", 200), ("/nothing", 404), ("/broken", 500)):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["content-security-policy"] == (
            "default-src 'none'" if path == "/own" else HEADERS["Content-Security-Policy"]
        )
