"""Messages over a real connection, with signatures worked out by hand."""

import base64
import hashlib
import hmac
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.database.engine import Database
from app.saved.outbox import Letter, Outbox
from app.saved.records import Match, Message
from app.saved.sending import FIRST_PAUSE, LONGEST_PAUSE, RefusedError, deliver, pause, send
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from indexer.sections import WebhookSettings
from tests.app.saved.conftest import Receiver

HERE = WebhookSettings(private=True, timeout=2.0, attempts=3)
KEY = b"thirty-two bytes of a secret key"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def letter(url: str) -> Letter:
    return Letter("msg_1", url, SECRET, '{"title":"Bücher"}', 0)


def test_a_message_is_signed_as_the_specification_says(receiver: Receiver) -> None:
    send(letter(f"{receiver.url}/hook?a=b"), HERE, NOW)
    (headers,), (body,) = receiver.headers, receiver.bodies
    assert body == '{"title":"Bücher"}'
    assert headers["path"] == "/hook?a=b"
    assert headers["content-type"] == "application/json"
    assert f"http://{headers['host']}" == receiver.url
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_1", "1769860800")
    signed = f"msg_1.1769860800.{body}".encode()
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.parametrize(
    ("status", "final"), [(500, False), (302, False), (404, False), (410, True)]
)
def test_what_is_no_success_is_a_failure(receiver: Receiver, status: int, final: bool) -> None:
    receiver.status = status
    with pytest.raises(RefusedError, match=f"answered {status}") as refused:
        send(letter(f"{receiver.url}/hook"), HERE, NOW)
    assert refused.value.final is final
    assert [each["path"] for each in receiver.headers] == ["/hook"], "redirects are not followed"


def test_who_is_slow_or_away_is_told(receiver: Receiver) -> None:
    receiver.slow = 1.0
    with pytest.raises(RefusedError, match="timed out"):
        send(letter(receiver.url), WebhookSettings(private=True, timeout=0.2), NOW)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(RefusedError, match=f"http://localhost:{port}: "):
        send(letter(f"http://localhost:{port}"), HERE, NOW)
    with pytest.raises(RefusedError, match="leads nowhere"):
        send(letter("https://nowhere.invalid"), HERE, NOW)


@pytest.mark.parametrize(
    "dripped", [b"HTTP/1.1 200 OK\r\n" + b"X: " * 1000, b"HTTP/1.1 200 " + b"O" * 1000]
)
def test_a_receiver_that_drips_is_given_up_in_time(dripped: bytes) -> None:
    ended = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection = listener.accept()[0]
        with connection, suppress(OSError):
            for byte in dripped:
                connection.sendall(bytes([byte]))
                if ended.wait(0.05):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        dripping = threading.Thread(target=drip, args=(listener,))
        dripping.start()
        began = time.monotonic()
        with pytest.raises(RefusedError, match=r"timed out after 0\.3 s"):
            send(letter(url), WebhookSettings(private=True, timeout=0.3), NOW)
        assert time.monotonic() - began < 5, "the whole answer would take fifty seconds"
        ended.set()
        dripping.join()


def test_a_proxy_sees_no_message_to_a_private_receiver(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    send(letter(receiver.url), HERE, NOW)
    assert len(receiver.bodies) == 1


def test_a_private_address_is_never_connected_to(receiver: Receiver) -> None:
    port = receiver.url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "2130706433"):
        with pytest.raises(RefusedError, match=r"setting webhooks\.private"):
            send(letter(f"https://{host}:{port}"), WebhookSettings(), NOW)
    assert receiver.bodies == []


def test_pauses_grow_to_a_day() -> None:
    pauses = [pause(attempts).total_seconds() for attempts in range(9)]
    # Chance adds up to a tenth, also to those that are as long as they get.
    assert all(before <= 1.1 * after for before, after in pairwise(pauses))
    assert FIRST_PAUSE <= pauses[0] <= 1.1 * FIRST_PAUSE
    assert LONGEST_PAUSE <= pauses[8] <= 1.1 * LONGEST_PAUSE


def test_what_fails_is_tried_again_later_and_given_up_in_the_end(
    database: Database, receiver: Receiver
) -> None:
    outbox, time = Outbox(database), datetime.now(UTC)

    def clock() -> datetime:
        return time

    saved, _ = SavedStore(database).add("All", SearchRequest(), webhook=receiver.url)
    about = {"saved_id": saved.id, "name": "All", "title": "A film", "found": 0, "hits": []}
    time += timedelta(minutes=1)
    told = [
        Message(timestamp=time, data=Match.model_validate(about | {"title_id": name}))
        for name in ("one", "two")
    ]
    outbox.put(saved, told, time, time)
    receiver.status = 503
    assert deliver(outbox, HERE, clock) == (0, 2)
    assert deliver(outbox, HERE, clock) == (0, 0), "not before its time"
    time += pause(0) * 1.1
    assert deliver(outbox, HERE, clock) == (0, 2)
    receiver.status = 204
    time += pause(1) * 1.1
    assert deliver(outbox, HERE, clock) == (2, 0)
    ids = [each["webhook-id"] for each in receiver.headers]
    assert sorted(ids) == sorted(2 * ids[:2] + ids[:2]), "the same id at every attempt"
    assert len(set(ids)) == 2
    outbox.put(saved, told[:1], time + timedelta(1), time)
    assert deliver(outbox, HERE, clock) == (0, 0), "it arrived already"
    receiver.status = 500
    later = Message(timestamp=time, data=told[0].data)
    outbox.put(saved, [later], time + timedelta(2), time)
    for attempt in range(HERE.attempts):
        assert deliver(outbox, HERE, clock) == (0, 1)
        time += pause(attempt) * 1.1
    assert deliver(outbox, HERE, clock) == (0, 0)
    assert "given up" in [each.state for each in outbox.of(saved)]
