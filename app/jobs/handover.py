"""The command line's side of a job: submits it to the running server, and follows it."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from pydantic import ValidationError

from app.jobs.records import Job, JobRequest
from app.running import ask_server, running_server
from indexer.errors import ReelfindError
from indexer.listener import Listener
from indexer.report import IndexReport
from indexer.request import Request

if TYPE_CHECKING:
    from app.remote import Client

AGAIN = "run the same command to go on from here"


def index_through_server(
    data: Path, request: Request, profile: str | None, listener: Listener
) -> IndexReport | None:
    """Index on the server of ``data``; otherwise like ``run_on_server``."""
    if running_server(data) is None:
        return None
    if request.cluster is not None:
        if ask_server(data, lambda client: client.jobs()) is None:
            return None
        raise ReelfindError(
            f"--cluster: the server that runs over {data} does this work; set cluster.address in "
            "its settings, or stop it first"
        )
    try:
        job_request = JobRequest.of(request, profile)
    except ValidationError as error:
        raise ReelfindError(f"{error.errors()[0]['msg']}; stop the server first") from error
    return run_on_server(data, job_request, listener)


def run_on_server(data: Path, request: JobRequest, listener: Listener) -> IndexReport | None:
    """Run a job on the server of ``data``, and pass its progress on to ``listener``.

    Returns:
        The report; None if no server answers.

    Raises:
        ReelfindError: it refuses, fails as a whole, is cancelled, or the server stops.
        KeyboardInterrupt: the job was cancelled first.
    """
    return ask_server(data, lambda client: _follow(client, client.submit(request), listener))


def _follow(client: "Client", job: Job, listener: Listener) -> IndexReport:
    from app.remote import ApiError

    if job.ahead:
        count = "another job goes" if job.ahead == 1 else f"{job.ahead} other jobs go"
        listener.message(f"{client.address}: {count} first")
    # The job may be under way in the very answer that says it was taken.
    untold = {"planned": 0.0, "worked": 0.0, "title": "", "stage": "", "messages": ()}
    last = job.model_copy(update=untold)
    try:
        for now in client.follow(job.id):
            _pass_on(listener, last, now)
            last = now
    except KeyboardInterrupt:
        with suppress(httpx.HTTPError, ApiError):
            client.cancel(job.id)
        raise
    except (httpx.HTTPError, ApiError) as error:
        raise ReelfindError(
            f"{client.address}: the server that did this does not answer any more; {AGAIN}"
        ) from error
    if last.report is not None:
        return last.report
    if last.state == "failed":
        raise ReelfindError(last.error or "the job failed; see the server's own output")
    raise ReelfindError(f"{client.address}: the job was {last.state}; {AGAIN}")


def _pass_on(listener: Listener, before: Job, now: Job) -> None:
    if now.planned != before.planned:
        listener.planned(now.planned)
    if (now.title, now.stage) != (before.title, before.stage):
        listener.doing(now.title, now.stage)
    if now.worked > before.worked:
        listener.worked(now.worked - before.worked)
    for message in now.messages[len(before.messages) :]:
        listener.message(message)
