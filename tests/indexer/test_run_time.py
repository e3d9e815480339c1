"""What is said of a run's time: before it, after it, and what it teaches."""

from pathlib import Path

import pytest

from indexer.advice import Spent, expected, quicker
from indexer.listener import Silence
from indexer.pipeline import STAGES
from indexer.preparation import Plan
from indexer.report import StageTime, TitleResult
from indexer.run_time import RunTime, stages_of
from indexer.timings import OVERLAPS, Timings

A, B = Path("/films/a.mp4"), Path("/films/b.mp4")


class Heard(Silence):
    def __init__(self) -> None:
        self.messages: list[str] = []
        self.work = 0.0

    def planned(self, seconds: float) -> None:
        self.work = seconds

    def message(self, message: str) -> None:
        self.messages.append(message)


def plan(path: Path, seconds: float, *stages: str) -> Plan:
    return Plan(path, path.stem, 600.0, stages, seconds)


def spent(**values: object) -> Spent:
    usual = {
        "stages": {"shots": 60.0, "text": 40.0},
        "transcribed": 0.0,
        "seconds": 60.0,
        "core_seconds": 110.0,
        "titles": 4,
        "jobs": 1,
        "profile": "lite",
    }
    return Spent(**usual | values)  # type: ignore[arg-type]


def test_a_long_run_says_what_it_will_take_and_a_short_one_nothing(tmp_path: Path) -> None:
    heard = Heard()
    clock = RunTime(Timings(tmp_path / "timings.json"), heard)
    clock.plan([plan(A, 5.0, "points"), plan(B, 0.0)])
    assert (heard.work, heard.messages) == (5.0, [])
    clock.plan([plan(A, 300.0, "decode", "shots"), plan(B, 0.0)])
    assert heard.work == 300.0
    assert heard.messages == ["1 title, 10 minutes of film: about 4 minutes on this machine"]


@pytest.mark.parametrize(
    ("film", "seconds", "said"),
    [(40, 12.4, "40 seconds of film: about 12 seconds"), (9e5, 1e5, "250.0 hours of film: about")],
)
def test_times_are_in_the_unit_that_fits(film: float, seconds: float, said: str) -> None:
    assert said in expected(2, film, seconds)
    assert expected(2, film, seconds).startswith("2 titles, ")


def test_how_far_stages_overlap_is_learnt(tmp_path: Path) -> None:
    file = tmp_path / "timings.json"
    timings = Timings(file)
    assert timings.clock(100.0) == 100 * OVERLAPS
    for _ in range(30):
        timings.learn_clock(100.0, 50.0)
    timings.save()
    assert Timings(file).clock(100.0) == pytest.approx(50.0, abs=0.1)


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
def test_what_a_stage_takes_is_learnt_for_the_next_run(stage: str, tmp_path: Path) -> None:
    file = tmp_path / "timings.json"
    timings = Timings(file)
    assert timings.estimate([stage], 100.0) > 0
    for _ in range(30):
        timings.learn(stage, 100.0, 50.0)
    timings.save()
    assert Timings(file).estimate([stage], 100.0) == pytest.approx(50.0, abs=0.1)


def test_seconds_of_stages_are_added_up_over_titles(tmp_path: Path) -> None:
    times = (StageTime("shots", 2.0), StageTime("text", None))
    results = {path: TitleResult(path, path.stem, times=times) for path in (A, B)}
    assert stages_of(results.values(), None) == {"shots": 4.0}
    assert stages_of(results.values(), 3.0) == {"shots": 4.0, "encoder": 3.0}
    clock = RunTime(Timings(tmp_path / "timings.json"), Heard())
    assert clock.advice({"shots": 4.0}, results, [A], 1, "lite") == ()


def test_advice_is_given_where_something_would_help() -> None:
    assert quicker(spent(), cores=2) == ()
    (line,) = quicker(spent(transcribed=40.0), cores=2)
    assert line.startswith("transcription took 40% of the work")
    (line,) = quicker(spent(), cores=16)
    assert line == "1.8 of 16 cores were busy: --jobs 4 works on more titles"
    assert quicker(spent(titles=1), cores=16) == ()
    (line,) = quicker(spent(profile="full", stages={"video": 90.0, "shots": 10.0}), cores=2)
    assert "GPU" in line
    assert quicker(spent(stages={"text": 4.0}, transcribed=4.0), cores=2) == ()
