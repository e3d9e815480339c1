"""What operating the API needs: ids, logs, metrics, readiness, compression, other sites."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.runtime import Runtime
from indexer.settings import load_settings
from tests.app.api.conftest import client_of


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_keeps_its_id_from_the_caller_to_the_log(runtime: Runtime) -> None:
    log = io.StringIO()
    answer = client_of(runtime, log=log).get(
        "/api/v1/search", params={"q": "a secret wish"}, headers={"X-Request-ID": "promo-17"}
    )
    assert answer.headers["x-request-id"] == "promo-17"
    (line,) = lines(log)
    assert line["request_id"] == "promo-17"
    assert (line["route"], line["status"]) == ("/v1/search", 200)
    assert line["ms"] > 0
    assert "secret" not in log.getvalue()


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 101, 'a"}{"level":"error'])
def test_an_id_is_made_where_none_can_be_taken(client: TestClient, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-ID": given}
    ids = {
        client.get(path, headers=headers).headers["x-request-id"]
        for path in ("/api/healthz", "/api/v1/nothing")
    }
    assert len(ids) == 2
    assert all(len(each) == 32 for each in ids)


def test_a_path_cannot_write_a_line_of_its_own_into_the_log(runtime: Runtime) -> None:
    log = io.StringIO()
    client_of(runtime, log=log).get("/api/v1/a%0a%1b%5b2J")
    (line,) = lines(log)
    assert line["path"] == "/v1/a%0A%1B%5B2J"
    assert line["route"] == "unknown"


class Broken(Runtime):
    """A runtime with a fault in it."""

    def titles(self) -> Any:
        raise ZeroDivisionError("inside /home/me")


def test_a_fault_is_logged_and_counted_and_shown_to_nobody(tmp_path: Path) -> None:
    log = io.StringIO()
    client = client_of(Broken(tmp_path, load_settings(tmp_path)), log=log)
    answer = client.get("/api/v1/titles")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    assert "/home/me" not in answer.text
    assert "ZeroDivisionError" in next(each["exception"] for each in lines(log))
    assert sample(client, "reelfind_unexpected_errors_total", route="/v1/titles") == 1
    assert sample(client, "reelfind_http_requests_total", route="/v1/titles", status="500") == 1


def sample(client: TestClient, name: str, **labels: str) -> float:
    """The one sample of this name with these labels, as Prometheus would read it."""
    found = [
        each.value
        for family in text_string_to_metric_families(client.get("/api/metrics").text)
        for each in family.samples
        if each.name == name and labels.items() <= each.labels.items()
    ]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def test_metrics_count_requests_and_searches_by_route(client: TestClient, runtime: Runtime) -> None:
    for _ in range(3):
        client.get("/api/v1/search", params={"level": "shot"})
    for title in runtime.titles():
        client.get(f"/api/v1/titles/{title.title_id}")
    client.get("/api/v1/nowhere/at/all")
    assert sample(client, "reelfind_search_seconds_count", level="shot") == 3
    assert sample(client, "reelfind_http_request_seconds_count", route="/v1/search") == 3
    one = sample(client, "reelfind_http_requests_total", route="/v1/titles/{title_id}")
    assert one == len(runtime.titles())
    assert sample(client, "reelfind_http_requests_total", route="unknown", status="404") == 1
    assert sample(client, "reelfind_titles") == len(runtime.titles())
    assert sample(client, "reelfind_catalogue_state", state="ready") == 1
    assert sample(client, "reelfind_catalogue_state", state="broken") == 0


def test_ready_is_said_when_it_is_so(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/api/readyz").status_code == 200
    empty = client_of(Runtime(tmp_path, load_settings(tmp_path)))
    answer = empty.get("/api/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "empty" in answer.json()["detail"]
    assert empty.get("/api/healthz").status_code == 200


def test_long_answers_are_packed_and_films_are_not(client: TestClient, runtime: Runtime) -> None:
    path = "/api/v1/search?limit=20"
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = b"".join(answer.iter_raw())
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert json.loads(gzip.decompress(packed))["hits"] == plain.json()["hits"]
    assert len(packed) < len(plain.content) / 2
    title = runtime.titles()[0]
    film = client.get(
        f"/api/v1/media/{title.title_id}",
        headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9999"},
    )
    assert "content-encoding" not in film.headers
    assert film.content == Path(title.path).read_bytes()[:10_000]


def test_other_sites_may_call_only_where_they_are_named(runtime: Runtime) -> None:
    ask = {"Origin": "https://promo.example.org", "Access-Control-Request-Method": "POST"}
    closed = client_of(runtime).options("/api/v1/search", headers=ask)
    assert "access-control-allow-origin" not in closed.headers
    named = client_of(runtime, origins=["https://promo.example.org"])
    allowed = named.options("/api/v1/search", headers=ask)
    assert allowed.headers["access-control-allow-origin"] == "https://promo.example.org"
    other = named.get("/api/v1/titles", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
