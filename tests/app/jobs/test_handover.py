"""The command line beside a running server: its jobs look as if they ran here."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from app.api import create_api
from app.auth.authenticator import Authenticator
from app.jobs.handover import index_through_server, run_on_server
from app.jobs.records import Job, JobRequest
from app.remote import Client
from app.running import announce
from app.runtime import Runtime
from indexer.errors import ReelfindError
from indexer.listener import Listener
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import load_settings
from tests.app.cli.conftest import Reelfind
from tests.app.cli.conftest import reelfind as reelfind
from tests.app.jobs.conftest import FILM, Work, until


class Recorder:
    """A listener that keeps what it hears, and may be interrupted at a stage."""

    def __init__(self, interrupted_at: str = "") -> None:
        self.heard: list[tuple[str, object]] = []
        self._interrupted_at = interrupted_at

    def planned(self, seconds: float) -> None:
        self.heard.append(("planned", seconds))

    def doing(self, title: str, stage: str) -> None:
        self.heard.append(("doing", (title, stage)))
        if stage == self._interrupted_at:
            raise KeyboardInterrupt

    def worked(self, seconds: float) -> None:
        self.heard.append(("worked", seconds))

    def message(self, message: str) -> None:
        self.heard.append(("said", message))


class Steered(Runtime):
    """A Runtime whose jobs do what the test says, after the checks of a real one."""

    def __init__(self, data: Path, work: Work) -> None:
        super().__init__(data, load_settings(data))
        self._steered = work

    def _do(self, job: Job, listener: Listener) -> IndexReport:
        return self._steered(job, listener)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def runtime(data: Path, work: Work) -> Iterator[Runtime]:
    """A server over ``data`` that really listens, announced to the command line."""
    runtime = Steered(data, work)
    authenticator = Authenticator(data, load_settings(data), guarded=True)
    app = Starlette(routes=[Mount("/api", create_api(lambda: runtime, authenticator))])
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    announce(data, f"http://127.0.0.1:{listener.getsockname()[1]}", authenticator.machine_key)
    yield runtime
    server.should_exit = True
    thread.join()
    runtime.close()
    authenticator.close()
    listener.close()


def test_without_a_server_nothing_is_handed_over(data: Path) -> None:
    assert index_through_server(data, Request((FILM,)), None, Recorder()) is None
    announce(data, "http://127.0.0.1:9", "key")
    assert index_through_server(data, Request((FILM,)), None, Recorder()) is None
    clustered = Request((FILM,), cluster="auto")
    assert index_through_server(data, clustered, None, Recorder()) is None


def test_progress_and_report_are_those_of_the_job(data: Path, runtime: Runtime, work: Work) -> None:
    recorder = Recorder()
    threading.Timer(0.6, work.go.set).start()
    report = index_through_server(data, Request((FILM,), force=True, jobs=3), None, recorder)
    (job,) = runtime.jobs.jobs()
    assert report == job.report
    assert job.anywhere
    assert (job.request.force, job.request.at_once, job.request.paths) == (True, 3, (FILM,))
    assert recorder.heard == [
        ("planned", 10.0),
        ("doing", ("A film", "shots")),
        ("worked", 2.5),
        ("said", "a warning"),
    ]


def test_a_relative_path_is_this_directorys(
    data: Path, runtime: Runtime, work: Work, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(data)
    work.go.set()
    index_through_server(data, Request((Path("../films/a.mp4"),)), None, Recorder())
    assert runtime.jobs.jobs()[0].request.paths == (tmp_path / "films" / "a.mp4",)


def test_the_audio_track_is_handed_over(data: Path, runtime: Runtime, work: Work) -> None:
    work.go.set()
    index_through_server(data, Request((FILM,), audio_track=2), None, Recorder())
    asked = runtime.jobs.jobs()[0].request
    assert (asked.audio_track, asked.limited_to(None).audio_track) == (2, 2)


def test_the_server_chooses_its_cluster(data: Path, runtime: Runtime, work: Work) -> None:
    with pytest.raises(ReelfindError, match=r"set cluster\.address"):
        index_through_server(data, Request((FILM,), cluster="auto"), None, Recorder())
    assert runtime.jobs.jobs() == []


def test_a_removal_is_handed_over(data: Path, runtime: Runtime, work: Work) -> None:
    work.go.set()
    title = data / "titles" / ("ab12" * 4)
    asked = JobRequest(kind="remove", titles=(title.name,))
    with pytest.raises(ReelfindError, match="no such title"):
        run_on_server(data, asked, Recorder())
    assert runtime.jobs.jobs() == []


def test_it_waits_for_its_turn_and_says_so(data: Path, runtime: Runtime, work: Work) -> None:
    recorder = Recorder()
    work.go.clear()
    first = threading.Thread(
        target=index_through_server, args=(data, Request((FILM,)), None, Recorder())
    )
    first.start()
    until(lambda: bool(work.begun))

    def let_go() -> None:
        try:
            until(lambda: bool(recorder.heard))
        finally:
            work.go.set()

    threading.Thread(target=let_go).start()
    index_through_server(data, Request((FILM,)), None, recorder)
    first.join()
    assert len(runtime.jobs.jobs()) == 2
    assert recorder.heard[0][0] == "said"
    assert "another job goes first" in str(recorder.heard[0][1])


def test_a_job_that_began_before_the_answer_is_told(
    data: Path, runtime: Runtime, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = Client.submit

    def begun(client: Client, request: JobRequest) -> Job:
        job = submit(client, request)
        until(lambda: runtime.jobs.jobs()[0].stage == "shots")
        return runtime.jobs.jobs()[0].model_copy(update={"ahead": job.ahead})

    monkeypatch.setattr(Client, "submit", begun)
    with pytest.raises(KeyboardInterrupt):
        index_through_server(data, Request((FILM,)), None, Recorder("shots"))


def test_ctrl_c_cancels_the_job(data: Path, runtime: Runtime, work: Work) -> None:
    with pytest.raises(KeyboardInterrupt):
        index_through_server(data, Request((FILM,)), None, Recorder("shots"))
    until(lambda: runtime.jobs.jobs()[0].state == "cancelled")


def test_a_job_that_somebody_cancels_is_told(data: Path, runtime: Runtime, work: Work) -> None:
    def cancel() -> None:
        until(lambda: bool(work.begun))
        runtime.jobs.cancel(work.begun[0])

    threading.Thread(target=cancel).start()
    with pytest.raises(ReelfindError, match="cancelled"):
        index_through_server(data, Request((FILM,)), None, Recorder())


def test_a_server_that_stops_is_told(data: Path, runtime: Runtime, work: Work) -> None:
    def stop() -> None:
        until(lambda: bool(work.begun))
        runtime.close()

    threading.Thread(target=stop).start()
    with pytest.raises(ReelfindError, match=r"interrupted.*run the same command"):
        index_through_server(data, Request((FILM,)), None, Recorder())


def test_a_server_that_is_stopping_takes_no_job(data: Path, runtime: Runtime, work: Work) -> None:
    runtime.close()
    with pytest.raises(ReelfindError, match="the server is stopping"):
        index_through_server(data, Request((FILM,)), None, Recorder())
    assert work.begun == []


def test_a_job_that_fails_as_a_whole_is_told(data: Path, runtime: Runtime, work: Work) -> None:
    work.error = ReelfindError("the disk is full")
    work.go.set()
    with pytest.raises(ReelfindError, match="the disk is full"):
        index_through_server(data, Request((FILM,)), None, Recorder())


def test_the_command_has_its_exit_codes_and_json(
    data: Path, runtime: Runtime, work: Work, reelfind: Reelfind
) -> None:
    work.go.set()
    ran = reelfind("index", FILM, "--data", data, "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["titles"][0]["path"] == str(FILM)
    work.failed_title = f"{FILM}: cannot be decoded"
    ran = reelfind("index", FILM, "--data", data, "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["failed"] == 1
    assert reelfind("index", FILM, "--data", data).err.splitlines()[-1] == work.failed_title


def test_a_plan_is_made_here(data: Path, runtime: Runtime, reelfind: Reelfind) -> None:
    reelfind("index", data / "no.mp4", "--data", data, "--dry-run")
    assert runtime.jobs.jobs() == []


def test_another_profile_than_the_servers_is_refused(tmp_path: Path) -> None:
    runtime = Runtime(tmp_path, load_settings(tmp_path))
    job = runtime.jobs.submit(JobRequest(paths=(FILM,), profile="full"), anywhere=True)
    until(lambda: runtime.jobs.jobs()[0].has_ended)
    failed = runtime.jobs.find(job.id)
    assert failed is not None
    assert "the server uses profile 'lite'" in (failed.error or "")
    runtime.close()
