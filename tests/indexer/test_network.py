"""Which addresses a proxy of the environment may be asked for."""

from typing import Any

import pytest
from qdrant_client import QdrantClient

from indexer.network import may_use_proxy, without_user
from indexer.store.client import connect


@pytest.mark.parametrize(
    ("url", "may"),
    [
        *(("https://qdrant.example:6333", True), ("HTTPS://films.example", True)),
        *(("http://qdrant:6333", False), ("http://films.example", False)),
        *(
            ("https://localhost:6333", False),
            ("https://127.0.0.1", False),
            ("https://[::1]", False),
        ),
        *(("qdrant:6333", False), ("", False)),
    ],
)
def test_a_proxy_reads_no_key(url: str, may: bool) -> None:
    assert may_use_proxy(url) is may


def test_a_store_asks_no_proxy_where_it_would_read_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = []

    def client(**given: Any) -> QdrantClient:
        trusted.append(given["trust_env"])
        return QdrantClient(**given)

    monkeypatch.setattr("indexer.store.client.QdrantClient", client)
    for url in ("http://qdrant:6333", "https://a.example", "https://a.example,http://b.example"):
        connect(url, "key").close()
    assert trusted == [False, True, False]


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ("http://qdrant:6333", "http://qdrant:6333"),
        ("https://a:b@qdrant.example/x?y=1", "https://qdrant.example/x?y=1"),
        ("http://a:b@one , https://c:d/e@two:1/x,", "http://one, https://two:1/x"),
        ("http://a:b,c@one", "http://one"),
    ],
)
def test_addresses_are_shown_without_who_asks(setting: str, shown: str) -> None:
    assert without_user(setting) == shown
