"""Searching by a clip that is sent, and histograms, over HTTP."""

import base64
from pathlib import Path

import pytest
from starlette.testclient import TestClient


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_clip_finds_the_film_it_is_of(client: TestClient, films: Path) -> None:
    body = {"clip": encoded((films / "bikes.mp4").read_bytes()), "limit": 1}
    answer = client.post("/api/v1/search", json=body)
    assert answer.status_code == 200
    assert answer.json()["hits"][0]["title"] == "Bikes"
    assert answer.json()["query"] == {"limit": 1}


@pytest.mark.parametrize(
    "clip",
    ["no base64!", encoded(b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")],
    ids=["no base64", "a playlist"],
)
def test_what_is_no_clip_is_refused(client: TestClient, clip: str) -> None:
    answer = client.post("/api/v1/search", json={"clip": clip, "q": "a bicycle"})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["clip"]
    assert "passwd" not in answer.text


def test_histograms_follow_the_other_filters(client: TestClient) -> None:
    def ranges(query: str) -> dict[str, list[int]]:
        found = client.get(f"/api/v1/facets?level=shot&{query}").json()["ranges"]
        return {name: [each["count"] for each in bins] for name, bins in found.items()}

    everything, bikes = ranges(""), ranges("title=Bikes")
    assert sum(everything["duration"]) > sum(bikes["duration"]) > 0
    # Its own bounds do not narrow a histogram; they narrow the others.
    long = ranges("min_duration=2")
    assert long["duration"] == everything["duration"]
    assert sum(long["start"]) == sum(everything["duration"][1:])
