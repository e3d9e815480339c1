"""The stages of a title: finds the missing ones, and runs and commits one."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.allocation import give_back
from indexer.listener import Listener
from indexer.stages import clips, context, decode, embed, look, points, scores, shots, stills, text
from indexer.stages.base import Stage, stage_key
from indexer.stages.work import TitleWork
from indexer.unchanged import check_in_place, check_unchanged

if TYPE_CHECKING:
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
    look.LOOK,
    context.CONTEXT,
    clips.CLIPS,
    scores.SCORES,
    points.POINTS,
)
"""Fused embeddings to points in the store, and the look of shots, which needs no encoder: these
stages run again for titles whose film is not read, and so a title indexed before gains it."""

STAGES = (*BEFORE_ENCODER, *WITH_ENCODER)
"""All stages, in the order that one title runs through them."""

AT_ONCE = 2
"""Stages that run at the same time: none keeps all cores busy by itself."""


def key_of(work: TitleWork, stage: Stage[TitleWork]) -> str:
    """Return the key of a stage whose inputs' keys are in ``work.keys``."""
    return stage_key(
        work.title.media.content_hash,
        stage.name,
        stage.version,
        stage.settings(work),
        work.identities(stage.inputs),
    )


def is_done(work: TitleWork, stage: Stage[TitleWork]) -> bool:
    """Return whether the stage's result exists; for points, also in the store."""
    key = work.keys[stage.name]
    if not work.folder.has(stage.name, key):
        return False
    return stage.name != points.NAME or points.still_stored(work, work.result(stage.name))


def missing_stages(work: TitleWork, stages: Sequence[Stage[TitleWork]], force: bool) -> list[str]:
    """Return the names of the stages that may have to run; fills ``work.keys``.

    A stage is included if one of its inputs has to run, although the input may not change.
    """
    missing = []
    for stage in stages:
        work.keys[stage.name] = key_of(work, stage)
        if force or not is_done(work, stage):
            missing.append(stage.name)
    return missing


def run_stage(
    work: TitleWork, stage: Stage[TitleWork], listener: Listener, timings: "Timings"
) -> float:
    """Run one stage and return the seconds it took."""
    listener.doing(work.title.metadata.name, stage.name)
    began = time.monotonic()
    _run(work, stage, listener, timings)
    give_back()
    seconds = time.monotonic() - began
    timings.learn(stage.name, work.title.media.duration, seconds)
    return seconds


def _run(work: TitleWork, stage: Stage[TitleWork], listener: Listener, timings: "Timings") -> None:
    expected = timings.estimate([stage.name], work.title.media.duration)
    told = 0.0

    def report(done: float) -> None:
        nonlocal told
        step = min(max(done, told), 1.0) - told
        told += step
        listener.worked(step * expected)

    own = replace(work, report=report)

    def write(folder: Path) -> None:
        if not stage.reads_film:
            stage.run(own, folder)
            return
        check_in_place(work.title.media, work.state)
        stage.run(own, folder)
        # The result is stored under the hash of the file at the start: check that it is unchanged.
        check_in_place(work.title.media, work.state)
        check_unchanged(work.title.media)

    work.folder.commit(stage.name, work.keys[stage.name], write)
    report(1.0)
