"""What the pipeline makes of a stage that fails."""

import errno
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from indexer.errors import ReelfindError
from indexer.listener import Silence
from indexer.models import Models
from indexer.pipeline import run_stages
from indexer.records import Media, Metadata, Title
from indexer.settings import Settings
from indexer.stages.base import Stage, TitleFolder
from indexer.stages.work import TitleWork
from indexer.timings import Timings

MEDIA = Media(Path("/films/a.mp4"), "hash", 1, Fraction(24), False, 10.0, None, 64, 36, "h264")


def work_in(folder: Path) -> TitleWork:
    return TitleWork(
        Title("t", MEDIA, Metadata("A")),
        Settings(),
        TitleFolder(folder),
        cast(Models, SimpleNamespace()),
        lambda _: None,
    )


def run(work: TitleWork, stage: Stage[TitleWork], tmp_path: Path) -> None:
    run_stages(work, [stage], False, Silence(), Timings(tmp_path / "timings.json"))


def test_a_full_disk_names_the_film_and_the_next_step(tmp_path: Path) -> None:
    def full(work: TitleWork, out: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    stage = Stage[TitleWork]("shots", 1, (), lambda _: {}, full)
    with pytest.raises(ReelfindError, match=r"a\.mp4.*full.*again"):
        run(work_in(tmp_path), stage, tmp_path)
    assert not list(tmp_path.glob("shots-*"))


def test_another_fault_of_the_disk_is_not_called_full(tmp_path: Path) -> None:
    def broken(work: TitleWork, out: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        run(work_in(tmp_path), Stage("shots", 1, (), lambda _: {}, broken), tmp_path)


def test_a_stage_runs_once_for_one_key(tmp_path: Path) -> None:
    runs = []
    stage = Stage[TitleWork]("shots", 1, (), lambda _: {"a": 1}, lambda w, out: runs.append(out))
    for _ in range(2):
        run(work_in(tmp_path), stage, tmp_path)
    assert len(runs) == 1
