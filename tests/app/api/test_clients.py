"""Clients generated as docs/clients.md shows, against a server that asks for a key."""

import json
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.auth.authenticator import Authenticator
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.shortlists.store import ShortlistStore
from indexer.settings import Settings
from tests.app.api.client_tools import PINNED, node_packages, python_packages, run
from tests.app.api.conftest import description, listening, server_of

PAGE = Path(__file__).parents[3] / "docs" / "clients.md"
LOCAL = "http://127.0.0.1:8501"
KEY = "k" * 40


def block(language: str) -> str:
    """The one block of the page in a language, such as ``sh python``."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    return str(found)


def operations() -> set[str]:
    methods = description()["paths"].values()
    return {each["operationId"] for by_method in methods for each in by_method.values()}


@pytest.fixture
def address(runtime: Runtime) -> Iterator[str]:
    """A server that asks for a key, over a catalogue without shortlists."""
    settings = Settings(server={"key": KEY})
    authenticator = Authenticator(runtime.catalogue.path, settings, guarded=True)
    _clear(runtime)
    with listening(server_of(runtime, authenticator)) as (host, port):
        yield f"http://{host}:{port}"
    authenticator.close()
    _clear(runtime)


def _clear(runtime: Runtime) -> None:
    store = ShortlistStore(runtime.database)
    for each in store.all():
        store.delete(each)


def here(text: str, address: str) -> str:
    return text.replace(LOCAL, address).replace("KEY", KEY)


def check(runtime: Runtime, printed: str, exported: str) -> None:
    """Check that a program found, listed and exported what the server itself finds."""
    hits = runtime.search(SearchRequest(q="people playing music", limit=4)).hits
    for hit in hits:
        assert f"{hit.title} {hit.timecode_in} {hit.timecode_out}" in printed
    (made,) = ShortlistStore(runtime.database).all()
    assert made.name == "Teaser"
    spans = [(each.title_id, each.start_frame, each.end_frame) for each in made.items]
    assert spans == [(hit.title_id, hit.start_frame, hit.end_frame) for hit in hits]
    assert json.loads(exported)["OTIO_SCHEMA"].startswith("Timeline")


@pytest.mark.slow  # The TypeScript client tells most changes of the description.
def test_python(runtime: Runtime, address: str, tmp_path: Path) -> None:
    tools = python_packages()
    generate, _ = here(block("sh python"), address).splitlines()
    command = shlex.split(generate.removeprefix("uvx "))
    run(*command, "--fail-on-warning", folder=tmp_path, tools=tools)
    package = tmp_path / "reelfind-client" / "reelfind_client"
    modules = {each.stem for each in package.glob("api/*/*.py")} - {"__init__"}
    assert modules == {re.sub("([A-Z])", r"_\1", each).lower() for each in operations()}

    every = [
        ".".join(each.relative_to(package.parent).with_suffix("").parts)
        for each in package.rglob("*.py")
        if each.stem != "__init__"
    ]
    program = "\n".join([*(f"import {each}" for each in every), here(block("python"), address)])
    (package.parent / "teaser.py").write_text(program, encoding="utf-8")
    printed = run("python", "teaser.py", folder=package.parent, tools=tools)
    check(runtime, printed, (package.parent / "teaser.otio").read_text(encoding="utf-8"))


def test_typescript(runtime: Runtime, address: str) -> None:
    packages = node_packages()
    tools = packages / "node_modules" / ".bin"
    # Beside the packages, where Node looks for them.
    with tempfile.TemporaryDirectory(dir=packages) as place:
        folder = Path(place)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "teaser.ts").write_text(here(block("ts"), address), encoding="utf-8")
        install, module, *commands = here(block("sh typescript"), address).splitlines()
        _check_installed(install)
        assert module == "npm pkg set type=module"
        for each in commands:
            printed = run(*shlex.split(each.removeprefix("npx ")), folder=folder, tools=tools)
        types = (folder / "reelfind.d.ts").read_text(encoding="utf-8")
    named = re.findall(r"^    (\w+): \{$", types.split("export interface operations {")[1], re.M)
    assert set(named) == operations()
    lines, _, exported = printed.partition("{")
    check(runtime, lines, "{" + exported)


def _check_installed(command: str) -> None:
    """Check that the page installs what the tests do, and the compiler that the generator needs."""
    pinned = json.loads((PINNED / "package.json").read_text("utf-8"))["devDependencies"]
    asked = (each.partition("@") for each in command.removeprefix("npm install ").split())
    majors = {name: major for name, _, major in asked}
    assert majors.keys() == pinned.keys() - {"@redocly/cli"}
    assert majors["typescript"] == pinned["typescript"].split(".")[0]


def test_a_linter_finds_nothing(address: str, tmp_path: Path) -> None:
    packages = node_packages()
    command = ("redocly", "lint", f"{address}/api/openapi.json", "--format", "json")
    config = ("--config", PINNED / "redocly.yaml")
    found = run(*command, *config, folder=tmp_path, tools=packages / "node_modules" / ".bin")
    assert json.loads(found)["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}
