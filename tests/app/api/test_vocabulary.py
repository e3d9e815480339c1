from pathlib import Path

from starlette.testclient import TestClient

from app.remote import Client
from app.runtime import Runtime
from indexer.settings import Settings
from tests.app.api.conftest import client_of, listening, server_of


def test_tasks_have_their_classes(client: TestClient) -> None:
    tasks = {each["name"]: each for each in client.get("/api/v1/tasks").json()}
    assert tasks.keys() == {"tone", "genre", "ad-relevancy", "clip-worthiness", "popularity"}
    assert tasks["ad-relevancy"]["cattax"] == 9
    assert tasks["tone"]["kind"] == "multi-label"
    assert not any(each["own"] for each in tasks.values())
    for path, task in (("tones", "tone"), ("genres", "genre"), ("categories", "ad-relevancy")):
        assert client.get(f"/api/v1/{path}").json() == tasks[task]["classes"]


def test_classes_have_ids_groups_and_meanings(client: TestClient) -> None:
    pets = next(each for each in client.get("/api/v1/categories").json() if each["name"] == "pets")
    assert (pets["id"], pets["title"], pets["prompted"]) == ("422", "Pets", True)
    tones = client.get("/api/v1/tones").json()
    assert all(each["group"] and each["meaning"] for each in tones)


def test_tones_are_what_a_search_filters_by(client: TestClient) -> None:
    names = {each["name"] for each in client.get("/api/v1/tones").json()}
    counted = {each["value"] for each in client.get("/api/v1/facets").json()["tone"]}
    assert counted
    assert counted <= names


def test_tasks_of_ones_own_are_there_without_an_index(tmp_path: Path) -> None:
    mood = {"kind": "multi-label", "classes": [{"name": "dark", "meaning": "little light"}]}
    runtime = Runtime(tmp_path, Settings(tasks={"mood": mood}))
    found = {each["name"]: each for each in client_of(runtime).get("/api/v1/tasks").json()}
    assert found["mood"]["own"]
    assert [each["name"] for each in found["mood"]["classes"]] == ["dark"]
    assert not found["mood"]["classes"][0]["prompted"]
    runtime.close()


def test_the_client_lists_them(runtime: Runtime) -> None:
    with (
        listening(server_of(runtime)) as (host, port),
        Client(f"http://{host}:{port}") as client,
    ):
        assert {each.name for each in client.tasks()} == runtime.tasks.keys()
        assert len(client.tones()) == 100
        assert client.genres()
        assert {each.id for each in client.categories()} >= {"422", "483"}
