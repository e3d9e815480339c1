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
