"""Jobs: films are indexed, scored or embedded again while searches go on."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from app.api.deps import AuthenticatorDep, RuntimeDep, Writer
from app.api.gates import gated
from app.jobs.queue import JobQueue
from app.jobs.records import Job, JobRequest, JobSummary, OutsideError
from app.runtime import NotFoundError

router = APIRouter(tags=["jobs"], route_class=gated("database"))

LOOK = 0.25
"""Seconds between two looks at a job whose events are listened to."""
ALIVE = 10.0
"""Seconds of silence after which a comment says that the connection still stands."""

EXAMPLES: dict[str, Any] = {
    "index": {"summary": "A folder of films", "value": {"paths": ["/films/season-1"]}},
    "rescore": {"summary": "All titles, after a probe was trained", "value": {"kind": "rescore"}},
    "edit": {
        "summary": "What is known of a title",
        "value": {
            "kind": "edit",
            "titles": ["827163ee8ca6c545"],
            "metadata": {"name": "Bikes", "year": 2024, "genres": ["documentary"]},
        },
    },
}

JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="`id` of a job.")]


def find_job(job_id: JobId, runtime: RuntimeDep) -> Job:
    """Return the job that the address names."""
    job = runtime.jobs.find(job_id)
    if job is None:
        raise NotFoundError(f"{job_id}: no such job")
    return job


def from_here(request: Request, authenticator: AuthenticatorDep) -> bool:
    """Return whether the request has the key that only this machine's owner can read."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    return (
        authenticator is not None
        and kind.casefold() == "bearer"
        and secrets.compare_digest(key.strip().encode(), authenticator.machine_key.encode())
    )


JobDep = Annotated[Job, Depends(find_job)]
FromHere = Annotated[bool, Depends(from_here)]


@router.post("/jobs", status_code=HTTPStatus.ACCEPTED)
def submit_job(
    asked: Annotated[JobRequest, Body(openapi_examples=EXAMPLES)],
    runtime: RuntimeDep,
    here: FromHere,
    response: Response,
    _caller: Writer,
) -> Job:
    """Put a job at the end of the queue; its paths lie under the folders of `jobs.roots`."""
    return _submitted(asked, runtime, here, response)


@router.get("/jobs")
def list_jobs(
    runtime: RuntimeDep,
    limit: Annotated[int, Query(ge=1, le=500, description="Most jobs of the answer.")] = 50,
) -> list[JobSummary]:
    """List jobs, newest first."""
    return [JobSummary(**job.model_dump(include=_SHORT)) for job in runtime.jobs.jobs()[:limit]]


@router.get("/jobs/{job_id}")
def get_job(job: JobDep) -> Job:
    """Return a job with its messages and, when it has ended, its report."""
    return job


@router.delete("/jobs/{job_id}")
def cancel_job(job: JobDep, runtime: RuntimeDep, _caller: Writer) -> Job:
    """Stop a job; whatever it finished stays. One that has ended stays as it is."""
    return runtime.jobs.cancel(job.id)


@router.post("/jobs/{job_id}/retry", status_code=HTTPStatus.ACCEPTED)
def retry_job(
    job: JobDep, runtime: RuntimeDep, here: FromHere, response: Response, _caller: Writer
) -> Job:
    """Do a job that has ended once more, as a new job; what was finished is not done again."""
    if not job.has_ended:
        raise HTTPException(HTTPStatus.CONFLICT, f"{job.id}: is {job.state}; cancel it first")
    return _submitted(job.request, runtime, here, response, retry_of=job.id)


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "Server-sent events.",
        }
    },
)
def follow_job(job: JobDep, runtime: RuntimeDep, request: Request) -> StreamingResponse:
    """Follow a job: each event `job` is the whole job, the first at once, the last its end."""
    return StreamingResponse(
        _events(runtime.jobs, job.id) if request.method == "GET" else iter(()),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


_SHORT = set(JobSummary.model_fields)


def _submitted(
    asked: JobRequest,
    runtime: RuntimeDep,
    here: bool,
    response: Response,
    retry_of: str | None = None,
) -> Job:
    for title_id in asked.titles:
        runtime.manifest(title_id)
    try:
        asked.limited_to(None if here else runtime.roots)
    except OutsideError as error:
        raise HTTPException(HTTPStatus.FORBIDDEN, str(error)) from error
    job = runtime.jobs.submit(asked, anywhere=here, retry_of=retry_of)
    response.headers["Location"] = f"{runtime.settings.server.api_path}/jobs/{job.id}"
    return job


async def _events(queue: JobQueue, job_id: str) -> AsyncIterator[str]:
    last, silent = None, 0.0
    while (job := await run_in_threadpool(queue.find, job_id)) is not None:
        if job != last:
            yield f"event: job\ndata: {job.model_dump_json()}\n\n"
            last, silent = job, 0.0
        elif silent >= ALIVE:
            yield ": still there\n\n"
            silent = 0.0
        if job.has_ended:
            return
        await asyncio.sleep(LOOK)
        silent += LOOK
