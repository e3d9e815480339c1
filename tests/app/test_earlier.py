"""An index that an earlier version made: search, HTTP and command line say so, and go on."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from app.runtime import Runtime
from app.search.request import SearchRequest
from app.shortlists.spans import item_of_hit
from app.titles.files import still_of_point
from indexer.catalogue import Catalogue
from indexer.models import Models
from indexer.settings import load_settings
from indexer.store.names import pair
from indexer.store.open import open_store
from indexer.traits import VALUES
from indexer.versions import SCHEMA_VERSION, version_of
from tests.app.api.conftest import client_of
from tests.app.cli.conftest import Reelfind, reelfind
from tests.conftest import copy_data, films_of_its_own

__all__ = ["reelfind"]

NOTICE = "The index was made by an earlier version of Reelfind, so nothing is found by context."


@pytest.fixture
def runtime(indexed_earlier: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed_earlier, load_settings(indexed_earlier), models)
    yield runtime
    runtime.close()


def test_search_goes_on_by_the_routes_that_fit(runtime: Runtime) -> None:
    answer = runtime.search(SearchRequest(q="music", tail="keep"))
    routes = {why.route for hit in answer.hits for why in hit.why}
    assert {"picture", "words"} <= routes <= {"picture", "dialogue", "words"}
    assert answer.notice.startswith(NOTICE)
    like = runtime.search(SearchRequest(like=[answer.hits[0].id]))
    assert like.hits


def test_what_is_known_by_its_id_is_found(runtime: Runtime) -> None:
    hit = runtime.search(SearchRequest(q="music")).hits[0]
    item = item_of_hit(runtime, hit.id)
    assert (item.title_id, item.start_frame) == (hit.title_id, hit.start_frame)
    assert still_of_point(runtime, hit.id).is_file()


def test_the_state_has_the_next_step(runtime: Runtime) -> None:
    state = runtime.state()
    assert state.kind == "ready"
    assert state.notice.startswith(NOTICE)
    assert state.next_step == f"reelfind index --data {runtime.catalogue.path}"


def test_over_http(runtime: Runtime) -> None:
    client = client_of(runtime)
    answer = client.get("/api/v1/search", params={"q": "music"})
    assert answer.status_code == 200
    assert answer.json()["notice"].startswith(NOTICE)
    refused = client.get("/api/v1/search", params={"q": "music", "routes": "context"})
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["errors"][0]["field"] == "routes"
    assert "reelfind index" in refused.json()["detail"]
    ready = client.get("/api/readyz")
    assert ready.status_code == 200
    assert ready.json()["notice"].startswith(NOTICE)
    assert client.get("/api/healthz").json()["catalogue"]["notice"].startswith(NOTICE)
    title = client.get("/api/v1/titles").json()[0]["title_id"]
    clip = client.get(f"/api/v1/titles/{title}/clips").json()["clips"][0]
    assert client.get(f"/api/v1/stills/{clip['id']}").status_code == 200


def test_an_index_that_cannot_be_read_is_told_everywhere_in_one_line(
    indexed_earlier: Path, models: Models, tmp_path: Path, reelfind: Reelfind
) -> None:
    data = copy_data(indexed_earlier, tmp_path / "data")
    with open_store(Catalogue(data).store_path, None, None) as store:
        earlier = store.current()
        assert earlier is not None
        later = f"{earlier}-{SCHEMA_VERSION + 1}"
        for source, target in zip(pair(earlier), pair(later), strict=True):
            store.ensure_schema(target, store.schema(source))
        store.set_current(later)
    ran = reelfind("search", "music", "--data", data)
    assert ran.code == 1
    assert "run `reelfind index` to fill it anew" in ran.err
    runtime = Runtime(data, load_settings(data), models)
    client = client_of(runtime)
    for address in ("/api/v1/search", "/api/v1/facets", f"/api/v1/stills/{uuid4()}"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith(f"the index {later} was made by another version")
    assert client.get("/api/readyz").status_code == 503
    assert runtime.state().kind == "broken"
    runtime.close()
    assert reelfind("index", "--data", data).code == 0
    assert reelfind("search", "music", "--data", data).err == ""


def test_the_command_line_says_so_and_mends_it(
    reelfind: Reelfind, indexed_earlier: Path, films: Path, tmp_path: Path
) -> None:
    data = copy_data(indexed_earlier, tmp_path / "data")
    ran = reelfind("search", "music", "--data", data)
    assert ran.code == 0
    assert ran.err.startswith(NOTICE)
    assert reelfind("titles", "--data", data).err.startswith(NOTICE)
    refused = reelfind("search", "music", "--brightness", "dark", "--data", data)
    assert refused.code == 1
    assert "cannot be filtered by brightness; run `reelfind index`" in refused.err
    asked = json.loads(reelfind("search", "music", "--data", data, "--json").out)
    assert asked["notice"].startswith(NOTICE)

    place = films_of_its_own(data, films, tmp_path / "films")
    away = place.rename(tmp_path / "away")
    assert reelfind("index", "--data", data).code == 0
    away.rename(place)
    with open_store(Catalogue(data).store_path, None, None) as store:
        name = store.current()
        assert name is not None
        assert version_of(name) == SCHEMA_VERSION
        assert len(store.collections()) == 3
    mended = reelfind("search", "music", "--data", data, "--tail", "keep", "--json")
    answer = json.loads(mended.out)
    assert answer["notice"] == ""
    assert "context" in {why["route"] for hit in answer["hits"] for why in hit["why"]}
    by_look = [f"--brightness={each}" for each in VALUES["brightness"]]
    looked = reelfind("search", "--data", data, *by_look, "--json")
    found = json.loads(looked.out)["hits"]
    assert found
    assert all(hit["look"][0].startswith("brightness:") for hit in found)
    by_sound = ("--sound", "music", "--sound-none", "speech")
    heard = json.loads(reelfind("search", "--data", data, *by_sound, "--json").out)["hits"]
    assert heard
    assert all(hit["sound"][0] == "sound:music" for hit in heard)
    again = reelfind("index", "--data", data)
    assert again.code == 0
    assert "Nothing to do: 4 titles" in again.out


def test_bringing_nothing_up_to_date_says_what_to_do(reelfind: Reelfind, tmp_path: Path) -> None:
    ran = reelfind("index", "--data", tmp_path / "none")
    assert ran.code == 1
    assert "name some: reelfind index FOLDER" in ran.err
