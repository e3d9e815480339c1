"""Lines about a run: how long it will take, how to make it faster, and which profile sees more."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.backbones.hub_models import CLIP_VIT_B_32

LONG = 10.0
"""The least seconds of a run that gets advice."""
NOTED = 0.1
"""The part of a run's work from which on a stage is worth a word."""
IDLE = 0.6
"""The part of all cores below which a run leaves room for more titles at once."""


@dataclass(frozen=True)
class Spent:
    """Where the time of a run went.

    ``stages``: seconds by stage, of all titles; stages overlap. ``transcribed``: those of reading
    text that went into transcription. ``seconds`` by the clock, ``core_seconds`` of all cores.
    """

    stages: Mapping[str, float]
    transcribed: float
    seconds: float
    core_seconds: float
    titles: int
    jobs: int
    profile: str


def expected(titles: int, film: float, seconds: float) -> str:
    """Return the line that says what a run will take; ``film`` and ``seconds`` are in seconds."""
    count = f"{titles} title{'' if titles == 1 else 's'}"
    return f"{count}, {_duration(film)} of film: about {_duration(seconds)} on this machine"


def more_than(profile: str) -> str | None:
    """Return the line that says which profile sees more than this one, and how to get it."""
    if profile != "lite":
        return None
    size = CLIP_VIT_B_32.size
    return (
        f"profile lite knows a thousand nouns in pictures; base finds any words in them: `reelfind "
        f"models fetch base` ({size}), then `--profile base` with an empty data directory"
    )


def quicker(spent: Spent, cores: int | None = None) -> tuple[str, ...]:
    """Return advice on making such a run faster, the most effective first."""
    total = sum(spent.stages.values())
    cores = cores or os.cpu_count() or 1
    lines = []
    if total < LONG:
        return ()
    if spent.transcribed > NOTED * total:
        lines.append(
            f"transcription took {_share(spent.transcribed, total)} of the work: a subtitle file "
            "beside a film (Film.srt) saves it"
        )
    busy = spent.core_seconds / max(spent.seconds, 1e-3)
    if spent.titles > spent.jobs and busy < IDLE * cores:
        jobs = min(spent.titles, max(2, round(spent.jobs * cores / max(busy, 1.0))))
        lines.append(f"{busy:.1f} of {cores} cores were busy: --jobs {jobs} works on more titles")
    if spent.profile != "lite" and spent.stages.get("video", 0.0) > NOTED * total:
        lines.append(
            f"pictures took {_share(spent.stages['video'], total)} of the work: a GPU embeds them "
            "many times as fast, and profile lite does without"
        )
    return tuple(lines)


def _share(seconds: float, total: float) -> str:
    return f"{seconds / total:.0%}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"
