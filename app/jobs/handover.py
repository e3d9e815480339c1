"""The command line's side of a job: hand it to the running server, and follow it there."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
from pydantic import ValidationError

from app.jobs.records import Job, JobRequest
from app.running import RunningServer, refusal, running_server
from indexer.errors import ReelfindError
from indexer.listener import Listener
from indexer.preparation import Request
from indexer.report import IndexReport

AGAIN = "run the same command to go on from here"


def index_through_server(
    data: Path, request: Request, profile: str | None, listener: Listener
) -> IndexReport | None:
    """Let the server over ``data`` do a request; the rest is as for ``through_server``."""
    if running_server(data) is None:
        return None
    try:
        asked = JobRequest.of(request, profile)
    except ValidationError as error:
        raise ReelfindError(f"{error.errors()[0]['msg']}; stop the server first") from error
    return through_server(data, asked, listener)


def through_server(data: Path, asked: JobRequest, listener: Listener) -> IndexReport | None:
    """Let the server over ``data`` do a job, and tell ``listener`` how it goes.

    Returns:
        What was done; None if no server answers.

    Raises:
        ReelfindError: it refuses, fails as a whole, is cancelled, or the server stops.
        KeyboardInterrupt: the job was cancelled first.
    """
    server = running_server(data)
    if server is None:
        return None
    with server.client() as client:
        try:
            answer = client.post("/jobs", json=asked.model_dump(mode="json"))
        except httpx.HTTPError:
            return None
        if not answer.is_success:
            raise refusal(server, answer)
        return _followed(server, client, Job.model_validate_json(answer.content), listener)


def _followed(
    server: RunningServer, client: httpx.Client, job: Job, listener: Listener
) -> IndexReport:
    if job.ahead:
        count = "another job goes" if job.ahead == 1 else f"{job.ahead} other jobs go"
        listener.said(f"{server.address}: {count} first")
    told = job.model_copy(update={"planned": 0.0, "messages": ()})
    try:
        for now in _states(client, job.id):
            _tell(listener, told, now)
            told = now
    except KeyboardInterrupt:
        with suppress(httpx.HTTPError):
            client.delete(f"/jobs/{told.id}")
        raise
    except httpx.HTTPError as error:
        raise ReelfindError(
            f"{server.address}: the server that did this does not answer any more; {AGAIN}"
        ) from error
    if told.report is not None:
        return told.report
    if told.state == "failed":
        raise ReelfindError(told.error or "the job failed; see the server's own output")
    raise ReelfindError(f"{server.address}: the job was {told.state}; {AGAIN}")


def _states(client: httpx.Client, job_id: str) -> Iterator[Job]:
    """Yield a job each time it changes, until it has ended.

    Raises:
        httpx.HTTPError: the server is gone.
    """
    while True:
        try:
            with client.stream("GET", f"/jobs/{job_id}/events") as answer:
                answer.raise_for_status()
                for line in answer.iter_lines():
                    if line.startswith("data: "):
                        job = Job.model_validate_json(line.removeprefix("data: "))
                        yield job
                        if job.has_ended:
                            return
        except (httpx.ReadTimeout, httpx.RemoteProtocolError):
            # A line that broke is not a server that stopped: ask for the events once more.
            continue


def _tell(listener: Listener, before: Job, now: Job) -> None:
    if now.planned != before.planned:
        listener.planned(now.planned)
    if (now.title, now.stage) != (before.title, before.stage):
        listener.doing(now.title, now.stage)
    if now.worked > before.worked:
        listener.worked(now.worked - before.worked)
    for message in now.messages[len(before.messages) :]:
        listener.said(message)
