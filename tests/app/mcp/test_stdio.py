"""``reelfind mcp``: the tools over standard input and output, and what they ask."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread
from mcp import Client as Assistant
from mcp import StdioServerParameters

from app.auth.authenticator import Authenticator
from app.auth.keys import KeyStore
from app.database.engine import DATABASE, Database
from app.mcp.in_process import ADDRESS, InProcess
from app.mcp.own_index import OwnIndex
from app.mcp.server import make_server
from app.mcp.stdio import KEY, Backend
from app.remote import Client
from app.running import announce, withdraw
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.shortlists.store import ShortlistStore
from indexer.settings import load_settings
from indexer.store.lock import is_locked
from tests.app.api.conftest import listening, server_of
from tests.app.cli.conftest import Reelfind
from tests.app.mcp.conftest import cut_a_shortlist, said
from tests.conftest import copy_data


@pytest.fixture(scope="module")
def data(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that no process holds."""
    return copy_data(indexed_once, tmp_path_factory.mktemp("stdio") / "data")


@pytest.fixture
def address(runtime: Runtime, authenticator: Authenticator) -> Iterator[str]:
    """The address of a server that asks for keys."""
    with listening(server_of(runtime, authenticator)) as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture
def reading_key(runtime: Runtime) -> Iterator[str]:
    """A key that may read only."""
    with Database(runtime.catalogue.path / DATABASE) as database:
        store = KeyStore(database)
        yield store.make("desk", "read")[0]
        store.revoke("desk")


def command(*arguments: object, **environment: str) -> StdioServerParameters:
    """How an assistant starts the command."""
    line = ["-m", "app.cli.main", "mcp", *map(str, arguments)]
    here = str(Path(__file__).parents[3])
    return StdioServerParameters(
        command=sys.executable, args=line, cwd=here, env={"PYTHONPATH": here, **environment}
    )


def test_an_assistant_cuts_a_shortlist(data: Path) -> None:
    async def talk() -> tuple[str, str]:
        # As today's desktop assistants begin; the tests without a process use the newer way.
        async with Assistant(command("--data", data), mode="legacy") as assistant:
            return await cut_a_shortlist(assistant)

    shortlist_id, edl = asyncio.run(talk())
    assert edl.count("* FROM CLIP NAME:") == 3
    with Database.of(data, load_settings(data)) as database:
        (author,) = {each.author for each in ShortlistStore(database).revisions(shortlist_id)}
    assert author == "mcp"


def test_a_server_refuses_who_has_no_key(address: str) -> None:
    async def talk() -> str:
        async with Assistant(command("--server", address)) as assistant:
            refused = await assistant.call_tool("search", {"q": "music"})
            assert refused.is_error
            return said(refused)

    assert "a key is needed" in asyncio.run(talk())


def ask(backend: Backend, tool: str, **arguments: Any) -> Any:
    """Return the result of a call, without a process between."""

    async def talk() -> Any:
        async with Assistant(make_server(backend.connect)) as assistant:
            result = await assistant.call_tool(tool, arguments)
            await backend.close()
            return result

    return asyncio.run(talk())


def test_the_key_of_the_environment_limits_what_is_done(
    data: Path, address: str, reading_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, reading_key)
    backend = Backend(data, load_settings(data), address)
    assert ask(backend, "search", limit=1).structured_content["hits"]
    refused = ask(backend, "create_shortlist", name="mine")
    assert said(refused) == "this needs a key with scope write, and desk has scope read"


def test_the_server_of_the_data_directory_is_asked(
    runtime: Runtime, address: str, authenticator: Authenticator
) -> None:
    data = runtime.catalogue.path
    announce(data, address, authenticator.machine_key)
    made = ask(Backend(data, load_settings(data)), "create_shortlist", name="by the server")
    store = ShortlistStore(runtime.database)
    (revision,) = store.revisions(made.structured_content["shortlist_id"])
    assert revision.author == "this-machine (mcp)"
    store.delete(revision.shortlist)
    withdraw(data)


def test_a_server_that_died_is_not_asked(data: Path) -> None:
    announce(data, "http://127.0.0.1:9", "left over")
    assert ask(Backend(data, load_settings(data)), "search", limit=1).structured_content["hits"]
    withdraw(data)


def test_an_address_that_does_not_answer_is_told(data: Path) -> None:
    backend = Backend(data, load_settings(data), "http://127.0.0.1:9")
    assert said(ask(backend, "search")).startswith("the server does not answer")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--data", "nowhere"], "no such data directory; name it with --data and its whole path"),
        (["--server", "films.example.org"], "not the address of a server; write it as https://"),
        (["--server", "http://[bad"], "not the address of a server"),
    ],
)
def test_a_wrong_start_says_why(reelfind: Reelfind, arguments: list[str], line: str) -> None:
    ran = reelfind("mcp", *arguments)
    assert ran.code == 1
    assert line in ran.err
    assert not Path("nowhere").exists()


def test_the_index_is_free_again_when_nothing_was_asked_for_a_while(data: Path) -> None:
    async def use() -> None:
        own = OwnIndex(data, load_settings(data), idle=0.0)
        for _ in range(2):
            async with own.api() as api:
                with Client(ADDRESS, transport=InProcess(api)) as client:
                    await to_thread.run_sync(client.search, SearchRequest(limit=1))
                assert is_locked(data / "store")
            async with asyncio.timeout(20):
                while is_locked(data / "store"):
                    await asyncio.sleep(0.01)

    asyncio.run(use())


def test_without_the_package_the_command_says_what_to_install(
    data: Path, reelfind: Reelfind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.mcp.find_spec", lambda _name: None)
    ran = reelfind("mcp", "--data", data)
    assert ran.code == 1
    assert "pip install 'reelfind[mcp]'" in ran.err
