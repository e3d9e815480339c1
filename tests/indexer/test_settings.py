"""What a settings file may say of tasks, and how it is told that it may not."""

from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.settings import SETTINGS_FILE, load_settings

DECLARED = """
[[tasks.tone.classes]]
name = "hygge"
meaning = "candles, wool and good company"
prompts = ["friends with blankets around a fireplace"]

[tasks.brand-fit]
kind = "binary"

[[tasks.brand-fit.classes]]
name = "fit"
prompts = ["friends sharing a cold drink in the sun"]
against = ["a car accident"]
"""


def test_tasks_of_the_settings_file_join_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(DECLARED, encoding="utf-8")
    tasks = load_settings(tmp_path).known_tasks()
    assert tasks["brand-fit"].class_names == ("fit",)
    assert tasks["tone"].class_names[-1] == "hygge"
    assert len(tasks["tone"].classes) == 101
    assert "genre" in tasks


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ('[tasks.fit]\nkind = "binary"\nclasses = []\n', "tasks: task fit: no classes"),
        ('[[tasks.tone.classes]]\nname = "Hygge"\n', "tasks: task tone: class 'Hygge': a name"),
        ('[[tasks.tone.classes]]\nname = "a"\nprompt = ["b"]\n', "tasks.tone.classes.0.prompt: "),
        ('[[tasks.tone.classes]]\nname = "a"\nprompts = "b"\n', "tasks.tone.classes.0.prompts: "),
        ('[tasks.tone]\nkind = "binary"\n', "tasks.tone.classes: Field required"),
    ],
)
def test_a_task_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, written: str, reason: str
) -> None:
    (tmp_path / SETTINGS_FILE).write_text(written, encoding="utf-8")
    with pytest.raises(ReelfindError) as raised:
        load_settings(tmp_path)
    assert reason in str(raised.value)
    assert SETTINGS_FILE in str(raised.value)
    assert "\n" not in str(raised.value)


def test_probes_have_a_section_in_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "reelfind.toml"
    file.write_text("[probes]\nmin_positives = 20\nstrengths = [3, 30]\n")
    found = load_settings(tmp_path).probes
    assert (found.min_positives, found.strengths, found.folds) == (20, (3.0, 30.0), 5)


@pytest.mark.parametrize(
    "line", ["min_titles = 2", "strengths = [0]", "strengths = []", "fold = 5"]
)
def test_what_cannot_be_trained_with_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "reelfind.toml").write_text(f"[probes]\n{line}\n")
    with pytest.raises(ReelfindError, match=f"probes.{line.partition(' ')[0]}"):
        load_settings(tmp_path)


@pytest.mark.parametrize("written", [b"[roots", b'profile = "caf\xe9"\n'])
def test_a_file_that_cannot_be_read_is_named_in_one_line(tmp_path: Path, written: bytes) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(written)
    with pytest.raises(ReelfindError, match=r"reelfind\.toml: cannot be read \(.+\); correct"):
        load_settings(tmp_path)
