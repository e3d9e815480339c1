"""Shortlists over HTTP: made, changed at the version that was seen, undone, handed over."""

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import opentimelineio as otio  # type: ignore[import-untyped]
import pytest
from starlette.testclient import TestClient

from app.auth.authenticator import Authenticator
from app.auth.keys import KeyStore
from app.database.tables import KEYS, SHORTLIST_REVISIONS, SHORTLISTS
from app.runtime import Runtime
from app.shortlists.records import Item, Shortlist
from app.shortlists.store import ShortlistStore
from tests.app.api.conftest import client_of

PATH = "/api/v1/shortlists"


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    """There are no shortlists before a test, nor after it."""
    _forget(runtime)
    yield client_of(runtime)
    _forget(runtime)


def _forget(runtime: Runtime) -> None:
    with runtime.database.begin("everything") as connection:
        for table in (SHORTLIST_REVISIONS, SHORTLISTS, KEYS):
            connection.execute(table.delete())


@pytest.fixture
def bikes(runtime: Runtime) -> str:
    return next(each.title_id for each in runtime.titles() if each.title == "Bikes")


@pytest.fixture
def made(client: TestClient, bikes: str) -> dict[str, Any]:
    """A shortlist of a clip, by its id, and of a span in frames."""
    hit = client.get("/api/v1/search", params={"q": "music", "limit": 1}).json()["hits"][0]
    span = {"title_id": bikes, "start_frame": 30, "end_frame": 76, "note": " go "}
    items = [{"hit_id": hit["id"]}, span]
    answer = client.post(PATH, json={"name": "Teaser", "target_seconds": 20, "items": items})
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{PATH}/{body['shortlist_id']}"
    assert answer.headers["etag"] == '"1"'
    first, second = body["items"]
    assert [first[key] for key in ("title_id", "start_frame", "end_frame")] == [
        hit[key] for key in ("title_id", "start_frame", "end_frame")
    ]
    assert (second["title"], second["note"], second["fps"]) == ("Bikes", "go", "25/1")
    return body


def address(made: dict[str, Any], more: str = "") -> str:
    return f"{PATH}/{made['shortlist_id']}{more}"


def seen(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def test_it_is_read_and_listed(client: TestClient, made: dict[str, Any]) -> None:
    answer = client.get(address(made))
    assert (answer.json(), answer.headers["etag"]) == (made, '"1"')
    (row,) = client.get(PATH).json()
    assert (row["name"], row["items"], row["total_seconds"]) == (
        *("Teaser", 2),
        made["total_seconds"],
    )


def test_items_are_moved_trimmed_removed_and_added(
    client: TestClient, made: dict[str, Any], bikes: str
) -> None:
    one, two = (item["item_id"] for item in made["items"])
    change = {
        "name": "Trailer",
        "target_seconds": None,
        "items": [{"item_id": two, "end_frame": 70, "note": ""}, {"item_id": one}],
    }
    answer = client.patch(address(made), json=change, headers=seen(1))
    body = answer.json()
    assert (body["version"], body["name"], body["target_seconds"]) == (2, "Trailer", None)
    assert [item["item_id"] for item in body["items"]] == [two, one]
    assert (body["items"][0]["end_frame"], body["items"][0]["note"]) == (70, "")
    new = {"items": [{"title_id": bikes, "start_frame": 0, "end_frame": 10}], "position": 1}
    added = client.post(address(made, "/items"), json=new).json()
    assert [item["start_frame"] for item in added["items"][:2]] == [0, 30]
    only = client.patch(address(made), json={"name": "Again"}, headers=seen(3)).json()
    assert len(only["items"]) == 3, "what is left out stays"


def test_who_comes_too_late_writes_nothing_and_is_told_what_changed(
    client: TestClient, made: dict[str, Any]
) -> None:
    assert client.patch(address(made), json={"name": "Trailer"}, headers=seen(1)).is_success
    for method, more, body in (
        ("PATCH", "", {"items": []}),
        ("POST", "/undo", None),
        ("DELETE", "", None),
    ):

        def ask(
            headers: dict[str, str], method: str = method, more: str = more, body: Any = body
        ) -> Any:
            return client.request(method, address(made, more), json=body, headers=headers)

        late = ask(seen(1))
        assert (late.status_code, late.headers["etag"]) == (412, '"2"')
        assert "renamed from Teaser" in late.json()["detail"]
        assert ask(seen(7)).status_code == 412
        assert ask({"If-Match": 'W/"2"'}).status_code == 412, "weak tags never match"
        assert ask({}).status_code == 428
    now = client.get(address(made)).json()
    assert (now["name"], now["version"], len(now["items"])) == ("Trailer", 2, 2)
    assert client.delete(address(made), headers={"If-Match": "*"}).status_code == 204
    assert client.get(address(made)).status_code == 404


def test_whoever_takes_any_version_changes_the_current_one(
    client: TestClient, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    save, raced = ShortlistStore.save, list[Shortlist]()

    def late(store: ShortlistStore, shortlist: Shortlist, author: str = "") -> Shortlist:
        if not raced:
            current = store.find(shortlist.shortlist_id)
            raced.append(save(store, replace(current, name="Renamed meanwhile"), "ann"))
        return save(store, shortlist, author)

    monkeypatch.setattr(ShortlistStore, "save", late)
    headers = {"If-Match": "*"}
    answer = client.patch(address(made), json={"target_seconds": 30}, headers=headers)
    assert answer.status_code == 200
    now = answer.json()
    assert (now["name"], now["target_seconds"], now["version"]) == ("Renamed meanwhile", 30, 3)


def test_changes_are_undone_and_all_versions_stay(client: TestClient, made: dict[str, Any]) -> None:
    client.patch(address(made), json={"items": []}, headers=seen(1))
    back = client.post(address(made, "/undo"), headers=seen(2))
    assert (back.json()["items"], back.headers["etag"]) == (made["items"], '"3"')
    again = client.post(address(made, "/undo"), headers=seen(3))
    assert again.status_code == 409
    assert "nothing is left to undo" in again.json()["detail"]
    rows = client.get(address(made, "/revisions")).json()
    assert [row["version"] for row in rows] == [3, 2, 1]
    assert [row["changes"] for row in rows][1:] == [["item 1 removed", "item 2 removed"], []]
    assert {row["author"] for row in rows} == {"api"}


def test_what_cannot_be_is_named(client: TestClient, made: dict[str, Any], bikes: str) -> None:
    span = {"title_id": bikes, "start_frame": 0, "end_frame": 10}
    items = [
        span,
        span | {"end_frame": 0},
        span | {"end_frame": 10**6},
        span | {"title_id": "nothing"},
        {"hit_id": "00000000-0000-0000-0000-000000000000"},
        {"title_id": bikes},
        {},
    ]
    wrong = client.post(address(made, "/items"), json={"items": items})
    assert wrong.status_code == 422
    fields = [each["field"] for each in wrong.json()["errors"]]
    assert fields == [f"items.{place}" for place in range(1, 7)]
    one = made["items"][0]["item_id"]
    for item in ({"item_id": "none"}, {"item_id": one, "title_id": bikes}):
        answer = client.patch(address(made), json={"items": [item]}, headers=seen(1))
        assert answer.json()["errors"][0]["field"] == "items.0"
    twice = {"items": [{"item_id": one}, {"item_id": one}]}
    answer = client.patch(address(made), json=twice, headers=seen(1))
    assert answer.json()["errors"][0]["field"] == "items.1"
    assert client.post(PATH, json={"name": "TEASER"}).status_code == 409
    assert client.post(PATH, json={"name": " "}).status_code == 422
    far = {"items": [span], "position": 9}
    assert client.post(address(made, "/items"), json=far).status_code == 409
    assert client.get(f"{PATH}/{'0' * 12}").status_code == 404
    assert client.get(address(made)).json() == made


def test_an_item_whose_title_is_gone_can_stay(
    client: TestClient, made: dict[str, Any], runtime: Runtime
) -> None:
    gone = Item("f" * 16, 0, 10)
    ShortlistStore(runtime.database).create("Old", items=[gone])
    row = next(each for each in client.get(PATH).json() if each["name"] == "Old")
    change = {"items": [{"item_id": gone.item_id, "note": "lost"}]}
    answer = client.patch(address(row), json=change, headers=seen(1)).json()
    (item,) = answer["items"]
    assert (item["note"], item["title"]) == ("lost", None)
    assert "no longer in the catalogue" in item["problem"]
    assert client.get(address(row, "/export"), params={"format": "otio"}).status_code == 409


def test_it_is_handed_to_editing_systems(client: TestClient, made: dict[str, Any]) -> None:
    bikes, found = made["items"][1]["item_id"], {}
    mixed = client.get(address(made, "/export"), params={"format": "edl", "rate": "25"})
    assert "one frame rate" in mixed.json()["detail"]
    client.patch(address(made), json={"items": [{"item_id": bikes}]}, headers=seen(1))
    for form in ("otio", "edl", "fcp7", "fcpxml", "csv"):
        answer = client.get(address(made, "/export"), params={"format": form, "rate": "25"})
        assert answer.is_success, answer.text
        ending = {"fcp7": "xml"}.get(form, form)
        assert f'filename="Teaser.{ending}"' in answer.headers["content-disposition"]
        found[form] = answer.text
    timeline = otio.adapters.read_from_string(found["otio"])
    clip = timeline.video_tracks()[0][0]
    assert (clip.source_range.duration.value, clip.source_range.duration.rate) == (46, 25)
    assert "TITLE: Teaser" in found["edl"]
    assert found["fcp7"].startswith("<?xml")
    assert "<fcpxml" in found["fcpxml"]
    assert len(list(csv.DictReader(io.StringIO(found["csv"])))) == 1
    aaf = client.get(address(made, "/export"), params={"format": "aaf"})
    assert aaf.content.startswith(b"\xd0\xcf\x11\xe0")  # A compound file.
    wrong = client.get(address(made, "/export"), params={"format": "otio", "rate": "fast"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "rate")
    empty = client.post(PATH, json={"name": "Empty"}).json()
    refused = client.get(address(empty, "/export"), params={"format": "csv"})
    assert (refused.status_code, "has no items" in refused.json()["detail"]) == (409, True)


def test_links_go_where_the_editor_has_the_films(
    client: TestClient, runtime: Runtime, made: dict[str, Any]
) -> None:
    film = runtime.catalogue.find("Bikes").title.media.path

    def links(**params: Any) -> str:
        asked = {"format": "csv", **params}
        return client.get(address(made, "/export"), params=asked).raise_for_status().text

    mapped = links(map_path=["/nowhere=/x", f"{film.parent}=D:\\films"])
    assert f"D:\\films\\{film.name}" in mapped
    assert str(film.parent) not in mapped
    assert str(film) in links()
    wrong = client.get(address(made, "/export"), params={"format": "csv", "map_path": "films"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "map_path")


def test_a_reel_is_rendered_while_others_go_on(client: TestClient, bikes: str) -> None:
    items = [{"title_id": bikes, "start_frame": 30, "end_frame": 40}]
    made = client.post(PATH, json={"name": "Reel", "items": items}).json()
    started = client.post(address(made, "/reels"), json={})
    assert started.status_code == 202
    for _ in range(600):
        reel = client.get(started.headers["location"]).json()
        if reel["state"] not in ("waiting", "rendering"):
            break
        time.sleep(0.1)
    assert (reel["state"], reel["share"], reel["problem"]) == ("done", 1.0, "")
    film = client.get(reel["file"])
    assert (film.headers["content-type"], film.content[4:8]) == ("video/mp4", b"ftyp")
    assert client.get(address(made, f"/reels/{'0' * 16}")).status_code == 404


def test_a_key_that_reads_does_not_write(
    client: TestClient, runtime: Runtime, authenticator: Authenticator, made: dict[str, Any]
) -> None:
    key, _ = KeyStore(runtime.database).make("reader", "read")
    with client_of(runtime, authenticator) as guarded:
        guarded.headers["Authorization"] = f"Bearer {key}"
        assert guarded.get(address(made)).is_success
        for method, more, body in (
            *(("POST", "/items", {"items": [{}]}), ("PATCH", "", {}), ("POST", "/undo", None)),
            *(("DELETE", "", None), ("POST", "/reels", {})),
        ):
            refused = guarded.request(method, address(made, more), json=body, headers=seen(1))
            assert refused.status_code == 403, (method, more)
        assert guarded.post(PATH, json={"name": "Mine"}).status_code == 403


def test_a_revision_names_the_key_and_the_program_that_acts(
    client: TestClient, made: dict[str, Any], runtime: Runtime, authenticator: Authenticator
) -> None:
    key, _ = KeyStore(runtime.database).make("ann", "write")
    program = {"Reelfind-Agent": "night-run 2"}
    change = {"name": "Later"}
    with client_of(runtime, authenticator) as guarded:
        guarded.headers |= {"Authorization": f"Bearer {key}", "If-Match": "*"}
        for more in ({}, program):
            assert guarded.patch(address(made), json=change, headers=more).is_success
    alone = client.patch(address(made), json=change, headers={"If-Match": "*"} | program)
    assert alone.is_success
    authors = [row["author"] for row in client.get(address(made, "/revisions")).json()]
    assert authors == ["night-run 2", "ann (night-run 2)", "ann", "api"]
    for name in ("", "(x)", "a" * 51):
        headers = {"If-Match": "*", "Reelfind-Agent": name}
        refused = client.patch(address(made), json=change, headers=headers)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "Reelfind-Agent"
