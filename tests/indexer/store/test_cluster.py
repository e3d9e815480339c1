"""A cluster with a node away: its other nodes are asked, and what passes is waited for."""

import warnings
from collections.abc import Iterator

import httpx
import pytest
from qdrant_client import models

from indexer.errors import ReelfindError, ServerAwayError
from indexer.sections import StoreSettings
from indexer.store.base import Nearest
from indexer.store.client import BATCH, connect
from indexer.store.sparse import Bm25Words
from tests.indexer.store import server as real
from tests.indexer.store.bare import BARE, shot
from tests.indexer.store.standin import UNAVAILABLE, StandIn, ask, standing_in

NODES = "http://one:6333,http://two:6333/behind/a/path, http://reader:hunter2@three"
AT_ONCE = StoreSettings(patience=0)


@pytest.fixture
def cluster() -> Iterator[StandIn]:
    with standing_in(replicas=2) as server:
        yield server


@pytest.fixture
def hosts(cluster: StandIn, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts that are asked, one after the other."""
    asked: list[str] = []
    answer = cluster.handle_request

    def noting(request: httpx.Request) -> httpx.Response:
        assert request.headers["Host"] == request.url.netloc.decode()
        asked.append(request.url.host)
        if request.url.host == "two":
            request.url = request.url.copy_with(
                path=request.url.path.removeprefix("/behind/a/path")
            )
        return answer(request)

    monkeypatch.setattr(cluster, "handle_request", noting)
    return asked


@pytest.mark.parametrize(
    "away",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("off"),
        httpx.ReadTimeout("slow"),
        502,
        503,
    ],
    ids=repr,
)
def test_the_next_address_is_asked_and_kept(
    cluster: StandIn, hosts: list[str], away: Exception | int
) -> None:
    with ask(cluster, NODES, AT_ONCE) as store:
        store.ensure_schema("a", BARE)
        assert set(hosts) == {"one"}
        cluster.hosts_away["one"] = away
        store.upsert("a", [shot(0)])
        assert store.count("a") == 1
        assert hosts[-3:] == ["one", "two", "two"]
        del cluster.hosts_away["one"]
        cluster.hosts_away["two"] = away
        assert store.count("a") == 1
        assert hosts[-2:] == ["two", "three"]
        cluster.hosts_away["three"] = away
        assert store.count("a") == 1
        assert hosts[-2:] == ["three", "one"]


def test_without_any_all_are_named_and_no_secret(cluster: StandIn, hosts: list[str]) -> None:
    cluster.hosts_away = dict.fromkeys(("one", "two", "three"), httpx.ConnectError("refused"))
    named = "http://one:6333, http://two:6333/behind/a/path, http://three: no usable answer"
    with ask(cluster, NODES, AT_ONCE) as store:
        with pytest.raises(ServerAwayError, match=f"^{named}") as caught:
            store.current()
        assert "hunter2" not in store.place + str(caught.value)
    assert hosts == ["one", "two", "three"]


def test_an_answer_that_is_a_refusal_comes_from_one_address(
    cluster: StandIn, hosts: list[str]
) -> None:
    with ask(cluster, NODES) as store, pytest.raises(ReelfindError, match="no collection a"):
        store.count("a")
    assert hosts == ["one"]


def test_a_write_waits_for_a_replica_and_is_repeated_until_both_have_it(
    cluster: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [shot(index) for index in range(2 * BATCH)]
    with ask(cluster, settings=StoreSettings(patience=60)) as store:
        store.ensure_schema("a", BARE)
        store.upsert("a", points[:3])
        cluster.replicas_away = {1}
        unequal: list[int] = []

        def pause(_seconds: float) -> None:
            unequal.append(cluster.count("a", 0) - cluster.count("a", 1))
            if len(unequal) == 2:
                cluster.replicas_away = set()

        monkeypatch.setattr(store._patience, "_pause", pause)
        store.upsert("a", points)
        assert unequal == [BATCH - 3] * 2
        assert cluster.count("a", 0) == cluster.count("a", 1) == len(points)
        cluster.replicas_away = {0}
        unequal.clear()
        store.delete("a", models.Filter())
        assert unequal == [len(points)] * 2
        assert cluster.count("a", 0) == cluster.count("a", 1) == 0


@pytest.mark.parametrize(
    ("status", "reason", "headers", "waits"),
    [
        (500, UNAVAILABLE, {}, 0),
        (500, "The replica set for shard 3 does not have enough active replicas", {}, 0),
        (500, "Service internal error: timed out", {}, 0),
        (500, "1 out of 1 shards failed, replica 2: No space left on device", {}, None),
        (500, "Service internal error: Vectors file is damaged", {}, None),
        (408, "Timeout error", {}, 0),
        (429, "slow down", {}, 0),
        (503, "overloaded", {"Retry-After": "7"}, 7),
        (429, "slow down", {"Retry-After": "7"}, 7),
        (503, "overloaded", {"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0),
        (503, "overloaded", {"Retry-After": "soon"}, 0),
    ],
)
def test_what_passes_is_told_from_what_stays(
    cluster: StandIn, status: int, reason: str, headers: dict[str, str], waits: float | None
) -> None:
    cluster.busy = [httpx.Response(status, json={"status": {"error": reason}}, headers=headers)]
    with ask(cluster, settings=AT_ONCE) as store, pytest.raises(ReelfindError) as caught:
        store.upsert("a", [shot(0)])
    away = caught.value
    assert isinstance(away, ServerAwayError) == (waits is not None)
    assert getattr(away, "seconds", None) == waits
    assert reason in str(away)


def test_scores_of_words_do_not_depend_on_a_cluster() -> None:
    words = Bm25Words()
    texts = ["dragon"] * 3 + ["dragon moon"] + ["river"] * 8

    def strengths(server: StandIn, settings: StoreSettings) -> list[float]:
        query = words.query("dragon moon")
        assert query is not None
        with ask(server, settings=settings) as store:
            store.ensure_schema("a", BARE)
            for index, text in enumerate(texts):
                point = shot(index)
                assert isinstance(point.vector, dict)
                vector = point.vector | {"words": words.document(text)}
                store.upsert("a", [point.model_copy(update={"vector": vector})])
            return [
                hit.score for hit in store.query("a", Nearest(query=query, using="words", limit=9))
            ]

    with standing_in() as alone, standing_in(shards=3) as divided:
        assert strengths(alone, StoreSettings()) != strengths(divided, StoreSettings())
    with pytest.MonkeyPatch.context() as patch, standing_in() as server:
        made: list[int | None] = []
        create = StandIn._put_collection

        def noting(server: StandIn, name: str, body: dict[str, int]) -> object:
            made.append(body.get("shard_number"))
            return create(server, name, body)

        patch.setattr(StandIn, "_put_collection", noting)
        strengths(server, StoreSettings())
        assert made == [1]


def test_a_title_that_is_gone_is_in_no_facet(cluster: StandIn) -> None:
    with ask(cluster) as store:
        store.ensure_schema("a", BARE)
        store.upsert("a", [shot(index) for index in range(6)])
        gone = models.FieldCondition(key="title", match=models.MatchValue(value="t1"))
        store.delete("a", models.Filter(must=[gone]))
        kept = [(hit.value, hit.count) for hit in store.facets("a", "title", limit=10)]
        assert kept == [("t0", 2), ("t2", 2)]


@pytest.mark.parametrize("key", [None, "", " ", "a-long-key"])
@pytest.mark.parametrize("url", ["http://qdrant.test:6333", "http://127.0.0.1:6333"])
def test_a_key_over_http_makes_no_warning(cluster: StandIn, url: str, key: str | None) -> None:
    sent: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("api-key"))
        return httpx.Response(401)

    with warnings.catch_warnings(record=True) as told, pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "handle_request", answer)
        with ask(cluster, url, key=key) as store, pytest.raises(ReelfindError, match="API key"):
            store.count("a")
    assert told == []
    assert sent == [key.strip() or None if key else None]


@pytest.mark.parametrize(
    "url", ["http://a:6333,b:6333", "http://a,b", "http://u:pass/word@a,http://b:none", " , "]
)
def test_a_list_that_is_none(url: str) -> None:
    with pytest.raises(ReelfindError, match="several with commas between them") as caught:
        connect(url, None)
    assert "word" not in str(caught.value)


def test_a_real_server_is_tried() -> None:
    if not real.HERE:
        pytest.skip(real.MISSING)
