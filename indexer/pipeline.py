"""One title through its stages: run what is missing, skip what is there, commit each whole."""

import errno
import time
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.errors import ReelfindError
from indexer.listener import Listener
from indexer.stages import clips, context, decode, embed, points, scores, shots, stills, text
from indexer.stages.base import Stage, stage_key
from indexer.stages.work import TitleWork
from indexer.timings import Timings

BEFORE_ENCODER: tuple[Stage[TitleWork], ...] = (
    decode.DECODE,
    shots.SHOTS,
    text.TEXT,
    stills.STILLS,
    embed.VIDEO_STAGE,
    embed.AUDIO_STAGE,
    embed.DIALOGUE_STAGE,
    embed.FUSED_STAGE,
)
"""Film to fused embeddings: what needs no other title."""

WITH_ENCODER: tuple[Stage[TitleWork], ...] = (
    context.CONTEXT,
    clips.CLIPS,
    scores.SCORES,
    points.POINTS,
)
"""Fused embeddings to points in the store."""


@dataclass(frozen=True)
class StageTime:
    """What a stage took, in seconds; None if its result was already there."""

    stage: str
    seconds: float | None


def key_of(work: TitleWork, stage: Stage[TitleWork]) -> str:
    """Return the key of a stage whose inputs' keys are in ``work.keys``."""
    return stage_key(
        work.title.media.content_hash,
        stage.name,
        stage.version,
        stage.settings(work),
        {name: work.keys[name] for name in stage.inputs},
    )


def is_done(work: TitleWork, stage: Stage[TitleWork]) -> bool:
    """Return whether the stage's result is there; of points, also in the store."""
    key = work.keys[stage.name]
    if not work.folder.has(stage.name, key):
        return False
    return stage.name != points.NAME or points.still_stored(
        work, work.folder.stage(stage.name, key)
    )


def missing_stages(work: TitleWork, stages: Sequence[Stage[TitleWork]], force: bool) -> list[str]:
    """Return the names of the stages that have to run; fills ``work.keys``."""
    missing = []
    for stage in stages:
        work.keys[stage.name] = key_of(work, stage)
        if force or not is_done(work, stage):
            missing.append(stage.name)
    return missing


def run_stages(
    work: TitleWork,
    stages: Sequence[Stage[TitleWork]],
    force: bool,
    listener: Listener,
    timings: Timings,
) -> list[StageTime]:
    """Run the stages that are missing, in order, and return what each took.

    Raises:
        ReelfindError: a stage cannot be done; what was done before stays done.
    """
    times = []
    for stage in stages:
        work.keys[stage.name] = key_of(work, stage)
        if not force and is_done(work, stage):
            times.append(StageTime(stage.name, None))
            continue
        listener.doing(work.title.metadata.name, stage.name)
        began = time.monotonic()
        _run(work, stage, listener, timings)
        took = time.monotonic() - began
        timings.learn(stage.name, work.title.media.duration, took)
        times.append(StageTime(stage.name, took))
    return times


def _run(work: TitleWork, stage: Stage[TitleWork], listener: Listener, timings: Timings) -> None:
    expected = timings.estimate([stage.name], work.title.media.duration)
    told = 0.0

    def report(done: float) -> None:
        nonlocal told
        step = min(max(done, told), 1.0) - told
        told += step
        listener.worked(step * expected)

    work.report = report
    try:
        work.folder.commit(
            stage.name, work.keys[stage.name], lambda folder: stage.run(work, folder)
        )
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ReelfindError(
            f"{work.title.media.path}: the disk of the data directory is full "
            f"({work.folder.path}); free some space and run the same command again"
        ) from error
    report(1.0)
