"""The queue of jobs: progress, errors, and the buttons to cancel or repeat a job."""

from contextlib import suppress

import streamlit as st

from app.jobs.queue import JobQueue
from app.jobs.records import Job, State
from app.jobs.words import action, doing, subject
from app.runtime import Runtime
from app.ui.parts.words import counted, plain
from indexer.errors import ReelfindError

BUSY_SECONDS = 1.0
IDLE_SECONDS = 10.0
"""Between two looks: a job may have been asked for on the command line."""
ENDED_SHOWN = 5

_BADGES: dict[State, tuple[str, str, str]] = {
    "waiting": ("Waiting", ":material/schedule:", "gray"),
    "running": ("Running", ":material/sync:", "blue"),
    "cancelling": ("Stopping", ":material/stop_circle:", "orange"),
    "done": ("Done", ":material/check:", "green"),
    "failed": ("Failed", ":material/error:", "red"),
    "cancelled": ("Cancelled", ":material/block:", "gray"),
    "interrupted": ("Interrupted", ":material/power_off:", "orange"),
}
_SEEN = "jobs.ended"
_ALL = "jobs.all"


def queue_panel(runtime: Runtime) -> None:
    """Draw the queue, which updates by itself."""
    try:
        busy = any(not job.has_ended for job in runtime.jobs.jobs())
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.fragment(run_every=BUSY_SECONDS if busy else IDLE_SECONDS)(_queue)(runtime, busy)


def _queue(runtime: Runtime, busy: bool) -> None:
    queue = runtime.jobs
    try:
        jobs = queue.jobs()
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    ended = sum(job.has_ended for job in jobs)
    # Redraw the page when jobs begin or end: the titles change, and the refresh interval.
    if st.session_state.setdefault(_SEEN, ended) != ended or busy != (ended < len(jobs)):
        st.session_state[_SEEN] = ended
        st.rerun(scope="app")
    if not jobs:
        return
    st.subheader("Queue", anchor=False)
    going = sorted((job for job in jobs if not job.has_ended), key=lambda job: job.ahead)
    past = [job for job in jobs if job.has_ended]
    shown = [*going, *(past if st.session_state.get(_ALL) else past[:ENDED_SHOWN])]
    names: dict[str, str] = {}
    with suppress(ReelfindError):  # The page shows the error.
        names = runtime.title_names(title for job in shown for title in job.request.titles)
    for job in shown:
        _row(queue, job, names)
    if len(past) > ENDED_SHOWN:
        st.toggle(f"All {len(past)} that have ended", key=_ALL)


def _row(queue: JobQueue, job: Job, names: dict[str, str]) -> None:
    label, icon, colour = _BADGES[job.state]
    name = plain(subject(job, names))
    with (
        st.container(border=True, key=f"job-{job.id}"),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        with st.container(gap="xsmall"):
            st.markdown(f"**{action(job)}** {name} :{colour}-badge[{icon} {label}]")
            _how(job)
        if not job.has_ended:
            st.button(
                "Cancel",
                key=f"cancel-{job.id}",
                icon=":material/close:",
                help=f"Stop: {name}. What is finished stays finished.",
                disabled=job.state == "cancelling",
                on_click=_cancel,
                args=(queue, job),
            )
        elif job.state != "done":
            st.button(
                "Try again",
                key=f"retry-{job.id}",
                icon=":material/replay:",
                help=f"Repeat: {name}. What was finished is not done again.",
                on_click=_retry,
                args=(queue, job),
            )


def _how(job: Job) -> None:
    """Draw a job's progress or outcome."""
    if job.state in ("running", "cancelling"):
        st.progress(job.progress, text=plain(doing(job)))
    elif job.state == "waiting":
        st.caption(f"{job.ahead} before it" if job.ahead else "Next")
    elif job.error:
        st.error(plain(job.error))
    elif job.state == "interrupted":
        st.caption("The server stopped before its end.")
    if job.state == "failed" and job.report is not None:
        errors = [title.error for title in job.report.titles if title.error]
        for error in [*errors, *job.report.problems][1:]:
            st.caption(plain(error))
    titles = job.report.titles if job.report is not None else ()
    warnings = dict.fromkeys(each for title in titles for each in title.warnings)
    told = [*job.messages, *warnings]
    if told:
        with st.expander(counted(len(told), "message")):
            st.text("\n".join(told))


def _cancel(queue: JobQueue, job: Job) -> None:
    try:
        queue.cancel(job.id)
    except ReelfindError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def _retry(queue: JobQueue, job: Job) -> None:
    try:
        queue.submit(job.request, anywhere=job.anywhere, retry_of=job.id)
    except ReelfindError as error:
        st.toast(plain(str(error)), icon=":material/error:")
