"""The server below a path of a site with others, as a small proxy without a network gives it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import api_routes, create_api
from app.auth.authenticator import Authenticator
from app.auth.guard import Guard
from app.auth.keys import KeyStore
from app.auth.sessions import COOKIE
from app.base_path import BasePath
from app.database.engine import DATABASE, Database
from app.exports.cut import Cut
from app.exports.reel import PLAIN
from app.remote import Client
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.ui.shared import open_runtime, runtime_arguments
from indexer.settings import Settings
from tests.app.api.conftest import listening
from tests.app.auth.conftest import page, stream
from tests.app.mcp.conftest import answer, over_http
from tests.conftest import copy_data

BASE = "/reelfind"
SITE = "https://tools.example"


class Site:
    """A site that has an application below ``BASE`` and nothing elsewhere."""

    def __init__(self, app: ASGIApp, *, strips: bool) -> None:
        self._app = BasePath(app, BASE)
        self._strips = strips

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its path, or without."""
        path = scope["path"]
        if not path.startswith(BASE):
            await PlainTextResponse("something else", 404)(scope, receive, send)
            return
        inner = path.removeprefix(BASE) or "/" if self._strips else path
        await self._app({**scope, "path": inner, "raw_path": inner.encode()}, receive, send)


@pytest.fixture(params=[False, True], ids=["passes", "strips"])
def strips(request: pytest.FixtureRequest) -> bool:
    """Whether the proxy takes the path off."""
    return bool(request.param)


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    data = copy_data(indexed_once, tmp_path_factory.mktemp("base") / "data")
    # As pages open it: what it knows of the server comes through Streamlit's secrets.
    given = runtime_arguments(data, Settings(server={"base_path": f"{BASE}/"}))
    runtime = open_runtime(**given)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def application(runtime: Runtime) -> Starlette:
    """The API where the server puts it."""
    return Starlette(routes=api_routes(create_api(lambda: runtime, base_path=BASE)))


@pytest.fixture
def client(application: Starlette, strips: bool) -> TestClient:
    return TestClient(Site(application, strips=strips), base_url=SITE)


def get(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.is_success, answer.text
    return answer


@pytest.mark.parametrize("given", ["reelfind", "/reelfind", "/reelfind/"])
def test_a_path_may_have_slashes_around_it(given: str) -> None:
    assert Settings(server={"base_path": given}).server.base_path == BASE
    assert Settings(server={"base_path": "/"}).server.base_path == ""


@pytest.mark.parametrize("given", ["/api", "/api/x", "/../x", "/a b", "/ü", "//a//b", "/a?b"])
def test_what_is_no_path_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(server={"base_path": given})


def test_without_a_path_nothing_changes(application: Starlette) -> None:
    client = TestClient(BasePath(application, ""))
    assert get(client, "/api/healthz").json()["status"]
    assert client.get(f"{BASE}/api/healthz").status_code == 404


def test_the_servers_own_port_needs_no_path(application: Starlette) -> None:
    assert get(TestClient(BasePath(application, BASE)), "/api/healthz").json()["status"]


def test_a_link_without_the_slash_keeps_its_search() -> None:
    app = Starlette(routes=[Route("/", lambda asked: PlainTextResponse(str(asked.url.query)))])
    client = TestClient(BasePath(app, BASE), base_url=SITE)
    assert (
        client.get(f"{BASE}?q=snow%20%26%20ice&tone=tense").text == "q=snow%20%26%20ice&tone=tense"
    )
    assert client.get(BASE, follow_redirects=False).headers["location"] == f"{BASE}/"


def test_documentation_and_description_are_below_it(client: TestClient) -> None:
    for address in (f"{BASE}/api", f"{BASE}/api/"):
        docs = get(client, address)
        assert docs.url.path == f"{BASE}/api/docs"
        assert f"'{BASE}/api/openapi.json'" in docs.text
    described = get(client, f"{BASE}/api/openapi.json").json()
    assert [each["url"] for each in described["servers"]] == [f"{BASE}/api"]


def test_addresses_in_answers_lead_back(
    client: TestClient, runtime: Runtime, strips: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"Below {strips}"
    v1 = f"{BASE}/api/v1"
    hit = get(client, f"{v1}/search?limit=1").json()["hits"][0]
    assert get(client, f"{v1}/stills/{hit['id']}").headers["content-type"] == "image/jpeg"
    brief = client.post(f"{v1}/ads/candidates", json={"min_distance": 0, "earliest": 0})
    breaks = brief.json()["breaks"]
    stills = [each for found in breaks for each in (found["still_before"], found["still_after"])]
    assert get(client, next(filter(None, stills))).content
    item = {key: hit[key] for key in ("title_id", "start_frame", "end_frame")}
    made = client.post(f"{v1}/shortlists", json={"name": name, "items": [item]})
    assert get(client, made.headers["location"]).json()["name"] == name
    saved = client.post(f"{v1}/saved", json={"name": name, "request": {}})
    where = saved.headers["location"]
    feed = get(client, f"{where}/feed").json()
    assert feed["feed_url"] == f"{SITE}{where}/feed"
    assert feed["home_page_url"] == f"{SITE}{BASE}/"
    assert feed["items"][0]["url"].startswith(f"{SITE}{BASE}/title?id=")
    monkeypatch.setattr(runtime.reels, "_render", lambda cut, path, *_: path.write_bytes(b"film"))
    reel = runtime.reels.start(Cut("Cut", Fraction(25), "01:00:00:00", 64, 36, ()), PLAIN)
    while (found := runtime.reels.find(reel.reel_id)) and found.state != "done":
        pass
    assert found is not None
    assert get(client, str(found.file)).content == b"film"


def test_signing_in_stays_below_it(tmp_path: Path, strips: bool) -> None:
    with Database(tmp_path / DATABASE) as database:
        key = KeyStore(database).make("editor", "write")[0]
    authenticator = Authenticator(tmp_path, Settings(), guarded=True)
    routes = [
        Mount("/api", Starlette(routes=[Route("/any", page)])),
        WebSocketRoute("/_stcore/stream", stream),
        Route("/{rest:path}", page),
    ]
    guarded = Guard(Starlette(routes=routes), authenticator)
    client = TestClient(Site(guarded, strips=strips), base_url=SITE, follow_redirects=False)
    asked = client.get(f"{BASE}/title", headers={"Accept": "text/html"})
    assert asked.headers["location"] == f"{BASE}/sign-in"
    assert client.get(f"{BASE}/api/any").text == "the pages"
    form = client.get(asked.headers["location"])
    assert '<form method="post">' in form.text
    signed = client.post(asked.headers["location"], data={"key": key})
    assert signed.headers["location"] == f"{BASE}/"
    assert f"Path={BASE};" in f"{signed.headers['set-cookie']};"
    assert client.get(signed.headers["location"]).text == "the pages"
    with client.websocket_connect(f"wss://tools.example{BASE}/_stcore/stream") as socket:
        assert socket.receive_text() == "the pages live"
    assert client.get(f"{BASE}/sign-out").headers["location"] == f"{BASE}/sign-in"
    assert COOKIE not in client.cookies
    authenticator.close()


def test_the_client_and_assistants_reach_it(application: Starlette, strips: bool) -> None:
    site = Site(application, strips=strips)
    with listening(site) as (host, port), Client(f"http://{host}:{port}{BASE}/") as client:
        assert client.is_ready()
        assert client.search(SearchRequest(limit=1)).hits
    found = over_http(site, lambda mcp: answer(mcp, "search", limit=1), base_path=BASE)
    assert found["hits"]
