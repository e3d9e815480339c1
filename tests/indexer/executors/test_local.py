"""Which stages run at the same time, across titles."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.executors.local import LocalExecutor
from indexer.executors.rounds import Round, Rounds
from indexer.hashing import content_hash
from indexer.listener import Silence
from indexer.report import TitleResult
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork
from indexer.timings import Timings
from tests.indexer.test_pipeline import MEDIA, work_in

Step = Callable[[str, str], None]


class Course:
    """Notes what runs: (title, stage) when it begins, and the most that ran at a time."""

    def __init__(self, step: Step = lambda title, stage: None) -> None:
        self.began: list[tuple[str, str]] = []
        self.most: dict[str, int] = {}
        self._now: list[str] = []
        self._lock = threading.Lock()
        self._step = step

    def stage(self, name: str, *inputs: str) -> Stage[TitleWork]:
        def run(work: TitleWork, out: Path) -> None:
            title = work.title.metadata.name
            with self._lock:
                self.began.append((title, name))
                self._now.append(name)
                self.most[name] = max(self.most.get(name, 0), self._now.count(name))
            try:
                self._step(title, name)
            finally:
                with self._lock:
                    self._now.remove(name)

        return Stage(name, 1, inputs, lambda _: {}, run, "", 0.0)


def titles(folder: Path, count: int) -> list[TitleWork]:
    works = []
    for name in [chr(ord("A") + number) for number in range(count)]:
        work, film = work_in(folder / name), folder / f"{name}.mp4"
        film.write_text(name)
        title = replace(
            work.title,
            title_id=name,
            media=replace(MEDIA, path=film, content_hash=content_hash(film)),
            metadata=replace(work.title.metadata, name=name),
        )
        works.append(replace(work, title=title))
    return works


def run(
    works: list[TitleWork], what: Round, executor: LocalExecutor, folder: Path
) -> tuple[list[str], dict[Path, TitleResult]]:
    results: dict[Path, TitleResult] = {}
    timings = Timings(folder / "timings.json")
    rounds = Rounds(executor, Silence(), timings, force=False, debug=False)
    well = rounds.run(works, what, results)
    return [work.title.title_id for work in well], results


def test_the_next_title_begins_while_the_last_stages_of_one_run(tmp_path: Path) -> None:
    met = threading.Event()

    def step(title: str, stage: str) -> None:
        if (title, stage) == ("A", "second"):
            assert met.wait(10), "the next title waits"
        if (title, stage) == ("B", "first"):
            met.set()

    course = Course(step)
    stages = (course.stage("first"), course.stage("second", "first"))
    done, results = run(titles(tmp_path, 3), Round(stages), LocalExecutor(), tmp_path)
    assert done == ["A", "B", "C"]
    assert [each.stage for each in results[tmp_path / "B.mp4"].times] == ["first", "second"]
    assert course.most == {"first": 1, "second": 1}
    assert ("C", "first") not in course.began[: course.began.index(("A", "second"))]


def test_points_are_written_by_one_whatever_the_jobs(tmp_path: Path) -> None:
    course = Course()
    stages = (course.stage("clips"), course.stage("points", "clips"))
    run(titles(tmp_path, 8), Round(stages), LocalExecutor(jobs=4), tmp_path)
    assert course.most["points"] == 1
    assert len(course.began) == 16


def test_a_title_that_fails_keeps_no_other_from_going_on(tmp_path: Path) -> None:
    def step(title: str, stage: str) -> None:
        if (title, stage) == ("B", "first"):
            raise ReelfindError("b: broken; mend it")

    course = Course(step)
    ended: list[str] = []

    def after(work: TitleWork) -> None:
        ended.append(work.title.title_id)
        if work.title.title_id == "C":
            raise OSError("no manifest")

    stages = (course.stage("first"), course.stage("second", "first"))
    done, results = run(titles(tmp_path, 4), Round(stages, after=after), LocalExecutor(), tmp_path)
    assert done == ["A", "D"]
    assert ended == ["A", "C", "D"]
    assert ("B", "second") not in course.began
    assert results[tmp_path / "B.mp4"].error == "b: broken; mend it"
    assert "no manifest" in (results[tmp_path / "C.mp4"].error or "")


@pytest.mark.parametrize("first", ["decode", "shots"])
def test_what_is_got_ready_meanwhile_is_there_before_any_other_stage(
    tmp_path: Path, first: str
) -> None:
    decoding, ready = threading.Event(), threading.Event()

    def step(title: str, stage: str) -> None:
        if stage == "decode":
            decoding.set()
            assert ready.wait(10)
        assert ready.is_set()

    def get_ready() -> None:
        assert decoding.wait(10) or first != "decode"
        ready.set()

    if first != "decode":
        decoding.set()
    course = Course(step)
    stages = (course.stage(first), course.stage("stills", first))
    done, _ = run(titles(tmp_path, 2), Round(stages), LocalExecutor(1, get_ready), tmp_path)
    assert done == ["A", "B"]
