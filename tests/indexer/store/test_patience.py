"""A server that goes away: asked again, waited for, or told of at once."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from qdrant_client import QdrantClient, models

from indexer.errors import ReelfindError, ServerAwayError
from indexer.sections import StoreSettings
from indexer.store.client import ClientStore
from indexer.store.patience import LONGEST_PAUSE, Patience
from indexer.store.schema import CollectionSchema

URL = "https://qdrant.test"
COUNTED = httpx.Response(200, json={"result": {"count": 7}, "status": "ok", "time": 0.0})


class Clock:
    """Remembers pauses instead of making them, and advances the clock that is asked for them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pauses: list[float] = []
        self.now = 0.0
        monkeypatch.setattr("tenacity.time.monotonic", lambda: self.now)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def failing(times: int, error: Exception | None = None) -> Callable[[], str]:
    """A request that is answered after ``times`` failures."""
    left = iter([error or ServerAwayError("away")] * times)

    def ask() -> str:
        for failure in left:
            raise failure
        return "answer"

    return ask


def test_a_short_absence_goes_unnoticed(clock: Clock) -> None:
    assert Patience(5, pause=clock.pause).ask(failing(3)) == "answer"
    assert len(clock.pauses) == 3
    assert clock.pauses[0] < clock.pauses[1] < clock.pauses[2] < 1.1


def test_a_long_one_is_told_after_some_seconds_and_then_at_once(clock: Clock) -> None:
    patience = Patience(5, pause=clock.pause)
    with pytest.raises(ServerAwayError):
        patience.ask(failing(100))
    waited = clock.now
    assert 2 < waited <= 5
    with pytest.raises(ServerAwayError):
        patience.ask(failing(1))
    assert clock.now == waited
    assert patience.ask(failing(0)) == "answer"
    assert patience.ask(failing(2)) == "answer"


def test_what_will_not_pass_is_not_repeated(clock: Clock) -> None:
    with pytest.raises(ReelfindError, match="wrong"):
        Patience(5, pause=clock.pause).ask(failing(1, ReelfindError("wrong")))
    assert clock.pauses == []


def test_a_server_is_left_alone_for_as_long_as_it_asks(clock: Clock) -> None:
    assert Patience(60, pause=clock.pause).ask(failing(1, ServerAwayError("busy", 30))) == "answer"
    assert clock.pauses == [30]


def test_indexing_waits_without_end_once_it_had_an_answer(clock: Clock) -> None:
    said: list[str] = []
    patience = Patience(5, said.append, clock.pause)
    with pytest.raises(ServerAwayError):
        patience.ask(failing(100))
    assert said == []
    patience.ask(failing(0))
    assert patience.ask(failing(500)) == "answer"
    assert clock.now > 4000
    assert max(clock.pauses) <= LONGEST_PAUSE + 1
    assert said == [
        "away. Waiting for it: nothing is lost, and Ctrl-C stops",
        "the Qdrant server answers again; going on",
    ]


def test_ctrl_c_ends_the_waiting() -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    patience = Patience(5, lambda _line: None, interrupted)
    patience.ask(failing(0))
    with pytest.raises(KeyboardInterrupt):
        patience.ask(failing(1))


@pytest.fixture
def served() -> Iterator[Callable[..., ClientStore]]:
    """A function that makes a store of a server with these answers, one after the other."""
    stores = []

    def serving(*answers: httpx.Response | Exception) -> ClientStore:
        left = iter(answers)

        def answer(_request: httpx.Request) -> httpx.Response:
            following = next(left)
            if isinstance(following, Exception):
                raise following
            return following

        client = QdrantClient(
            url=URL, transport=httpx.MockTransport(answer), check_compatibility=False
        )
        stores.append(ClientStore(client, URL, StoreSettings(patience=30)))
        return stores[-1]

    yield serving
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    "passing",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut off"),
        httpx.Response(503, text="starting"),
        httpx.Response(502, text="<html>"),
        httpx.Response(429, text="busy", headers={"Retry-After": "0"}),
    ],
    ids=repr,
)
def test_a_request_is_repeated_after_what_passes(
    served: Callable[..., ClientStore], passing: httpx.Response | Exception
) -> None:
    assert served(passing, COUNTED).count("a-clips") == 7


@pytest.mark.parametrize("status", [400, 401, 404, 500, 507])
def test_a_refusal_is_not_repeated(served: Callable[..., ClientStore], status: int) -> None:
    with pytest.raises(ReelfindError) as caught:
        served(httpx.Response(status, text="{}")).count("a-clips", models.Filter())
    assert not isinstance(caught.value, ServerAwayError)


def test_a_collection_whose_creation_timed_out_is_not_made_twice(
    served: Callable[..., ClientStore],
) -> None:
    def exists(found: bool) -> httpx.Response:
        return httpx.Response(200, json={"result": {"exists": found}, "status": "ok", "time": 0.0})

    refused = httpx.Response(500, json={"status": {"error": "reached the end"}})
    store = served(exists(False), httpx.ReadTimeout("slow"), exists(True), refused)
    with pytest.raises(ReelfindError, match="reached the end"):
        store.ensure_schema("a-clips", CollectionSchema({"context": 8}))
