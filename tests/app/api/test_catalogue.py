"""Titles, clips and shots over HTTP: the same as what a search finds."""

from typing import Any

from starlette.testclient import TestClient

from app.runtime import Runtime
from app.search.request import SearchRequest


def test_a_cut_list_is_of_what_search_finds(client: TestClient, runtime: Runtime) -> None:
    title = max(runtime.titles(), key=lambda each: each.shots).title_id
    clips = client.get(f"/api/v1/titles/{title}/clips").json()["clips"]
    shots: list[dict[str, Any]] = []
    start: int | None = 0
    while start is not None:
        page = client.get(f"/api/v1/titles/{title}/shots", params={"from": start, "limit": 2})
        shots += page.json()["shots"]
        start = page.json()["next"]
    assert [each["index"] for each in shots] == list(range(len(shots)))
    for level, rows in (("clip", clips), ("shot", shots)):
        found = SearchRequest.model_validate({"level": level, "title": [title], "limit": 200})
        hits = client.post("/api/v1/search", json=found.model_dump()).json()["hits"]
        assert {hit["id"] for hit in hits} == {row["id"] for row in rows}
        for row in rows:
            one = client.get(f"/api/v1/{level}s/{row['id']}").json()
            assert (one["start_frame"], one["end_frame"]) == (row["start_frame"], row["end_frame"])
    around = client.get(f"/api/v1/shots/{shots[1]['id']}/neighbours?before=1&after=1").json()
    assert [each["id"] for each in (*around["before"], around["hit"], *around["after"])] == [
        each["id"] for each in shots[:3]
    ]
    like = client.get("/api/v1/similar", params={"like": shots[0]["id"], "level": "shot"}).json()
    assert like["hits"]
    assert like["hits"][0]["why"][0]["route"] == "like"
    for level in ("clip", "shot"):
        other = (shots if level == "clip" else clips)[0]["id"]
        assert client.get(f"/api/v1/{level}s/{other}").status_code == 404


def test_titles_come_in_pages(client: TestClient, runtime: Runtime) -> None:
    every = client.get("/api/v1/titles").json()
    assert every == [each.model_dump(mode="json") for each in runtime.titles()]
    found, address = [], "/api/v1/titles?limit=2"
    while address:
        answer = client.get(address)
        assert len(answer.json()) <= 2
        found += answer.json()
        address = str(answer.url.join(answer.links["next"]["url"])) if answer.links else ""
    assert found == every
    first, second, *_ = (each["title_id"] for each in every)
    assert client.get("/api/v1/titles", params={"after": first}).json() == every[1:]
    by_file = every[1]["path"].rpartition("/")[2]
    assert client.get("/api/v1/titles", params={"q": by_file}).json() == [every[1]]
    assert client.get("/api/v1/titles", params={"q": by_file, "after": second}).json() == []
    refused = client.get("/api/v1/titles", params={"after": "0" * 16})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "after"
