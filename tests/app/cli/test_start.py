"""The start of ``reelfind``: before the first command can catch anything."""

import sys

import pytest

from app.cli import start


class Interrupting:
    """Stands in for Ctrl-C while a module is imported."""

    def find_spec(self, name: str, *_more: object) -> None:
        """Interrupt the import of the command line."""
        if name == "app.cli.main":
            raise KeyboardInterrupt


def test_ctrl_c_during_the_imports_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "app.cli.main", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    with pytest.raises(SystemExit) as stopped:
        start.main()
    assert stopped.value.code == 130
