"""Ads over HTTP: what the planner says, and what is wrong by its field."""

from typing import Any

from starlette.testclient import TestClient

from app.ads.planning import AdPlanner
from app.ads.records import MOST_BRIEFS, AdBrief
from app.runtime import Runtime

ONE, BATCH = "/api/v1/ads/candidates", "/api/v1/ads/candidates/batch"
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
