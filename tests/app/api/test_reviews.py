"""Reviews over HTTP: a link opens one list and nothing else, until it is revoked."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.authenticator import FAILURES, Authenticator
from app.auth.limits import read_rate
from app.database.tables import REVIEW_APPROVALS, REVIEW_COMMENTS, REVIEW_LINKS
from app.reviews.access import WRITES, Reviewers
from app.reviews.films import ReviewFilms
from app.runtime import Runtime
from app.shortlists.records import Item, Shortlist
from app.shortlists.store import ShortlistStore
from indexer.probe import probe
from tests.app.api.conftest import client_of

REVIEW = "/api/v1/review"


@pytest.fixture
def cut(runtime: Runtime) -> Iterator[Shortlist]:
    """A list of two items, which is deleted after the test."""
    store = ShortlistStore(runtime.database)
    title_id = runtime.catalogue.find("Bikes").title.title_id
    made = store.create("Reviewed", items=[Item(title_id, 30, 42), Item(title_id, 60, 70)])
    runtime.reviewers = Reviewers(runtime.database)
    yield made
    for each in store.all():
        if each.shortlist_id == made.shortlist_id:
            store.delete(each)


@pytest.fixture
def link(client: TestClient, cut: Shortlist) -> dict[str, Any]:
    answer = client.post(address(cut, "/review-links"), json={"name": "Marketing"})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    made: dict[str, Any] = answer.json()
    return made


def address(cut: Shortlist, more: str) -> str:
    return f"/api/v1/shortlists/{cut.shortlist_id}{more}"


def bearer(link: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {link['key']}"}


def say(cut: Shortlist, **more: Any) -> dict[str, Any]:
    return {"name": "Ann", "version": cut.version, **more}


def test_a_link_opens_its_list_and_nothing_else(
    runtime: Runtime, authenticator: Authenticator, cut: Shortlist, link: dict[str, Any]
) -> None:
    guarded = client_of(runtime, authenticator)
    alien = Item(cut.items[0].title_id, 0, 9)
    other = ShortlistStore(runtime.database).create("Another", items=[alien])
    shown = guarded.get(REVIEW, headers=bearer(link)).json()
    assert (shown["name"], [each["start_frame"] for each in shown["items"]]) == (
        *("Reviewed", [30, 60]),
    )
    path = str(runtime.catalogue.find("Bikes").title.media.path.parent)
    assert path not in str(shown)
    description = guarded.get("/api/openapi.json").json()["paths"]
    asked = 0
    for path, methods in description.items():
        for method in methods:
            if path.startswith(("/v1/review", "/healthz", "/readyz")):
                continue
            own = path.replace("{shortlist_id}", other.shortlist_id)
            own = own.replace("{title_id}", cut.items[0].title_id)
            answer = guarded.request(method.upper(), f"/api{own}", headers=bearer(link))
            # After some tries with a wrong key, there is a wait for each.
            assert answer.status_code in {401, 429} | ({422} if method == "post" else set()), own
            asked += 1
    assert asked > 40
    beyond = guarded.get(
        f"{REVIEW}/items/{other.items[0].item_id[::-1]}/film", headers=bearer(link)
    )
    assert beyond.status_code == 404
    assert guarded.get(REVIEW, headers={"Authorization": "Bearer rv_wrong"}).status_code == 401
    assert guarded.get(REVIEW, params={"key": link["key"]}).status_code == 401
    ShortlistStore(runtime.database).delete(other)


def test_comments_and_answers_say_what_was_changed_since(
    client: TestClient, runtime: Runtime, cut: Shortlist, link: dict[str, Any]
) -> None:
    first, second = (item.item_id for item in cut.items)
    for said in ({"item_id": first, "frame": 35}, {"item_id": second}, {}):
        told = say(cut, text=" Cut on the jump. ", **said)
        assert client.post(f"{REVIEW}/comments", json=told, headers=bearer(link)).is_success
    for item_id, approved in ((first, False), (first, True), (None, True), (second, True)):
        told = say(cut, item_id=item_id, approved=approved)
        assert client.post(f"{REVIEW}/approvals", json=told, headers=bearer(link)).is_success
    taken_back = say(cut, item_id=second, approved=None)
    client.post(f"{REVIEW}/approvals", json=taken_back, headers=bearer(link))
    told = client.get(address(cut, "/feedback")).json()
    assert [(each["item_id"], each["timecode"]) for each in told["comments"]] == [
        *((first, "00:00:01:10"), (second, None), (None, None)),
    ]
    assert {each["text"] for each in told["comments"]} == {"Cut on the jump."}
    assert {(each["item_id"], each["approved"]) for each in told["approvals"]} == {
        *((first, True), (None, True)),
    }
    assert {each["link"] for each in told["comments"]} == {"Marketing"}
    store = ShortlistStore(runtime.database)
    noted = store.save(replace(cut, items=(replace(cut.items[0], note="!"), cut.items[1])))
    assert not any(
        each["changed"] for each in client.get(address(cut, "/feedback")).json()["comments"]
    )
    store.save(replace(noted, items=(replace(cut.items[0], end_frame=40), cut.items[1])))
    told = client.get(REVIEW, headers=bearer(link)).json()
    assert [each["changed"] for each in told["comments"]] == [True, False, True]
    assert {each["item_id"]: each["changed"] for each in told["approvals"]} == {
        **{first: True, None: True},
    }
    comment_id = told["comments"][0]["comment_id"]
    assert client.delete(address(cut, f"/comments/{comment_id}")).status_code == 204
    assert client.delete(address(cut, f"/comments/{comment_id}")).status_code == 404
    assert len(client.get(address(cut, "/feedback")).json()["comments"]) == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"version": 9}, "version"),
        ({"item_id": "0" * 12}, "item_id"),
        ({"frame": 35}, "frame"),
        ({"item_id": "first", "frame": 42}, "frame"),
        ({"name": " "}, "name"),
    ],
)
def test_what_was_not_there_is_refused(
    client: TestClient, cut: Shortlist, link: dict[str, Any], said: dict[str, Any], field: str
) -> None:
    if said.get("item_id") == "first":
        said = said | {"item_id": cut.items[0].item_id}
    told = say(cut, text="There") | said
    answer = client.post(f"{REVIEW}/comments", json=told, headers=bearer(link))
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_a_film_has_the_frames_of_its_item_only(
    client: TestClient,
    runtime: Runtime,
    cut: Shortlist,
    link: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runtime, "review_films", ReviewFilms(tmp_path, runtime.catalogue))
    item = f"{REVIEW}/items/{cut.items[0].item_id}"
    log = io.StringIO()
    playing = client_of(runtime, log=log)
    answer = playing.get(f"{item}/film", params={"key": link["key"]})
    assert answer.status_code == 200
    (tmp_path / "got.mp4").write_bytes(answer.content)
    media = probe(tmp_path / "got.mp4")
    assert media.fps == 25
    assert round(media.duration * media.fps) == 12
    part = playing.get(f"{item}/film", params={"key": link["key"]}, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, answer.content[:10])
    still = playing.get(f"{item}/still", headers=bearer(link))
    assert still.headers["content-type"] == "image/jpeg"
    assert playing.get(f"{item}/still").status_code == 401
    assert link["link_id"] in log.getvalue()
    assert link["key"] not in log.getvalue()


def test_a_link_that_is_revoked_or_over_is_refused_at_once(
    client: TestClient, runtime: Runtime, cut: Shortlist, link: dict[str, Any]
) -> None:
    assert client.get(REVIEW, headers=bearer(link)).is_success
    own = address(cut, f"/review-links/{link['link_id']}")
    assert client.delete(own).status_code == 204
    assert client.delete(own).status_code == 404
    refused = client.get(REVIEW, headers=bearer(link))
    assert refused.status_code == 401
    assert "ask for a new one" in refused.json()["detail"]
    made = client.post(address(cut, "/review-links"), json={"name": "B", "days": 1}).json()
    assert client.get(REVIEW, headers=bearer(made)).is_success
    with runtime.database.begin("links") as connection:
        over = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(REVIEW_LINKS.update().values(ends=over))
    assert client.get(REVIEW, headers=bearer(made)).status_code == 401
    listed = client.get(address(cut, "/review-links")).json()
    assert [(each["name"], each["revoked"] is not None) for each in listed] == [
        *(("Marketing", True), ("B", False)),
    ]
    assert "key" not in listed[0]
    with runtime.database.read("links") as connection:
        assert made["key"] not in str(connection.execute(REVIEW_LINKS.select()).all())


def test_wrong_keys_and_many_comments_have_to_wait(
    client: TestClient, cut: Shortlist, link: dict[str, Any]
) -> None:
    wrong = {"Authorization": "Bearer rv_guess"}
    for _ in range(read_rate(FAILURES).amount):
        assert client.get(REVIEW, headers=wrong).status_code == 401
    assert client.get(REVIEW, headers=wrong).status_code == 429
    assert client.get(REVIEW, headers=bearer(link)).is_success, "a right key is let in all the same"
    told = say(cut, approved=True)
    for _ in range(read_rate(WRITES).amount):
        assert client.post(f"{REVIEW}/approvals", json=told, headers=bearer(link)).is_success
    late = client.post(f"{REVIEW}/approvals", json=told, headers=bearer(link))
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0


def test_reviews_go_with_their_list(
    client: TestClient, runtime: Runtime, cut: Shortlist, link: dict[str, Any]
) -> None:
    told = say(cut, text="Lovely.")
    client.post(f"{REVIEW}/comments", json=told, headers=bearer(link))
    client.post(f"{REVIEW}/approvals", json=say(cut, approved=True), headers=bearer(link))
    assert client.delete(address(cut, ""), headers={"If-Match": "*"}).status_code == 204
    assert client.get(REVIEW, headers=bearer(link)).status_code == 401
    with runtime.database.read("reviews") as connection:
        for table in (REVIEW_LINKS, REVIEW_COMMENTS, REVIEW_APPROVALS):
            query = table.select().where(table.c.shortlist_id == cut.shortlist_id)
            assert connection.execute(query).all() == []
