"""People of films that are really indexed: taken in, searched for, and deleted with all traces."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.database.engine import Database
from app.people.store import PeopleStore
from app.people.taking_in import take_in
from app.remote import ApiError, Client
from app.runtime import Runtime
from app.search.request import RequestError, SearchRequest
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.library import Library
from indexer.listener import Silence
from indexer.request import Request
from indexer.settings import SETTINGS_FILE, load_settings
from indexer.store.names import pair
from indexer.store.open import open_store
from indexer.who import embedder
from tests.app.api.conftest import client_of, listening, server_of
from tests.app.cli.conftest import Reelfind, reelfind
from tests.app.jobs.conftest import until
from tests.conftest import copy_data
from tests.indexer.who.faces import ByColour, colour_models

__all__ = ["reelfind"]

ON = "[who]\nenabled = true\nalike = 0.2\nleast_faces = 1\n"


def indexed_again(data: Path) -> None:
    settings = load_settings(data)
    models = colour_models(settings)
    Indexer(Catalogue(data), settings, Silence(), debug=True, models=models).run(
        Request(rescore=True)
    )
    with Database.of(data, settings) as database:
        take_in(Catalogue(data), settings, database, pytest.fail)


@pytest.fixture(scope="module")
def recognised(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with people; it is not to be changed."""
    data = copy_data(indexed_once, tmp_path_factory.mktemp("people") / "data")
    (data / SETTINGS_FILE).write_text(ON)
    indexed_again(data)
    return data


@pytest.fixture
def data(recognised: Path, tmp_path: Path) -> Path:
    return copy_data(recognised, tmp_path / "data")


@pytest.fixture
def runtime(data: Path) -> Iterator[Runtime]:
    settings = load_settings(data)
    runtime = Runtime(data, settings, colour_models(settings))
    yield runtime
    runtime.close()


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    return client_of(runtime)


def values_of_points(data: Path) -> set[str]:
    with open_store(Catalogue(data).store_path, None, None) as store:
        name = store.current()
        assert name is not None
        return {
            value
            for collection in pair(name)
            for record in store.scroll(collection, limit=10_000)[0]
            for value in (record.payload or {})["look"]
            if "person:" in value
        }


def test_a_search_by_a_person_finds_exactly_their_shots(runtime: Runtime) -> None:
    found = PeopleStore(runtime.database).all()
    assert found
    titles = {each.title_id: each for each in Library(runtime.catalogue).titles()}
    for person in found:
        shots, clips = set(), set()
        for group in person.groups:
            title = titles[group.title_id]
            own = {each.shot for each in title.known_faces if each.group == group.number}
            assert len(own) == group.shots
            shots |= {title.point("shot", each) for each in own}
            clips |= {
                title.point("clip", clip.index)
                for clip in title.clips
                for each in own
                if clip.first_shot <= each < clip.end_shot
            }
        by_shot = SearchRequest(person=[person.id], level="shot", limit=100)
        by_clip = SearchRequest(person=[person.id], limit=100)
        for asked, wanted in ((by_shot, shots), (by_clip, clips)):
            assert {hit.id for hit in runtime.search(asked).hits} == wanted
            words = asked.model_copy(update={"q": "a person", "tail": "keep"})
            assert {hit.id for hit in runtime.search(words).hits} <= wanted


def test_people_with_names_are_counted_and_found_by_name(runtime: Runtime) -> None:
    store = PeopleStore(runtime.database)
    assert runtime.facets(SearchRequest()).person == []
    ann = store.rename(store.all()[0], "Ann")
    for asked in (SearchRequest(), SearchRequest(q="a person", tail="keep")):
        mine = asked.model_copy(update={"person": ["ann"], "limit": 100})
        counts = {each.value: each.count for each in runtime.facets(asked).person}
        assert counts.get(ann.id, 0) == len(runtime.search(mine).hits)
        # Who is asked for is counted under what was asked, with a name or not.
        asked_for = {each.value: each.count for each in runtime.facets(mine).person}
        assert asked_for == ({"ann": counts[ann.id]} if counts else {})
        nobody = store.all()[1].id
        unnamed = mine.model_copy(update={"person": [nobody]})
        found = len(runtime.search(unnamed).hits)
        told = {each.value: each.count for each in runtime.facets(unnamed).person}
        assert told == counts | ({nobody: found} if found else {})
    with pytest.raises(RequestError, match="Bob: no such person"):
        runtime.search(SearchRequest(person=["Bob"]))


def test_the_api_changes_people(client: TestClient) -> None:
    first, other, *_ = client.get("/api/v1/people").json()
    path, others = f"/api/v1/people/{first['id']}", {"others": [other["id"]]}
    assert client.get(path).json() == first
    assert client.patch(path, json={"name": "Ann"}).json()["name"] == "Ann"
    face = client.get(f"{path}/face")
    assert (face.status_code, face.headers["content-type"]) == (200, "image/jpeg")
    assert client.get(f"{path}/face", params={"group": 99}).status_code == 404
    taken = client.patch(f"/api/v1/people/{other['id']}", json={"name": "ann"})
    assert "somebody has this name already" in taken.text
    assert taken.status_code == 422
    merged = client.post(f"{path}/merge", json=others).json()
    assert len(merged["groups"]) == len(first["groups"]) + len(other["groups"])
    assert client.get(f"/api/v1/people/{other['id']}").status_code == 404
    assert client.post(f"{path}/merge", json=others).status_code == 404
    group = {key: other["groups"][0][key] for key in ("title_id", "number")}
    assert client.post(f"{path}/split", json={"groups": [group]}).status_code == 201
    assert client.post(f"{path}/split", json={"groups": [group]}).status_code == 422
    assert client.patch(path, json={"hidden": True}).json()["hidden"]
    assert first["id"] not in {each["id"] for each in client.get("/api/v1/people").json()}
    hidden = client.get("/api/v1/people", params={"hidden": True}).json()
    assert first["id"] in {each["id"] for each in hidden}


def test_the_command_names_merges_hides_and_deletes_all(data: Path, reelfind: Reelfind) -> None:
    first, second, *_ = PeopleStore(Database(data / "reelfind.db")).all()
    at = ("--data", data)
    assert first.id in reelfind("people", "list", *at).out
    reelfind("people", "name", first.id, "Ann", *at)
    hits = reelfind("search", "--person", "Ann", "--level", "shot", "--limit", 100, "--json", *at)
    assert len(json.loads(hits.out)["hits"]) == first.shots
    reelfind("people", "merge", "Ann", second.id, *at)
    assert "is new, with the id" in reelfind("people", "split", "Ann", 2, *at).out
    reelfind("people", "hide", "Ann", *at)
    assert "Ann" not in reelfind("people", "list", *at).out
    assert "Ann (hidden)" in reelfind("people", "list", "--hidden", *at).out
    reelfind("people", "hide", "Ann", "--show", *at)
    listed = json.loads(reelfind("people", "list", "--json", *at).out)["people"]
    assert listed[0]["name"] == "Ann"
    assert values_of_points(data)

    done = reelfind("people", "delete-all", "--yes", *at).out
    assert "Deleted all embeddings of faces" in done
    assert "the next reelfind index recognises people again" in done
    assert values_of_points(data) == set()
    assert list(data.glob("titles/*/who-*")) == []
    assert "Nobody is recognised" in reelfind("people", "list", *at).out

    indexed_again(data)
    assert values_of_points(data)
    assert len(PeopleStore(Database(data / "reelfind.db")).all()) >= 2


def test_a_server_deletes_all_as_a_job_and_finds_people_again(data: Path) -> None:
    settings = load_settings(data)
    runtime = Runtime(data, settings, colour_models(settings))
    client = client_of(runtime)

    def run(kind: str) -> None:
        job = client.post("/api/v1/jobs", json={"kind": kind}).json()
        until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "done")

    before = client.get("/api/v1/people").json()
    run("delete-people")
    assert client.get("/api/v1/people").json() == []
    assert list(data.glob("titles/*/who-*")) == []
    run("rescore")
    again = client.get("/api/v1/people").json()
    runtime.close()
    assert {each["id"] for each in again}.isdisjoint(each["id"] for each in before)
    assert [each["groups"] for each in again] == [each["groups"] for each in before]


def test_the_client_asks_for_people(runtime: Runtime) -> None:
    store = PeopleStore(runtime.database)
    first, second, *_ = store.all()
    with listening(server_of(runtime)) as (host, port), Client(f"http://{host}:{port}") as client:
        assert client.people.all() == store.all()
        assert client.people.change(first.id, name="Ann") == client.people.find(first.id)
        merged = client.people.merge(first.id, [second.id])
        assert merged == store.find("Ann")
        own = second.groups[0]
        new = client.people.split(first.id, [(own.title_id, own.number)])
        assert new.groups == [own]
        assert client.people.change(first.id, hidden=True).name == "Ann"
        assert first.id in {each.id for each in client.people.all(hidden=True)}
        assert client.search(SearchRequest(person=["Ann"], level="shot")).hits


def files_of(data: Path) -> dict[str, int]:
    return {str(each): each.stat().st_size for each in data.rglob("*") if each.is_file()}


def test_a_face_of_a_picture_and_of_a_frame_leads_to_all_shots(
    runtime: Runtime,
    client: TestClient,
    data: Path,
    reelfind: Reelfind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = PeopleStore(runtime.database).all()[0]
    group = ann.groups[0]
    title = runtime.title(group.title_id)
    still = title.still(group.frame)
    assert still is not None
    before = files_of(data)
    frame = client.post(
        "/api/v1/people/recognise", json={"title_id": group.title_id, "frame": group.frame}
    ).json()
    sent = {"still": base64.b64encode(still.read_bytes()).decode()}
    assert client.post("/api/v1/people/recognise", json=sent).json() == frame
    assert files_of(data) == before
    assert frame["notice"] == ""
    heights = [each["box"][3] - each["box"][1] for each in frame["faces"]]
    assert heights == sorted(heights, reverse=True)
    face = next(each for each in frame["faces"] if each["box"] == pytest.approx(group.box))
    near = [each["distance"] for each in face["likely"]]
    assert near == sorted(near)
    assert near[-1] <= runtime.settings.who.same_face
    assert ann.id in {each["id"] for each in face["likely"]}
    hits = runtime.search(SearchRequest(person=[ann.id], level="shot", limit=100)).hits
    assert any(hit.start_frame <= group.frame < hit.end_frame for hit in hits)

    with listening(server_of(runtime)) as (host, port), Client(f"http://{host}:{port}") as remote:
        found = remote.people.recognise(still.read_bytes())
        assert found == remote.people.recognise_frame(group.title_id, group.frame)
        assert found.model_dump(mode="json") == frame
        with pytest.raises(ApiError, match="no frame 999999"):
            remote.people.recognise_frame(group.title_id, 999_999)

    monkeypatch.setattr(embedder, "load_embedder", ByColour)
    at = ("--data", data)
    said = reelfind("people", "recognise", still, *at).out
    nearest = next(each["likely"][0]["id"] for each in frame["faces"] if each["likely"])
    assert f"reelfind search --person {nearest} --level shot" in said
    assert json.loads(reelfind("people", "recognise", still, "--json", *at).out) == frame


def test_that_nobody_is_near_and_that_no_face_is_seen_is_said(
    runtime: Runtime, client: TestClient
) -> None:
    store = PeopleStore(runtime.database)
    group = store.all()[0].groups[0]
    store.delete_all()
    asked = {"title_id": group.title_id, "frame": group.frame}
    found = client.post("/api/v1/people/recognise", json=asked).json()
    assert [each["likely"] for each in found["faces"]] == [[] for _ in found["faces"]]
    assert "Nobody in the index is near enough to" in found["notice"]
    red = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(red, "JPEG")
    sent = {"still": base64.b64encode(red.getvalue()).decode()}
    found = client.post("/api/v1/people/recognise", json=sent).json()
    assert found["faces"] == []
    assert "No face was found" in found["notice"]
    for wrong in ({}, asked | sent, {"frame": 3}, {"still": "AAAA"}):
        assert client.post("/api/v1/people/recognise", json=wrong).status_code == 422


def test_off_nobody_can_be_asked_for(indexed: Path, reelfind: Reelfind) -> None:
    runtime = Runtime(indexed, load_settings(indexed))
    with pytest.raises(RequestError, match=r"set who\.enabled"):
        runtime.search(SearchRequest(person=["Ann"]))
    assert runtime.facets(SearchRequest()).person == []
    asked = {"title_id": runtime.titles()[0].title_id, "frame": 0}
    refused = client_of(runtime).post("/api/v1/people/recognise", json=asked)
    assert refused.status_code == 409
    assert "set who.enabled in the settings" in refused.json()["detail"]
    runtime.close()
    listed = reelfind("people", "list", "--data", indexed).out
    assert "People are not recognised: who.enabled is false" in listed
