"""Health checks: each part that can be missing, and the next step."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from app.runtime import Runtime
from indexer.errors import ReelfindError
from indexer.ffmpeg import ffmpeg_version, find_ffmpeg

PER_MINUTE = 10 * 2**20
"""Bytes of disk that a minute of film takes, about."""
FEW_HOURS = 5
"""With space for fewer hours of film, the check of the disk fails."""


@dataclass(frozen=True)
class Check:
    """One check: whether it passed, its finding, and the next step if it failed."""

    name: str
    well: bool
    told: str
    next_step: str = ""


def checks(runtime: Runtime) -> Iterator[Check]:
    """Run all checks, the quick ones first."""
    yield _ffmpeg()
    yield _disk(runtime)
    yield _database(runtime)
    yield _store(runtime)


def _ffmpeg() -> Check:
    try:
        path = find_ffmpeg()
    except ReelfindError as error:
        return Check("ffmpeg", False, str(error), "Films cannot be decoded without it.")
    version = ".".join(map(str, ffmpeg_version(path)))
    return Check("ffmpeg", True, f"version {version}, {path}")


def _disk(runtime: Runtime) -> Check:
    folder = runtime.catalogue.path
    free = shutil.disk_usage(folder if folder.is_dir() else folder.absolute().anchor).free
    hours = free / PER_MINUTE / 60
    return Check(
        "Disk",
        hours >= FEW_HOURS,
        f"{free / 2**30:,.1f} GiB free at {folder}, for about {hours:,.0f} hours of film",
        "Make room, or move the data directory to a larger disk.",
    )


def _database(runtime: Runtime) -> Check:
    try:
        with runtime.database.read("settings"):
            return Check("Database", True, runtime.database.name)
    except ReelfindError as error:
        return Check("Database", False, str(error))


def _store(runtime: Runtime) -> Check:
    state = runtime.state()
    told = "can be searched" if state.kind == "ready" else state.message
    well = state.kind != "broken" and not state.notice
    return Check("Store", well, state.notice or told, state.next_step)
