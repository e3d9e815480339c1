"""What films and people wrote is shown on a terminal as it is, and steers nothing."""

import io
import sys

import pytest
from rich.console import Console

from app.cli import terminal
from app.cli.index_run import TerminalListener
from app.cli.progress import Steps
from app.cli.terminal import print_table, say, take_any_letter, tell

HOSTILE = "The [/b] [red]Story[/red] :movie_camera: \x1b]0;x\x07\x1b[2J caf\udce9 \\"
SHOWN = "The [/b] [red]Story[/red] :movie_camera: \ufffd]0;x\ufffd\ufffd[2J caf\ufffd \\"


def console(width: int = 200) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=width, force_terminal=True, color_system=None), file


def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    say(HOSTILE, problem=True)
    assert capsys.readouterr() == (f"{SHOWN}\n", f"{SHOWN}\n")


def test_a_message_of_rich() -> None:
    terminal, file = console()
    tell(terminal, HOSTILE, "red")
    assert file.getvalue() == f"{SHOWN}\n"


def test_a_bar_of_progress() -> None:
    terminal, file = console()
    with TerminalListener(terminal) as listener:
        listener.planned(2.0)
        listener.doing(HOSTILE, "decode")
        listener.message(HOSTILE)
        listener.worked(2.0)
    shown = file.getvalue()
    assert f"{SHOWN}: decoding" in shown
    assert f"{SHOWN}\n" in shown
    assert "\x1b]" not in shown
    assert "\x1b[2J" not in shown


def test_steps_have_no_markup() -> None:
    steps = Steps()
    steps.doing("training [/b]", 0.5)
    terminal, file = console()
    terminal.print(steps.progress.get_renderable())
    assert "training [/b]" in file.getvalue()


def test_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["title"], [[HOSTILE]], ["title"])
    assert SHOWN in capsys.readouterr().out


def test_letters_that_the_output_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    take_any_letter()
    say("a \u2026 \u5343 \ufffd")
    sys.stdout.flush()
    assert raw.getvalue().split() == [b"a", b"\x85", b"?", b"?"]


def test_a_file_gets_all_letters_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    monkeypatch.setattr(terminal, "_WINDOWS", True)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    take_any_letter()
    say("千")
    sys.stdout.flush()
    assert raw.getvalue().decode("utf-8").split() == ["千"]
