"""The API over a real catalogue: the contract that other tools build on."""

import re
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from app.runtime import Runtime
from app.search.request import SearchRequest
from app.states import CatalogueState
from indexer.errors import ReelfindError
from indexer.settings import load_settings
from tests.app.api.conftest import client_of


@pytest.fixture
def film(client: TestClient, runtime: Runtime) -> tuple[str, bytes]:
    """The address of a film and the bytes it has on the disk."""
    title = runtime.titles()[0]
    return f"/api/v1/media/{title.title_id}", Path(title.path).read_bytes()


def test_healthz_tells_the_state_of_the_catalogue(client: TestClient, runtime: Runtime) -> None:
    body = client.get("/api/healthz").json()
    assert body["status"] == "ok"
    assert body["catalogue"]["kind"] == "ready"
    assert body["catalogue"]["titles"] == len(runtime.titles())


def test_titles_are_those_of_the_catalogue(client: TestClient, runtime: Runtime) -> None:
    expected = [title.model_dump(mode="json") for title in runtime.titles()]
    assert expected
    assert client.get("/api/v1/titles").json() == expected


SEARCHES: list[dict[str, Any]] = [
    {"q": "music"},
    {"q": "", "limit": 3},
    {"q": "a person", "level": "shot", "min_worthiness": 0.2},
    {"q": "a person", "tone": ["calm", "tense"], "genre": ["documentary", "drama"]},
]


@pytest.mark.parametrize("search", SEARCHES)
def test_address_and_body_give_the_answer_of_the_service(
    client: TestClient, runtime: Runtime, search: dict[str, Any]
) -> None:
    by_address = client.get("/api/v1/search", params=search).json()
    by_body = client.post("/api/v1/search", json=search).json()
    expected = runtime.search(SearchRequest(**search)).model_dump(mode="json")
    for answer in (by_address, by_body, expected):
        answer.pop("took_ms")
    assert by_address == by_body == expected


def test_unset_filters_leave_something_to_find(client: TestClient) -> None:
    hits = client.get("/api/v1/search", params={"limit": 5}).json()["hits"]
    assert 0 < len(hits) <= 5


@pytest.mark.parametrize("level", ["clip", "shot"])
def test_a_hit_names_the_shot_that_matched(client: TestClient, level: str) -> None:
    answer = client.get("/api/v1/search", params={"q": "music", "level": level}).json()
    assert answer["hits"]
    shots = client.get("/api/v1/search", params={"level": "shot", "limit": 200}).json()["hits"]
    by_id = {each["id"]: each for each in shots}
    for hit in answer["hits"]:
        match = hit["match"]
        shot = by_id[match["shot_id"]]
        assert (match["frame"], match["timecode"]) == (shot["start_frame"], shot["timecode_in"])
        assert hit["start_frame"] <= match["frame"] < hit["end_frame"]
        assert (match["route"], match["strength"]) == (
            hit["why"][0]["route"],
            hit["why"][0]["strength"],
        )
        assert 0 <= match["strength"] <= 1
    best = max(hit["match"]["strength"] for hit in answer["hits"])
    assert best == 1
    assert all(each["match"] is None for each in shots)


@pytest.mark.parametrize("nonsense", ["asdkjhaskjdh", "Fjskdlfjksd dkfjslkdf", "lkjfksa"])
def test_nonsense_finds_nothing(client: TestClient, nonsense: str) -> None:
    answer = client.get("/api/v1/search", params={"q": nonsense}).json()
    assert (answer["hits"], answer["found"], answer["cut"]) == ([], 0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", 0),
        ("min_worthiness", 2),
        ("level", "scene"),
        ("flavour", "sweet"),
        ("brightness", ["dim"]),
        ("q", "x" * 1001),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, field: str, value: Any) -> None:
    by_address = client.get("/api/v1/search", params={field: value})
    by_body = client.post("/api/v1/search", json={field: value})
    for answer in (by_address, by_body):
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert [each["field"].split(".")[0] for each in answer.json()["errors"]] == [field]


def test_a_body_that_is_no_json_is_a_problem(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/search", content="{", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_and_method_are_problems(client: TestClient) -> None:
    for answer, status in (
        (client.get("/api/v1/nothing"), 404),
        (client.delete("/api/v1/titles"), 405),
    ):
        assert answer.status_code == answer.json()["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_still_is_a_jpeg_that_is_sent_once(client: TestClient, runtime: Runtime) -> None:
    hit = runtime.search(SearchRequest(limit=1)).hits[0]
    address = f"/api/v1/stills/{hit.id}"
    first = client.get(address)
    assert first.status_code == 200
    assert first.headers["content-type"] == "image/jpeg"
    assert first.content.startswith(b"\xff\xd8")
    assert "max-age" in first.headers["cache-control"]
    for tag in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"If-None-Match": '"other"'}).content == first.content
    head = client.head(address)
    assert head.headers["content-length"] == str(len(first.content))
    assert head.content == b""


def test_media_comes_whole_or_in_ranges(client: TestClient, film: tuple[str, bytes]) -> None:
    address, content = film
    size = len(content)
    whole = client.get(address)
    assert whole.status_code == 200
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"].startswith("video/")
    assert whole.content == content
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=100-299", 100, 300),
        (f"bytes={size - 10}-", size - 10, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=5-{size * 2}", 5, size),
    ):
        part = client.get(address, headers={"Range": asked})
        assert part.status_code == 206, asked
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.content == content[start:end]


def test_media_in_several_ranges_at_once(client: TestClient, film: tuple[str, bytes]) -> None:
    address, content = film
    answer = client.get(address, headers={"Range": "bytes=0-9,100-109"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")
    assert content[0:10] in answer.content
    assert content[100:110] in answer.content


def test_a_range_outside_the_film_is_refused(client: TestClient, film: tuple[str, bytes]) -> None:
    address, content = film
    answer = client.get(address, headers={"Range": f"bytes={len(content)}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(content)}"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("asked", "status"), [("bytes=99999999-", 416), ("bytes=-0", 416), ("bytes=a-b", 400)]
)
def test_a_range_outside_a_still_is_refused_alike(
    client: TestClient, runtime: Runtime, asked: str, status: int
) -> None:
    address = f"/api/v1/stills/{runtime.search(SearchRequest(limit=1)).hits[0].id}"
    size = len(client.get(address).content)
    answer = client.get(address, headers={"Range": asked})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("content-range") == (f"bytes */{size}" if status == 416 else None)
    part = client.get(address, headers={"Range": "bytes=0-9"})
    assert (part.status_code, len(part.content)) == (206, 10)


def test_a_range_in_a_foreign_unit_is_ignored(client: TestClient, film: tuple[str, bytes]) -> None:
    address, content = film
    answer = client.get(address, headers={"Range": "frames=0-9"})
    assert (answer.status_code, answer.content) == (200, content)


def test_head_tells_the_size_of_a_film(client: TestClient, film: tuple[str, bytes]) -> None:
    address, content = film
    answer = client.head(address)
    assert answer.headers["content-length"] == str(len(content))
    assert answer.content == b""


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    for address in (f"stills/{uuid4()}", f"media/{'0' * 32}"):
        answer = client.get(f"/api/v1/{address}")
        assert answer.status_code == 404, address
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("id", ["..", "%2e%2e%2fetc%2fpasswd", "..%5c..%5cwin.ini", "a b", "%00"])
@pytest.mark.parametrize("group", ["stills", "media"])
def test_an_id_is_never_a_path(client: TestClient, group: str, id: str) -> None:
    answer = client.get(f"/api/v1/{group}/{id}")
    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_empty_catalogue_says_what_to_do(tmp_path: Path) -> None:
    runtime = Runtime(tmp_path, load_settings(tmp_path))
    client = client_of(runtime)
    assert client.get("/api/healthz").json()["catalogue"]["kind"] == "empty"
    answer = client.get("/api/v1/search", params={"q": "snow"})
    assert answer.status_code == 409
    assert "reelfind index" in answer.json()["detail"]
    runtime.close()


class Unready(Runtime):
    """A catalogue in a state that is hard to bring about."""

    def __init__(self, kind: Any, error: Exception) -> None:
        self.kind, self.error = kind, error
        self._loading = None

    def state(self) -> CatalogueState:
        return CatalogueState(self.kind, "what is so", "what to do", titles=1, progress=0.5)

    def search(self, request: SearchRequest) -> Any:
        raise self.error


@pytest.mark.parametrize(("kind", "status"), [("indexing", 503), ("broken", 503), ("ready", 409)])
def test_a_told_error_is_one_line_with_its_status(kind: str, status: int) -> None:
    client = client_of(Unready(kind, ReelfindError("the store: locked; stop the other")))
    answer = client.get("/api/v1/search")
    assert answer.status_code == status
    assert answer.json()["detail"] == "the store: locked; stop the other"
    assert ("retry-after" in answer.headers) == (kind == "indexing")


def test_it_is_ready_when_the_models_of_searches_are_loaded() -> None:
    runtime = Unready("ready", ReelfindError("no"))
    client = client_of(runtime)
    assert client.get("/api/readyz").status_code == 200
    loaded = threading.Event()
    runtime._loading = threading.Thread(target=loaded.wait)
    runtime._loading.start()
    answer = client.get("/api/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "models" in answer.json()["detail"]
    assert client.get("/api/healthz").status_code == 200
    loaded.set()
    runtime._loading.join()
    assert client.get("/api/readyz").status_code == 200


def test_an_unexpected_error_shows_nothing_of_the_inside() -> None:
    client = client_of(Unready("ready", ValueError("/home/me/secret")))
    answer = client.get("/api/v1/search")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_the_documentation_needs_nothing_from_outside(client: TestClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "//" not in "".join(re.findall(r'(?:src|href)="([^"]*)"', page.text))
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    described = re.search(r"url: '([^']*)'", page.text)
    assert described
    for address in [*loaded, described[1]]:
        assert client.get(address).status_code == 200, address


def test_every_route_is_described_with_what_it_answers(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    described = {path: sorted(methods) for path, methods in paths.items()}
    expected = {
        "/healthz": ["get"],
        "/readyz": ["get"],
        "/metrics": ["get"],
        "/v1/search": ["get", "post"],
        "/v1/facets": ["get", "post"],
        "/v1/similar": ["get"],
        "/v1/titles": ["get"],
        "/v1/titles/{title_id}": ["get"],
        "/v1/titles/{title_id}/shots": ["get"],
        "/v1/titles/{title_id}/clips": ["get"],
        "/v1/clips/{id}": ["get"],
        "/v1/clips/{id}/neighbours": ["get"],
        "/v1/shots/{id}": ["get"],
        "/v1/shots/{id}/neighbours": ["get"],
        "/v1/labels": ["delete", "get", "post"],
        "/v1/stills/{id}": ["get"],
        "/v1/media/{title_id}": ["get"],
    }
    assert expected.items() <= described.items()
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation["tags"], (method, path)
            assert "default" in operation["responses"], (method, path)
