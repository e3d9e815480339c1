"""The command line, run in the tests' own process."""

import sys
from typing import NamedTuple

import pytest

from app.cli.main import main


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Reelfind:
    """Runs a command line in this process."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._capture = capture

    def __call__(self, *arguments: object) -> Ran:
        self._patch.setattr(sys, "argv", ["reelfind", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        return Ran(code, *self._capture.readouterr())


@pytest.fixture
def reelfind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reelfind:
    return Reelfind(monkeypatch, capsys)
