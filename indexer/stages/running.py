"""Runs one stage of a title and commits what it wrote."""

import time
from dataclasses import replace
from pathlib import Path

from indexer.allocation import give_back
from indexer.listener import Listener
from indexer.stages.base import Stage, stage_key
from indexer.stages.work import TitleWork
from indexer.timings import Timings
from indexer.unchanged import check_in_place, check_unchanged


def key_of(work: TitleWork, stage: Stage[TitleWork]) -> str:
    """Return the key of a stage whose inputs' keys are in ``work.keys``."""
    return stage_key(
        work.title.media.content_hash,
        stage.name,
        stage.version,
        stage.settings(work),
        work.identities(stage.inputs),
    )


def run_stage(
    work: TitleWork, stage: Stage[TitleWork], listener: Listener, timings: Timings
) -> float:
    """Run one stage and return the seconds it took."""
    listener.doing(work.title.metadata.name, stage.name)
    began = time.monotonic()
    _run(work, stage, listener, timings)
    give_back()
    seconds = time.monotonic() - began
    timings.learn(stage.name, work.title.media.duration, seconds)
    return seconds


def _run(work: TitleWork, stage: Stage[TitleWork], listener: Listener, timings: Timings) -> None:
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

    key = work.keys[stage.name]
    was_there = work.folder.has(stage.name, key)
    work.folder.commit(stage.name, key, write)
    work.folder.share({stage.name: key}, replace=was_there)
    report(1.0)
