"""Jobs over HTTP: who may have what indexed, how it is followed, and searches meanwhile."""

import itertools
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.api import create_api
from app.auth.authenticator import Authenticator
from app.jobs.queue import JobQueue
from app.jobs.records import Job, JobRequest
from app.jobs.words import subject
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.models import Models
from indexer.sections import JobSettings
from indexer.settings import Settings, load_settings
from tests.app.jobs.conftest import Work, until

JOBS = "/api/v1/jobs"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The one folder that is open to the API; beside it lies what is not."""
    (tmp_path / "root" / "season").mkdir(parents=True)
    (tmp_path / "root" / "season" / "a.mp4").touch()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.mp4").touch()
    return tmp_path / "root"


def settings_of(data: Path, *roots: Path) -> Settings:
    return load_settings(data).model_copy(update={"jobs": JobSettings(roots=roots)})


def client_of(runtime: Runtime, authenticator: Authenticator | None = None) -> TestClient:
    server = Starlette(routes=[Mount("/api", create_api(lambda: runtime, authenticator))])
    return TestClient(server, base_url="http://localhost", raise_server_exceptions=False)


class Steered(Runtime):
    """A Runtime whose jobs do what the test says."""

    def __init__(self, data: Path, settings: Settings, work: Work) -> None:
        super().__init__(data, settings)
        self._jobs = JobQueue(self.database, work)


@pytest.fixture
def runtime(tmp_path: Path, root: Path, work: Work) -> Iterator[Runtime]:
    data = tmp_path / "data"
    runtime = Steered(data, settings_of(data, root), work)
    yield runtime
    runtime.close()


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    return client_of(runtime)


def finished(client: TestClient, job: dict[str, Any], seconds: float = 120.0) -> dict[str, Any]:
    """Wait for a job to end, and return it."""
    ended = {"done", "failed", "cancelled", "interrupted"}
    until(lambda: client.get(f"{JOBS}/{job['id']}").json()["state"] in ended, seconds)
    answer: dict[str, Any] = client.get(f"{JOBS}/{job['id']}").json()
    return answer


def test_a_job_is_made_listed_and_found(client: TestClient, root: Path, work: Work) -> None:
    answer = client.post(JOBS, json={"paths": [str(root / "season")], "at_once": 2})
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"{JOBS}/{job['id']}"
    assert job["request"]["paths"] == [str(root / "season")]
    work.go.set()
    assert finished(client, job)["state"] == "done"
    (listed,) = client.get(JOBS).json()
    assert listed["id"] == job["id"]
    assert "report" not in listed


OUTSIDE = [
    "{outside}",
    "{outside}/secret.mp4",
    "{outside}/not-there.mp4",
    "{root}/../outside/secret.mp4",
    "{root}/season/../../outside",
    "{root}-more/a.mp4",
    "/",
    "/etc/passwd",
    "/proc/self/root/etc/passwd",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_outside_is_refused_alike_whether_it_exists(
    path: str, client: TestClient, root: Path, tmp_path: Path
) -> None:
    path = path.format(root=root, outside=tmp_path / "outside")
    answer = client.post(JOBS, json={"paths": [str(root), path]})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    _, _, reason = answer.json()["detail"].partition(": ")
    assert reason.startswith("outside the folders that may be indexed")
    assert client.get(JOBS).json() == []


def test_links_that_lead_out_are_refused(client: TestClient, root: Path, tmp_path: Path) -> None:
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "film.mp4").symlink_to(tmp_path / "outside" / "secret.mp4")
    (root / "nowhere.mp4").symlink_to(tmp_path / "outside" / "not-there.mp4")
    (root / "circle").symlink_to(root / "circle")
    for name in ("folder", "folder/secret.mp4", "film.mp4", "nowhere.mp4"):
        answer = client.post(JOBS, json={"paths": [str(root / name)]})
        assert answer.status_code == 403, name
    assert client.post(JOBS, json={"paths": [str(root / "circle")]}).status_code < 500


def test_a_link_that_stays_inside_is_followed(client: TestClient, root: Path) -> None:
    (root / "latest").symlink_to(root / "season")
    assert client.post(JOBS, json={"paths": [str(root / "latest")]}).status_code == 202


def test_an_encoder_lies_inside_as_well(client: TestClient, tmp_path: Path) -> None:
    asked = {"kind": "encoder", "encoder": str(tmp_path / "outside")}
    assert client.post(JOBS, json=asked).status_code == 403


def test_without_roots_nothing_may_be_indexed(tmp_path: Path, root: Path) -> None:
    runtime = Runtime(tmp_path / "data", settings_of(tmp_path / "data"))
    answer = client_of(runtime).post(JOBS, json={"paths": [str(root)]})
    assert answer.status_code == 403
    assert "jobs.roots" in answer.json()["detail"]
    assert not (tmp_path / "data").exists()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "body"),
    ({"paths": []}, "body"),
    ({"paths": ["films/a.mp4"]}, "paths.0"),
    ({"paths": ["/films/\0a.mp4"]}, "paths.0"),
    ({"paths": "/films"}, "paths"),
    ({"paths": ["/films"], "at_once": 0}, "at_once"),
    ({"paths": ["/films"], "kind": "format-the-disk"}, "kind"),
    ({"paths": ["/films"], "kind": "rescore"}, "body"),
    ({"kind": "encoder"}, "body"),
    ({"paths": ["/films"], "roots": ["/"]}, "roots"),
    ({"paths": ["/films"], "anywhere": True}, "anywhere"),
    ({"paths": ["/films"], "audio_track": -1}, "audio_track"),
    ({"kind": "rescore", "audio_track": 1}, "body"),
]


@pytest.mark.parametrize(("asked", "field"), WRONG)
def test_a_wrong_field_is_named(client: TestClient, asked: dict[str, Any], field: str) -> None:
    answer = client.post(JOBS, json=asked)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_an_unknown_job_is_not_found(client: TestClient) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/retry"), ("GET", "/events")):
        assert client.request(method, f"{JOBS}/{'0' * 32}{path}").status_code == 404
    assert client.get(f"{JOBS}/..%2f..%2fetc").status_code in {404, 422}


def test_cancel_then_retry(client: TestClient, root: Path, work: Work) -> None:
    job = client.post(JOBS, json={"paths": [str(root)], "force": True}).json()
    assert client.post(f"{JOBS}/{job['id']}/retry").status_code == 409
    until(lambda: bool(work.begun))
    assert client.delete(f"{JOBS}/{job['id']}").json()["state"] == "cancelling"
    assert finished(client, job)["state"] == "cancelled"
    work.go.set()
    answer = client.post(f"{JOBS}/{job['id']}/retry")
    assert answer.status_code == 202
    assert answer.json()["retry_of"] == job["id"]
    assert answer.json()["request"] == job["request"]
    assert finished(client, answer.json())["state"] == "done"


def test_events_follow_a_job_to_its_end(
    client: TestClient, root: Path, work: Work, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = client.post(JOBS, json={"paths": [str(root)]}).json()
    until(lambda: bool(work.begun))
    look, looks = runtime.jobs.find, itertools.count()

    def look_and_let_go(job_id: str) -> Job | None:
        found = look(job_id)
        if next(looks) > 0:  # The first look asks whether there is such a job.
            work.go.set()
        return found

    monkeypatch.setattr(runtime.jobs, "find", look_and_let_go)
    answer = client.get(f"{JOBS}/{job['id']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    jobs = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert jobs[0]["state"] == "running"
    assert [each["state"] for each in jobs[-1:]] == ["done"]
    assert jobs[-1]["report"]["titles"][0]["name"] == "A film"
    # A change each, not one a look.
    assert len(jobs) < 5


def test_only_the_machines_own_key_opens_every_folder(
    tmp_path: Path, root: Path, work: Work, runtime: Runtime
) -> None:
    data = tmp_path / "data"
    outside = {"paths": [str(tmp_path / "outside")]}
    authenticator = Authenticator(data, settings_of(data, root), guarded=False)
    client = client_of(runtime, authenticator)
    assert client.post(JOBS, json=outside).status_code == 403
    wrong = {"Authorization": f"Bearer {authenticator.machine_key}x"}
    assert client.post(JOBS, json=outside, headers=wrong).status_code == 403
    own = {"Authorization": f"Bearer {authenticator.machine_key}"}
    answer = client.post(JOBS, json=outside, headers=own)
    assert answer.status_code == 202
    # What the owner asked for is not for others to repeat.
    job = answer.json()
    client.delete(f"{JOBS}/{job['id']}")
    finished(client, job)
    assert client.post(f"{JOBS}/{job['id']}/retry").status_code == 403
    assert client.post(f"{JOBS}/{job['id']}/retry", headers=own).status_code == 202


def test_reading_keys_start_no_jobs(tmp_path: Path, root: Path, runtime: Runtime) -> None:
    authenticator = Authenticator(
        tmp_path / "data", settings_of(tmp_path / "data", root), guarded=True
    )
    client = client_of(runtime, authenticator)
    assert client.post(JOBS, json={"paths": [str(root)]}).status_code == 401
    assert client.get(JOBS).status_code == 401


def test_searches_go_on_while_films_are_indexed(indexed: Path, films: Path, models: Models) -> None:
    runtime = Runtime(indexed, settings_of(indexed, films), models)
    client = client_of(runtime)
    before = runtime.search(SearchRequest(q="a taxi in the street")).hits
    film = next(iter(sorted(films.glob("*.mp4"))))
    job = client.post(JOBS, json={"paths": [str(film)], "force": True}).json()
    slowest = 0.0
    searches = 0
    while client.get(f"{JOBS}/{job['id']}").json()["state"] not in {"done", "failed"}:
        began = time.monotonic()
        answer = client.post("/api/v1/search", json={"q": "a taxi in the street"})
        slowest = max(slowest, time.monotonic() - began)
        assert answer.status_code == 200
        assert answer.json()["hits"]
        assert client.get("/api/healthz").json()["catalogue"]["kind"] == "ready"
        searches += 1
    done = finished(client, job)
    assert done["state"] == "done", done
    assert all("on this machine" in each for each in done["messages"])
    assert {each["stage"] for each in done["report"]["titles"][0]["times"]} >= {"decode", "points"}
    assert searches > 3
    assert slowest < 10
    after = runtime.search(SearchRequest(q="a taxi in the street")).hits
    assert [hit.id for hit in after] == [hit.id for hit in before]
    runtime.close()


def test_a_first_job_fills_an_empty_server_and_can_be_cancelled(
    tmp_path: Path, films: Path, models: Models
) -> None:
    data = tmp_path / "new"
    runtime = Runtime(data, settings_of(data, films), models)
    client = client_of(runtime)
    job = client.post(JOBS, json={"paths": [str(films)]}).json()
    until(lambda: client.get(f"{JOBS}/{job['id']}").json()["stage"] == "decode")
    assert client.get("/api/healthz").json()["catalogue"]["kind"] == "indexing"
    client.delete(f"{JOBS}/{job['id']}")
    began = time.monotonic()
    assert finished(client, job)["state"] == "cancelled"
    assert time.monotonic() - began < 15
    assert client.get("/api/healthz").json()["catalogue"]["kind"] == "empty"
    assert not (data / "status.json").exists()
    assert not list(data.glob("titles/*/.unfinished-*"))
    runtime.close()


def test_a_film_that_leads_out_is_found_out_when_the_job_runs(
    indexed: Path, films: Path, tmp_path: Path
) -> None:
    root = tmp_path / "open"
    root.mkdir()
    (root / "away.mp4").symlink_to(next(iter(films.glob("*.mp4"))))
    runtime = Runtime(indexed, settings_of(indexed, root))
    client = client_of(runtime)
    job = finished(client, client.post(JOBS, json={"paths": [str(root)]}).json())
    assert job["state"] == "failed"
    assert "away.mp4: outside the folders" in job["error"]
    assert job["report"]["titles"] == []
    runtime.close()


@pytest.mark.skipif(os.name == "nt", reason="its file names are text")
def test_a_film_whose_name_is_no_text_goes_there_and_back(
    client: TestClient, root: Path, work: Work
) -> None:
    film = root / os.fsdecode(b"caf\xe9\x1b.mp4")
    film.touch()
    work.go.set()
    asked = JobRequest(paths=(film,))
    answer = client.post(JOBS, json=asked.model_dump(mode="json"))
    assert answer.status_code == 202
    assert JobRequest.model_validate(answer.json()["request"]) == asked
    assert finished(client, answer.json())["state"] == "done"
    assert subject(
        Job.model_validate_json(client.get(f"{JOBS}/{answer.json()['id']}").text), {}
    ) == ("caf\ufffd\ufffd.mp4")
