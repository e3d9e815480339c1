"""The best stills of titles and shortlists over HTTP, and their download."""

import io
import zipfile
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.runtime import Runtime
from app.shortlists.records import Item
from app.shortlists.store import ShortlistStore
from indexer.library import Library

TITLES = "/api/v1/titles"


@pytest.fixture
def bikes(runtime: Runtime) -> str:
    return Library(runtime.catalogue).find("bikes").title_id


def artwork(client: TestClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{path}/artwork", params=asked)
    assert answer.status_code == 200
    stills: list[dict[str, Any]] = answer.json()["stills"]
    return stills


def test_a_title_has_stills_that_can_be_seen(client: TestClient, bikes: str) -> None:
    found = artwork(client, f"{TITLES}/{bikes}", count=3)
    assert 1 <= len(found) <= 3
    assert len({each["frame"] for each in found}) == len(found)
    for each in found:
        assert each["title_id"] == bikes
        assert set(each["crops"]) == {"whole", "16:9", "2:3", "1:1", "9:16"}
        assert client.get(each["preview"]).headers["Content-Type"] == "image/jpeg"


def test_the_download_has_each_still_in_each_shape_as_large_as_the_film(
    client: TestClient, runtime: Runtime, bikes: str
) -> None:
    stills = artwork(client, f"{TITLES}/{bikes}", count=2)
    answer = client.get(
        f"{TITLES}/{bikes}/artwork/files",
        params={"count": 2, "shape": ["whole", "1:1"], "picture": "png"},
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert "artwork.zip" in answer.headers["Content-Disposition"]
    media = runtime.manifest(bikes).title.media
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        names = file.namelist()
        assert len(names) == 2 * len(stills)
        sizes = {}
        for name in names:
            with Image.open(io.BytesIO(file.read(name))) as picture:
                assert picture.format == "PNG"
                sizes[name] = picture.size
    whole = stills[0]["crops"]["whole"]
    assert sizes[names[0]] == (
        round(whole["right"] * media.width) - round(whole["left"] * media.width),
        round(whole["bottom"] * media.height) - round(whole["top"] * media.height),
    )
    width, height = sizes[names[1]]
    assert abs(width - height) <= 1
    assert names[1] == f"01 Bikes {stills[0]['frame']} 1x1.png"


def test_a_shortlist_has_stills_of_its_spans_alone(
    client: TestClient, runtime: Runtime, bikes: str
) -> None:
    (best, *_) = artwork(client, f"{TITLES}/{bikes}")
    store = ShortlistStore(runtime.database)
    items = (Item(bikes, best["frame"], best["frame"] + 1), Item("0" * 16, 0, 24))
    made = store.create("Artwork", items=items)
    path = f"/api/v1/shortlists/{made.shortlist_id}"
    try:
        assert [each["frame"] for each in artwork(client, path)] == [best["frame"]]
        answer = client.get(f"{path}/artwork/files")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
            assert [name.rpartition(".")[2] for name in file.namelist()] == ["webp"]
        empty = store.create("Nothing")
        refused = client.get(f"/api/v1/shortlists/{empty.shortlist_id}/artwork/files")
        assert refused.status_code == 409
        assert "no still is worth showing" in refused.json()["detail"]
    finally:
        for each in store.all():
            store.delete(each)


def test_a_title_that_is_not_there(client: TestClient) -> None:
    assert client.get(f"{TITLES}/{'0' * 16}/artwork").status_code == 404
    assert client.get(f"{TITLES}/{'0' * 16}/artwork/files").status_code == 404
