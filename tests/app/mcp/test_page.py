"""The page about assistants: what it shows is accepted, and its table has all tools."""

import json
import re
from pathlib import Path

import pytest
import typer

from app.auth.scopes import Scope
from app.cli.main import app
from app.mcp.tools import TOOLS
from app.runtime import Runtime
from app.shortlists.store import ShortlistStore
from tests.app.api.conftest import listening, server_of

PAGE = (Path(__file__).parents[3] / "docs" / "assistants.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


def test_the_table_has_every_tool_with_its_scope() -> None:
    shown = re.findall(r"^\| `(\w+)` \| [^|]+ \| `(\w+)` \|$", PAGE, re.MULTILINE)
    scopes: dict[bool, Scope] = {False: "read", True: "write"}
    assert shown == [(each.name, scopes[each.changes]) for each in TOOLS]


def test_the_settings_of_assistants_start_the_command() -> None:
    desktop, editor = map(json.loads, blocks("json"))
    (server,) = desktop["mcpServers"].values()
    name, *options = server["args"]
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    with command.make_context(name, options) as context:
        assert context.params["data"] == Path(server["args"][-1])
    assert Path(server["command"]).is_absolute()
    assert editor["servers"]["reelfind"]["url"].endswith("/api/mcp")


def test_python_runs(runtime: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    (text,) = blocks("python")
    with listening(server_of(runtime)) as (host, port):
        exec(text.replace("http://127.0.0.1:8501", f"http://{host}:{port}"), {})
    assert capsys.readouterr().out.count("* FROM CLIP NAME:") == 3
    store = ShortlistStore(runtime.database)
    store.delete(store.find("From Python"))
