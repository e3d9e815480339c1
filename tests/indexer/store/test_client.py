"""A server that fails: one line that names it and the next step."""

import socket
from collections.abc import Callable, Iterator

import httpx
import pytest
from qdrant_client import QdrantClient, models

from indexer.errors import ReelfindError
from indexer.sections import StoreSettings
from indexer.store.base import Nearest
from indexer.store.client import ClientStore, connect

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def server() -> Iterator[Callable[[Answer], ClientStore]]:
    """A function that makes a store of a server with the given answers."""
    stores = []

    def serving(answer: Answer) -> ClientStore:
        transport = httpx.MockTransport(answer)
        client = QdrantClient(
            url="https://qdrant.test", transport=transport, check_compatibility=False
        )
        stores.append(ClientStore(client, "https://qdrant.test", StoreSettings(patience=0)))
        return stores[-1]

    yield serving
    for store in stores:
        store.close()


def test_a_server_that_is_away() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with connect(url, None, StoreSettings(patience=0)) as store:
        for call in (store.current, store.collections, lambda: store.count("a-clips")):
            with pytest.raises(ReelfindError, match=f"^{url}: no usable answer .*start it, or"):
                call()


@pytest.mark.parametrize("url", ["qdrant:6333", "ftp://qdrant", "http://qdrant:99999"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ReelfindError, match=f"^{url}: .* like http://localhost:6333"):
        connect(url, None)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (401, "Must provide an API key", "refuses the API key; set REELFIND_QDRANT_API_KEY"),
        (403, "Forbidden", "refuses the API key"),
        (404, '{"status": {"error": "Not found"}}', "no collection a-clips; run `reelfind index`"),
        (500, '{"status": {"error": "No space left"}}', r"answered 500 \(No space left\)"),
        (502, "<html>", r"answered 502 \(Bad Gateway\)"),
        (200, "<html>", "no usable answer"),
        (429, '{"status": {"error": "slow down"}}', "answered 429|cannot answer now"),
    ],
)
def test_an_answer_that_is_no_use(
    server: Callable[[Answer], ClientStore], status: int, body: str, message: str
) -> None:
    headers = {"Retry-After": "3"} if status == 429 else {}
    store = server(lambda request: httpx.Response(status, text=body, headers=headers))
    with pytest.raises(ReelfindError, match=f"^https://qdrant.test: .*{message}") as caught:
        store.query("a-clips", Nearest(query=[1.0], using="context", limit=1))
    assert "\n" not in str(caught.value)


def test_the_key_is_sent() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("api-key"))
        return httpx.Response(401)

    client = QdrantClient(
        url="https://qdrant.test",
        api_key="secret",
        transport=httpx.MockTransport(answer),
        check_compatibility=False,
    )
    with ClientStore(client, "https://qdrant.test") as store:
        with pytest.raises(ReelfindError) as caught:
            store.count("a-clips", models.Filter())
        assert "secret" not in str(caught.value)
    assert seen == ["secret"]
