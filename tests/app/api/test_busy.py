"""What is slow has places of its own: whoever finds none is told to come back."""

import base64
import io
import threading

import pytest
from PIL import Image

from app.service import Service
from tests.app.api.conftest import client_of


@pytest.fixture
def still() -> str:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "green").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("route", ["search", "facets"])
def test_a_picture_without_a_place_is_answered_503(
    service: Service, still: str, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(service)
    lane = service._sent._stills.lane
    monkeypatch.setattr(lane, "_patience", 0.01)
    with lane.place(), lane.place():
        answer = client.post(f"/api/v1/{route}", json={"still": still})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "too many pictures" in answer.json()["detail"]
        assert client.post(f"/api/v1/{route}", json={"q": "music"}).status_code == 200
    assert client.post(f"/api/v1/{route}", json={"still": still}).status_code == 200


def test_searches_go_on_while_a_picture_is_read(
    service: Service, still: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(service)
    reading, go_on = threading.Event(), threading.Event()
    read = service._sent._stills.read

    def slow(encoded: str) -> object:
        reading.set()
        assert go_on.wait(60)
        return read(encoded)

    monkeypatch.setattr(service._sent._stills, "read", slow)
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(client.post("/api/v1/search", json={"still": still}).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    assert reading.wait(60)
    assert client.get("/api/v1/search", params={"q": "music"}).status_code == 200
    assert client.get("/api/v1/facets").status_code == 200
    assert not statuses
    go_on.set()
    thread.join(60)
    assert statuses == [200]
