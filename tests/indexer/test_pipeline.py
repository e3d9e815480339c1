"""What the pipeline makes of a stage that fails."""

import errno
import threading
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


def test_stages_wait_for_their_inputs_and_no_others(tmp_path: Path) -> None:
    began = {name: threading.Event() for name in "abcd"}

    def stage(name: str, inputs: tuple[str, ...], meets: str | None = None) -> Stage[TitleWork]:
        def do(work: TitleWork, out: Path) -> None:
            for each in inputs:
                assert work.folder.has(each, work.keys[each])
            began[name].set()
            assert meets is None or began[meets].wait(10)

        return Stage(name, 1, inputs, lambda _: {}, do)

    # b and c each wait for the other to begin: in turn, they would never end.
    stages = [stage("a", ()), stage("b", ("a",), "c"), stage("c", ("a",), "b")]
    work = work_in(tmp_path)
    timings = Timings(tmp_path / "timings.json")
    times = run_stages(work, [*stages, stage("d", ("b", "c"))], False, Silence(), timings)
    assert [each.stage for each in times] == ["a", "b", "c", "d"]
    assert all(each.seconds is not None for each in times)


def test_after_a_fault_nothing_that_needs_it_begins(tmp_path: Path) -> None:
    def fail(work: TitleWork, out: Path) -> None:
        raise ReelfindError("no")

    first = Stage[TitleWork]("a", 1, (), lambda _: {}, fail)
    second = Stage[TitleWork]("b", 1, ("a",), lambda _: {}, lambda work, out: None)
    work = work_in(tmp_path)
    with pytest.raises(ReelfindError, match="no"):
        run_stages(work, [first, second], False, Silence(), Timings(tmp_path / "t.json"))
    assert list(tmp_path.glob("b-*")) == []
