"""Two servers over one data directory and one PostgreSQL database: as one to whoever asks them.

Both are in this process, but for one that is killed. Nothing here needs the index, which a Qdrant
server would have: it is away.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.api import api_routes, create_api
from app.auth.authenticator import Authenticator
from app.auth.guard import Guard
from app.auth.keys import KeyStore
from app.auth.sessions import COOKIE
from app.jobs.queue import JobQueue
from app.running import announce, owned, running_server, withdraw
from app.runtime import Runtime
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from app.uploads import PATH, TICKET, upload_route
from indexer.settings import Settings
from tests.app.browser.conftest import SERVE
from tests.app.jobs.conftest import Work, until

AWAY = "http://127.0.0.1:9"


class Steered(Runtime):
    """A Runtime whose jobs do what the test says."""

    def __init__(self, data: Path, settings: Settings, work: Work) -> None:
        super().__init__(data, settings)

        def close_uploads_and_work(job: Any, listener: Any) -> Any:
            self.inbox.close(job.request.paths)
            return work(job, listener)

        self._jobs = JobQueue(self.database, close_uploads_and_work, settings.jobs.lease)
        self._jobs.start()


@dataclass
class Replica:
    """A server, and whoever asks it."""

    runtime: Runtime
    work: Work
    client: TestClient


def replica(stack: ExitStack, data: Path, settings: Settings) -> Replica:
    """Start a server as `reelfind serve` does, but for the pages."""

    def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse("the pages")

    work = Work()
    runtime = Steered(data, settings, work)
    stack.callback(runtime.close)
    authenticator = Authenticator(data, settings, guarded=True)
    stack.callback(authenticator.close)
    api = create_api(lambda: runtime, authenticator, settings.api)
    routes = [*api_routes(api), upload_route(lambda: runtime.inbox), Route("/", page)]
    app = Guard(Starlette(routes=routes), authenticator)
    return Replica(runtime, work, TestClient(app, base_url="http://films.example"))


def settings_for(postgres: str, data: Path, **more: Any) -> Settings:
    (data / "films").mkdir(parents=True, exist_ok=True)
    held: dict[str, Any] = {
        "qdrant_url": AWAY,
        "database": {"url": postgres},
        "jobs": {"roots": [data / "films"]},
        "store": {"patience": 0},
    }
    return Settings(**held | more)


@pytest.fixture
def settings(postgres: str, tmp_path: Path) -> Settings:
    return settings_for(postgres, tmp_path, api={"rate": "40/hour"})


@pytest.fixture
def servers(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Replica, Replica]]:
    monkeypatch.setattr("app.jobs.lease.LOOK", 0.02)
    with ExitStack() as stack:
        yield replica(stack, tmp_path, settings), replica(stack, tmp_path, settings)


@pytest.fixture
def headers(servers: tuple[Replica, Replica]) -> dict[str, str]:
    text, _ = KeyStore(servers[0].runtime.database).make("editor", "write")
    return {"Authorization": f"Bearer {text}"}


def test_who_signed_in_at_one_is_signed_in_at_all_until_they_leave(
    servers: tuple[Replica, Replica], headers: dict[str, str]
) -> None:
    first, second = (each.client for each in servers)
    key = headers["Authorization"].removeprefix("Bearer ")
    assert first.post("/sign-in", data={"key": key}).text == "the pages"
    assert second.get("/").status_code == 401
    second.cookies.set(COOKIE, first.cookies[COOKIE])
    assert second.get("/").text == "the pages"
    second.get("/sign-out")
    assert first.get("/").status_code == 401


def test_lists_and_saved_searches_of_one_are_those_of_the_other(
    servers: tuple[Replica, Replica], headers: dict[str, str]
) -> None:
    first, second = (each.client for each in servers)
    made = first.post("/api/v1/shortlists", json={"name": "Teaser"}, headers=headers).json()
    path = f"/api/v1/shortlists/{made['shortlist_id']}"
    renamed = second.patch(
        path, json={"name": "Trailer"}, headers=headers | {"If-Match": f'"{made["version"]}"'}
    )
    assert renamed.is_success
    assert first.get(path, headers=headers).json()["name"] == "Trailer"
    late = first.patch(
        path, json={"name": "Promo"}, headers=headers | {"If-Match": f'"{made["version"]}"'}
    )
    assert late.status_code == 412
    SavedStore(servers[0].runtime.database).add("Rain", SearchRequest(q="rain"))
    assert [each["name"] for each in second.get("/api/v1/saved", headers=headers).json()] == [
        "Rain"
    ]


def test_jobs_of_one_are_listed_followed_and_cancelled_at_the_other(
    servers: tuple[Replica, Replica], headers: dict[str, str], tmp_path: Path
) -> None:
    first, second = servers
    asked = {"paths": [str(tmp_path / "films")]}
    job = first.client.post("/api/v1/jobs", json=asked, headers=headers).json()
    path = f"/api/v1/jobs/{job['id']}"
    until(lambda: bool(first.work.begun or second.work.begun))
    owner, other = servers if first.work.begun else (second, first)
    until(lambda: other.client.get(path, headers=headers).json()["progress"] == 0.25)
    assert other.client.delete(path, headers=headers).json()["state"] == "cancelling"
    until(lambda: owner.runtime.jobs.jobs()[0].state == "cancelled")
    listed = other.client.get("/api/v1/jobs", headers=headers).json()
    assert [(each["id"], each["state"]) for each in listed] == [(job["id"], "cancelled")]


def test_an_upload_that_begins_at_one_ends_at_the_other(
    servers: tuple[Replica, Replica], headers: dict[str, str]
) -> None:
    first, second = servers
    key = headers["Authorization"].removeprefix("Bearer ")
    for each in servers:
        each.client.post("/sign-in", data={"key": key})
    ticket = {TICKET: first.runtime.inbox.ticket()}
    film = second.client.put(f"{PATH}/a.mp4", content=b"film", headers=ticket).json()["path"]
    sidecar = first.client.put(f"{PATH}/a.en.srt", content=b"1", headers=ticket).json()["path"]
    assert Path(film).parent == Path(sidecar).parent
    first.work.go.set()
    second.work.go.set()
    second.client.post("/api/v1/jobs", json={"paths": [film]}, headers=headers)
    until(lambda: second.runtime.jobs.jobs()[0].state == "done")
    for each in servers:
        late = each.client.put(f"{PATH}/a.mp4", content=b"another", headers=ticket)
        assert late.status_code == 403
    assert Path(film).read_bytes() == b"film"


def test_requests_count_wherever_they_go(
    servers: tuple[Replica, Replica], headers: dict[str, str]
) -> None:
    statuses = [
        servers[number % 2].client.get("/api/v1/shortlists", headers=headers).status_code
        for number in range(42)
    ]
    assert statuses == [200] * 40 + [429] * 2


def test_replicas_run_over_one_folder_and_each_machine_finds_its_own(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.has_replicas
    assert not Settings(qdrant_url=AWAY).has_replicas
    assert not settings.model_copy(update={"qdrant_url": None}).has_replicas
    with owned(tmp_path, has_replicas=True), owned(tmp_path, has_replicas=True):
        announce(tmp_path, "http://localhost:1", "first", has_replicas=True)
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr("platform.node", lambda: "another")
            assert running_server(tmp_path) is None
            announce(tmp_path, "http://localhost:2", "second", has_replicas=True)
            found = running_server(tmp_path)
            assert found is not None
            assert found.key == "second"
        withdraw(tmp_path, "another's")
        first = running_server(tmp_path)
        assert first is not None
        assert first.address == "http://localhost:1"
        withdraw(tmp_path, "first")
        assert running_server(tmp_path) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_what_a_killed_server_said_yes_to_is_not_lost(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.lease.LOOK", 0.02)
    settings = settings_for(postgres, tmp_path, jobs={"roots": [tmp_path / "films"], "lease": 2})
    environment = {
        "REELFIND_DATABASE__URL": postgres,
        "REELFIND_QDRANT_URL": AWAY,
        # Long enough for a job that looks for it to be running still.
        "REELFIND_STORE__PATIENCE": "600",
        "REELFIND_JOBS__LEASE": "2",
        "REELFIND_JOBS__ROOTS": f'["{tmp_path / "films"}"]',
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | environment,
    )
    assert process.stdout is not None
    with process, process.stdout:
        line = process.stdout.readline()
        address = next(word for word in line.split() if "://" in word)
        try:
            with httpx.Client(base_url=f"{address}/api/v1", timeout=60) as client:
                asked = {"paths": [str(tmp_path / "films")]}
                jobs = [client.post("/jobs", json=asked).json()["id"] for _ in range(2)]
                until(lambda: client.get(f"/jobs/{jobs[0]}").json()["state"] == "running")
                client.post("/shortlists", json={"name": "Teaser"}).raise_for_status()
        finally:
            process.send_signal(signal.SIGKILL)
    with ExitStack() as stack:
        other = replica(stack, tmp_path, settings)
        other.work.go.set()
        until(lambda: all(job.has_ended for job in other.runtime.jobs.jobs()))
        states = {job.id: job.state for job in other.runtime.jobs.jobs()}
        assert states == {jobs[0]: "interrupted", jobs[1]: "done"}
        text, _ = KeyStore(other.runtime.database).make("editor", "write")
        headers = {"Authorization": f"Bearer {text}"}
        lists = other.client.get("/api/v1/shortlists", headers=headers).json()
        assert [each["name"] for each in lists] == ["Teaser"]
