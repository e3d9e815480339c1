"""Which addresses a proxy of the environment may be asked for."""

import pytest

from indexer.network import may_use_proxy
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
    monkeypatch.setattr(
        "indexer.store.client.QdrantClient", lambda **given: trusted.append(given["trust_env"])
    )
    connect("http://qdrant:6333", "key")
    connect("https://qdrant.example", "key")
    assert trusted == [False, True]
