"""What the pipeline makes of a stage that fails."""

import errno
import re
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from indexer.errors import ReelfindError, cause_of
from indexer.executors.local import run_stages
from indexer.listener import Silence
from indexer.models import Models
from indexer.pipeline import missing_stages
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

    stage = Stage[TitleWork]("shots", 1, (), lambda _: {}, full, "", 0.0)
    with pytest.raises(OSError, match="No space left") as caught:
        run(work_in(tmp_path), stage, tmp_path)
    told = cause_of(caught.value, MEDIA.path)
    assert re.search(r"a\.mp4.*full.*again", told)
    assert not list(tmp_path.glob("shots-*"))


def test_another_fault_of_the_disk_is_not_called_full(tmp_path: Path) -> None:
    def broken(work: TitleWork, out: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output") as caught:
        run(work_in(tmp_path), Stage("shots", 1, (), lambda _: {}, broken, "", 0.0), tmp_path)
    assert "full" not in cause_of(caught.value, MEDIA.path)


def test_a_stage_runs_once_for_one_key(tmp_path: Path) -> None:
    runs = []
    stage = Stage[TitleWork](
        "shots", 1, (), lambda _: {"a": 1}, lambda w, out: runs.append(out), "", 0.0
    )
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

        return Stage(name, 1, inputs, lambda _: {}, do, "", 0.0)

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

    first = Stage[TitleWork]("a", 1, (), lambda _: {}, fail, "", 0.0)
    second = Stage[TitleWork]("b", 1, ("a",), lambda _: {}, lambda work, out: None, "", 0.0)
    work = work_in(tmp_path)
    with pytest.raises(ReelfindError, match="no"):
        run_stages(work, [first, second], False, Silence(), Timings(tmp_path / "t.json"))
    assert list(tmp_path.glob("b-*")) == []


def versions(shots: int, said: str, runs: list[str]) -> list[Stage[TitleWork]]:
    """Shots of a version that finds ``said``, clips made of them, and scores of the clips."""

    def write(name: str, text: str) -> Callable[[TitleWork, Path], None]:
        def do(work: TitleWork, out: Path) -> None:
            runs.append(name)
            (out / "table").write_text(text)

        return do

    return [
        Stage("shots", shots, (), lambda _: {}, write("shots", said), "", 0.0),
        Stage("clips", 1, ("shots",), lambda _: {}, write("clips", said), "", 0.0),
        Stage("scores", 1, ("clips",), lambda _: {}, write("scores", "scores"), "", 0.0),
    ]


def test_a_newer_stage_that_finds_the_same_leaves_later_ones_as_they_are(tmp_path: Path) -> None:
    runs: list[str] = []
    timings = Timings(tmp_path / "timings.json")
    first, second, third = (work_in(tmp_path) for _ in range(3))

    run_stages(first, versions(1, "two shots", runs), False, Silence(), timings)
    run_stages(second, versions(2, "two shots", runs), False, Silence(), timings)
    second.folder.prune(second.keys)

    assert runs == ["shots", "clips", "scores", "shots"]
    assert second.keys["shots"] != first.keys["shots"]
    assert second.keys["scores"] == first.keys["scores"]

    # The mark stays when the result that it names is gone; other shots end it.
    run_stages(work_in(tmp_path), versions(2, "two shots", runs), False, Silence(), timings)
    assert runs[4:] == []
    run_stages(third, versions(3, "three shots", runs), False, Silence(), timings)
    assert runs[4:] == ["shots", "clips", "scores"]
    assert third.keys["clips"] != second.keys["clips"]


def test_a_result_that_is_the_same_counts_as_done_where_it_was_planned(tmp_path: Path) -> None:
    class Counts(Silence):
        worked_seconds = 0.0

        def worked(self, seconds: float) -> None:
            self.worked_seconds += seconds

    timings = Timings(tmp_path / "timings.json")
    run_stages(work_in(tmp_path), versions(1, "one", []), False, Silence(), timings)
    work, listener = work_in(tmp_path), Counts()
    planned = missing_stages(work, versions(2, "one", []), False)
    seconds = timings.estimate(planned, MEDIA.duration)

    run_stages(work, versions(2, "one", []), False, listener, timings)

    assert planned == ["shots", "clips", "scores"]
    assert listener.worked_seconds == pytest.approx(seconds, rel=0.05)
