"""Ads over HTTP: what the planner says, and what is wrong by its field."""

import csv
import io
from typing import Any
from xml.etree import ElementTree

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from app.ads.planning import AdPlanner
from app.ads.records import MOST_BRIEFS, AdBrief
from app.runtime import Runtime
from tests.app.ads.published import check_vmap, read_cue

ONE, BATCH = "/api/v1/ads/candidates", "/api/v1/ads/candidates/batch"
LISTS = "/api/v1/ads/breaks"
BRIEF: dict[str, Any] = {"text": "people playing music", "cat": ["483"], "cattax": 9}


def test_a_brief_is_answered_as_the_planner_does(client: TestClient, runtime: Runtime) -> None:
    answer = client.post(ONE, json=BRIEF).json()
    (expected,) = AdPlanner(runtime).answer([AdBrief(**BRIEF)])
    answer.pop("took_ms")
    assert answer == expected.model_dump(mode="json", exclude={"took_ms"})
    assert answer["clips"]


def test_a_batch_is_answered_in_order(client: TestClient) -> None:
    answer = client.post(BATCH, json={"briefs": [{"title": ["Bikes"]}, BRIEF]}).json()
    assert [each["brief"] for each in answer["answers"]] == [{"title": ["Bikes"]}, BRIEF]
    assert {each["clip"]["title"] for each in answer["answers"][0]["clips"]} == {"Bikes"}


def test_breaks_are_downloaded_as_lists_for_ad_servers(client: TestClient) -> None:
    brief = {"title": ["Bikes"], "min_distance": 2, "break_seconds": 45}
    expected = client.post(ONE, json=brief).json()["breaks"]
    frames = sorted(each["frame"] for each in expected)
    assert frames
    vmap = client.post(
        LISTS,
        params={"format": "vmap", "tag_url": "https://ads.example.com/?id={break_id}"},
        json=brief,
    )
    assert vmap.headers["content-type"] == "application/xml"
    assert vmap.headers["content-disposition"].endswith("Bikes%20breaks.xml")
    root = ElementTree.fromstring(vmap.content)
    check_vmap(root)
    assert [int(str(each.get("breakId")).split("-")[1]) for each in root] == frames
    table = client.post(LISTS, params={"format": "scte35"}, json=brief)
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [int(each["frame"]) for each in rows] == frames
    assert {read_cue(each["splice_insert"])["break_duration"] for each in rows} == {45 * 90_000}


def test_the_frames_around_a_break_are_shown(client: TestClient, runtime: Runtime) -> None:
    brief = {"title": ["Bikes"], "rolls": ["pre-roll", "mid-roll", "post-roll"], "min_distance": 2}
    found = {each["roll"]: each for each in client.post(ONE, json=brief).json()["breaks"]}
    assert found["pre-roll"]["still_before"] is found["post-roll"]["still_after"] is None
    middle = found["mid-roll"]
    title = runtime.title(middle["title_id"])
    pixels = []
    for name, frame in (("still_before", middle["frame"] - 1), ("still_after", middle["frame"])):
        assert middle[name].endswith(f"/{frame}")
        answer = client.get(middle[name])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        (near, *_) = title.still_frames(0, middle["frame"])
        with (
            Image.open(io.BytesIO(answer.content)) as still,
            Image.open(str(title.still(near))) as kept,
        ):
            assert still.size == kept.size
            pixels.append(np.asarray(still.convert("L"), np.float64))
    assert np.abs(pixels[0] - pixels[1]).mean() > 3, "the picture changes at the break"
    gone = client.get(f"/api/v1/media/{middle['title_id']}/frames/{10**9}")
    assert gone.status_code == 404


def test_a_list_that_cannot_be_is_refused(client: TestClient) -> None:
    def asked(tag: str | None = None, **brief: Any) -> Any:
        params = {"format": "vmap"} | ({} if tag is None else {"tag_url": tag})
        return client.post(LISTS, params=params, json=brief)

    several = asked(min_distance=0)
    assert several.status_code == 409
    assert "name one title" in several.json()["detail"]
    for answer, field in (
        (asked("https://ads.example.com/{nothing}"), "tag_url"),
        (asked(tones=["zesty"]), "tones.0"),
        (asked(max_load=60), "max_load"),
        (client.post(LISTS, params={"format": "edl"}, json={}), "format"),
    ):
        assert answer.status_code == 422
        assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_what_is_wrong_is_named(client: TestClient) -> None:
    for path, body, field in (
        (ONE, {"cat": ["422"]}, "cattax"),
        (ONE, {"cat": ["422"], "cattax": 1}, "cattax"),
        (ONE, {"bcat": ["422", "x"], "cattax": 9}, "bcat.1"),
        (ONE, {"never": {"tones": ["zesty"]}}, "never.tones.0"),
        (ONE, {"rolls": ["midroll"]}, "rolls.0"),
        (ONE, {"earliest": 9, "latest": 3}, "body"),
        (BATCH, {"briefs": [{}, {"tones": ["zesty"]}]}, "briefs.1.tones.0"),
        (BATCH, {"briefs": [{}] * (MOST_BRIEFS + 1)}, "briefs"),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == 422, body
        assert [each["field"] for each in answer.json()["errors"]] == [field]
        assert "Value error" not in answer.text


def test_a_body_that_is_no_json_is_not_named_by_a_number(client: TestClient) -> None:
    answer = client.post(ONE, content='{"limit": }', headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "body: not JSON: Expecting value (character 10)"
