"""The command line beside a running server: it asks the server that owns the index."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from app.database.engine import DATABASE, Database
from app.jobs.records import Job, JobRequest
from app.jobs.store import JobStore
from app.problems import Problem
from app.remote import Client
from app.running import RunningServer, announce, ask_server, owned, running_server, withdraw
from app.search.request import SearchRequest
from app.server import serve
from indexer.errors import ReelfindError
from indexer.settings import Settings
from tests.app.jobs.conftest import keep


def test_without_a_server_nothing_answers(tmp_path: Path) -> None:
    assert ask_server(tmp_path, lambda server: server.search(SearchRequest(q="a"))) is None


def test_a_server_that_died_does_not_answer(tmp_path: Path) -> None:
    announce(tmp_path, "http://127.0.0.1:9")
    assert ask_server(tmp_path, lambda server: server.search(SearchRequest(q="a"))) is None


def test_a_server_that_withdrew_is_not_asked(tmp_path: Path) -> None:
    announce(tmp_path, "http://127.0.0.1:9")
    withdraw(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_servers_reason_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(tmp_path, "http://127.0.0.1:9")
    problem = Problem(title="Runtime Unavailable", status=503, detail="films are being indexed")
    refusal = httpx.Response(503, content=problem.model_dump_json())
    monkeypatch.setattr("httpx.Client.request", lambda *_, **__: refusal)
    with pytest.raises(ReelfindError, match="films are being indexed"):
        ask_server(tmp_path, lambda server: server.search(SearchRequest(q="a")))


def test_a_proxy_never_gets_the_key_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    reached = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with Client(address, "secret") as client:
            assert client.is_ready()
        server.shutdown()
    assert reached == ["/api/readyz"]


def test_a_folder_has_one_server_which_keeps_its_jobs_and_its_address(tmp_path: Path) -> None:
    running = Job(
        id="0" * 32,
        request=JobRequest(paths=(tmp_path,)),
        state="running",
        created=datetime(2026, 1, 31, tzinfo=UTC),
    )
    with owned(tmp_path):
        with pytest.raises(ReelfindError, match="another server runs over this folder, and is"):
            serve(tmp_path, Settings(), port=0)
        announce(tmp_path, "http://127.0.0.1:9", "the first one's")
        with Database(tmp_path / DATABASE) as database:
            keep(database, running)
            with pytest.raises(
                ReelfindError, match=r"at http://127\.0\.0\.1:9; use it, or stop it"
            ):
                serve(tmp_path, Settings(), port=0)
            assert JobStore(database).all() == [running]
        first = running_server(tmp_path)
        assert first == RunningServer("http://127.0.0.1:9", "the first one's")
    with owned(tmp_path):
        assert running_server(tmp_path) is None, "what a server that died left behind is gone"


def test_commands_go_through_the_server_that_owns_the_index(indexed: Path, films: Path) -> None:
    reelfind = [sys.executable, "-m", "app.cli.main"]
    serve = [*reelfind, "serve", "--data", str(indexed), "--port", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[3]
            # The server takes the store with its first request.
            wanted = httpx.get(
                f"{address}/api/v1/search", params={"q": "guitar"}, timeout=60
            ).json()
            search = [*reelfind, "search", "guitar", "--data", str(indexed), "--limit", "20"]
            found = subprocess.run([*search, "--json"], capture_output=True, text=True, check=True)
            assert json.loads(found.stdout)["hits"] == wanted["hits"]
            index = [*reelfind, "index", str(films), "--data", str(indexed), "--json"]
            hit, data = wanted["hits"][0], ["--data", str(indexed), "--json"]
            make = [*reelfind, "shortlist", "new", "mine", *data]
            subprocess.run(make, capture_output=True, check=True)
            add = [*reelfind, "shortlist", "add", "mine", hit["id"], *data]
            added = subprocess.run(add, capture_output=True, text=True, check=True)
            (item,) = json.loads(added.stdout)["items"]
            assert (item["title_id"], item["start_frame"]) == (hit["title_id"], hit["start_frame"])
            ran = subprocess.run(index, capture_output=True, text=True, check=True)
            report = json.loads(ran.stdout)
            assert report["failed"] == 0
            assert {title["error"] for title in report["titles"]} == {None}
            (job,) = httpx.get(f"{address}/api/v1/jobs").json()
            assert (job["state"], job["request"]["paths"]) == ("done", [str(films)])
        finally:
            server.terminate()
    assert not (indexed / "server.json").exists()
