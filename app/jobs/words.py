"""Describes jobs in words, for terminal and browser."""

from app.jobs.records import Job
from indexer.characters import one_line
from indexer.pipeline import BEFORE_ENCODER, WITH_ENCODER

STAGE_WORDS = {
    **{stage.name: stage.doing for stage in BEFORE_ENCODER},
    "encoder": "fitting the encoder",
    **{stage.name: stage.doing for stage in WITH_ENCODER},
    "maintenance": "packing the index",
}
"""What is done in each stage of a run, in order; two are of all titles together."""


def clock(seconds: float) -> str:
    """Return a duration as ``h:mm:ss``."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def subject(job: Job, names: dict[str, str]) -> str:
    """Return the subject of a job; ``names`` are those of titles by id."""
    request = job.request
    match request.kind:
        case "index":
            return _listed([one_line(path.name) for path in request.paths])
        case "edit" | "remove":
            done = {title.title_id: title.name for title in job.report.titles} if job.report else {}
            # A title that is being removed may be named by the job only.
            now = job.title if len(request.titles) == 1 else ""
            return _listed(
                [names.get(each) or done.get(each) or now or each for each in request.titles]
            )
        case "rescore":
            return "All titles, with the probes in use"
        case "encoder":
            return "All titles, by another encoder"
        case "delete-people":
            return "Faces, groups and names of all titles"


def action(job: Job) -> str:
    """Return the action of a job, as a heading."""
    return {
        "index": "Index",
        "edit": "Edit",
        "remove": "Remove",
        "rescore": "Bring up to date",
        "encoder": "Embed again",
        "delete-people": "Delete people",
    }[job.request.kind]


def doing(job: Job) -> str:
    """Return a running job's current stage, and the time left."""
    if job.state == "cancelling":
        return "Stopping at the end of what is in hand"
    words = STAGE_WORDS.get(job.stage, "")
    parts = [
        f"{job.title}: {words}" if job.title and words else words or "Starting",
        f"{job.progress:.0%}" if job.planned else "",
        f"about {clock(job.seconds_left)} left" if job.seconds_left else "",
    ]
    return " · ".join(part for part in parts if part)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""
