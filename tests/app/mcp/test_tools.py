"""What the tools take and answer: typed, short, and in the words of the API."""

import asyncio
import base64
import threading
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
import pytest
from mcp import Client as Assistant
from mcp.types import ImageContent
from pydantic import BaseModel

from app.api import create_api
from app.artwork.finding import artwork_of_title
from app.mcp.answers import LONGEST_TEXT
from app.mcp.arguments import ChangeArguments, SearchArguments, SimilarArguments
from app.mcp.in_process import ADDRESS, InProcess
from app.mcp.server import AT_ONCE, make_server
from app.mcp.tools import TOOLS
from app.records import SearchResponse
from app.remote import Client
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.titles.files import still_of_point
from indexer.library import Library
from tests.app.mcp.conftest import answer, hints, said

Result = TypeVar("Result")
Act = Callable[[Assistant], Awaitable[Result]]


def with_tools(runtime: Runtime, act: Act[Result], read_only: bool = False) -> Result:
    """Return what ``act`` does with a client of the tools over ``runtime``."""

    @asynccontextmanager
    async def connect(_context: Any, agent: str) -> Any:
        api = InProcess(create_api(lambda: runtime))
        with Client(ADDRESS, agent=agent, transport=api) as client:
            yield client

    async def talk() -> Result:
        async with Assistant(make_server(connect, read_only)) as assistant:
            return await act(assistant)

    return asyncio.run(talk())


def test_hits_are_those_of_a_search(runtime: Runtime) -> None:
    request = SearchRequest(q="music", title=["Kali by Anokato"], level="shot", limit=3)
    expected = runtime.search(request)

    async def act(client: Assistant) -> None:
        asked: dict[str, Any] = {"q": "music", "title": ["Kali by Anokato"], "level": "shot"}
        first = await answer(client, "search", **asked, limit=3)
        assert [hit["id"] for hit in first["hits"]] == [hit.id for hit in expected.hits]
        hit = first["hits"][0]
        assert hit["why"][0]["route"] == expected.hits[0].why[0].route
        assert hit["timecode_in"] == expected.hits[0].timecode_in
        assert hit["estimated"]
        assert len(hit["text"]) <= LONGEST_TEXT + 1
        rest = await answer(client, "search", **asked, limit=3, cursor=first["next_cursor"])
        assert not {hit["id"] for hit in rest["hits"]} & {hit["id"] for hit in first["hits"]}
        # Some assistants send lists as text.
        for title in ('["Kali by Anokato"]', "Kali by Anokato"):
            same = await answer(client, "search", **asked | {"title": title}, limit=3)
            assert same["hits"] == first["hits"]

    with_tools(runtime, act)


def test_artwork_is_that_of_the_title_with_a_picture_of_each_still(runtime: Runtime) -> None:
    title = Library(runtime.catalogue).find("bikes")
    expected = artwork_of_title(title, runtime.settings, 2).stills

    async def act(client: Assistant) -> None:
        found = await client.call_tool("artwork", {"title_id": title.title_id, "count": 2})
        stills = found.structured_content["stills"]
        assert [each["frame"] for each in stills] == [each.frame for each in expected]
        assert [each.type for each in found.content] == ["text", *["image"] * len(stills)]
        neither = await client.call_tool("artwork", {})
        assert "give a title_id or a shortlist_id" in said(neither)
        span = {"title_id": title.title_id, "start_frame": 0, "end_frame": expected[0].frame + 1}
        made = await answer(client, "create_shortlist", name="Poster", items=[span])
        own = {"shortlist_id": made["shortlist_id"], "stills": False}
        listed = await client.call_tool("artwork", own)
        assert all(
            each["frame"] <= expected[0].frame for each in listed.structured_content["stills"]
        )
        assert expected[0].frame in [each["frame"] for each in listed.structured_content["stills"]]
        assert [each.type for each in listed.content] == ["text"]

    with_tools(runtime, act)


def test_stills_come_as_pictures_where_they_are_asked_for(runtime: Runtime) -> None:
    async def act(client: Assistant) -> None:
        found = await client.call_tool("search", {"limit": 2, "stills": True})
        pictures = [each for each in found.content if isinstance(each, ImageContent)]
        ids = [hit["id"] for hit in found.structured_content["hits"]]
        assert len(pictures) == len(ids) == 2
        assert pictures[0].mime_type == "image/jpeg"
        one = await client.call_tool("still", {"ids": ids[0]})
        eight = await client.call_tool("still", {"ids": ids[0], "frames": "eight"})
        assert one.structured_content == {"ids": [ids[0]]}
        assert one.content[1] == pictures[0]
        assert eight.content[1] != pictures[0]
        assert base64.b64decode(pictures[0].data) == still_of_point(runtime, ids[0]).read_bytes()

    with_tools(runtime, act)


def test_titles_come_in_pages(runtime: Runtime) -> None:
    names = [each.title_id for each in runtime.titles()]

    async def act(client: Assistant) -> None:
        found: list[str] = []
        after: dict[str, Any] = {}
        while True:
            page = await answer(client, "list_titles", limit=2, **after)
            found += [each["title_id"] for each in page["titles"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert found == names
        assert "path" not in page["titles"][0]
        one = await answer(client, "list_titles", q="kali")
        (kali,) = one["titles"]
        clips: list[dict[str, Any]] = []
        start = 0
        while start is not None:
            part = await answer(client, "title", title_id=kali["title_id"], start=start, limit=2)
            clips, start = clips + part["clips"], part["next"]
        assert len(clips) == part["about"]["clips"]
        assert clips == sorted(clips, key=lambda clip: clip["start_frame"])

    with_tools(runtime, act)


@pytest.mark.parametrize(
    ("tool", "arguments", "line"),
    [
        ("search", {"limit": 21}, "limit: Input should be less than or equal to 20"),
        ("search", {"words": "snow"}, "words: Extra inputs are not permitted"),
        ("search", {"then": "snow"}, "then: needs words in q beside it"),
        ("search", {"cursor": "nonsense"}, "cursor: "),
        ("similar", {"like": ["nothing"]}, "like: "),
        ("still", {"ids": ["0" * 32]}, "no such clip or shot; search again"),
        ("title", {"title_id": "0" * 16}, "no such title"),
        ("shortlist", {"shortlist_id": "0" * 12}, "no such shortlist"),
        ("create_shortlist", {"name": " "}, "name: String should have at least 1 character"),
        ("delete_everything", {}, "delete_everything: no such tool; use search, similar"),
    ],
)
def test_an_error_is_one_line(
    runtime: Runtime, tool: str, arguments: dict[str, Any], line: str
) -> None:
    async def act(client: Assistant) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert line in said(result)
        assert "\n" not in said(result)

    with_tools(runtime, act)


def test_a_fault_is_not_shown(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("secret")

    monkeypatch.setattr(Client, "title", fail)

    async def act(client: Assistant) -> None:
        result = await client.call_tool("title", {"title_id": "a" * 16})
        assert result.is_error
        assert said(result) == "something went wrong in Reelfind; its log has the details"

    with_tools(runtime, act)


def test_many_calls_and_those_that_are_given_up_leave_room(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, released = threading.Semaphore(0), threading.Event()
    search = Runtime.search

    def slow(self: Runtime, request: SearchRequest) -> SearchResponse:
        waiting.release()
        assert released.wait(60)
        return search(self, request)

    monkeypatch.setattr(Runtime, "search", slow)

    async def act(client: Assistant) -> None:
        async with anyio.create_task_group() as group:
            for _ in range(AT_ONCE):
                group.start_soon(client.call_tool, "search", {"limit": 1})
            for _ in range(AT_ONCE):
                assert await anyio.to_thread.run_sync(waiting.acquire, True, 60)
            group.cancel_scope.cancel()
            released.set()
        many = [client.call_tool("search", {"limit": 1}) for _ in range(5 * AT_ONCE)]
        assert not any(each.is_error for each in await asyncio.gather(*many))

    with_tools(runtime, act)


def test_without_changes_only_what_reads_is_offered(runtime: Runtime) -> None:
    async def act(client: Assistant) -> None:
        listed = (await client.list_tools()).tools
        assert all(hints(each).read_only_hint for each in listed)
        assert {each.name for each in listed} == {each.name for each in TOOLS if not each.changes}
        refused = await client.call_tool("create_shortlist", {"name": "mine"})
        assert "no such tool" in said(refused)

    with_tools(runtime, act, read_only=True)


def test_every_tool_and_argument_is_described(runtime: Runtime) -> None:
    async def act(client: Assistant) -> None:
        assert "never follow" in (client.instructions or "")
        for tool in (await client.list_tools()).tools:
            assert tool.description
            assert (tool.output_schema or {})["type"] == "object"
            assert hints(tool).open_world_hint is False
            for name, about in tool.input_schema["properties"].items():
                assert "title" not in about, "the name again"
                plain = about.get("enum") or name in {"name", "target_seconds", "note"}
                assert plain or about.get("description"), f"{tool.name}: {name}"

    with_tools(runtime, act)


@pytest.mark.parametrize("arguments", [SearchArguments, SimilarArguments])
def test_arguments_have_the_names_of_the_api(arguments: type[BaseModel]) -> None:
    assert arguments.model_fields.keys() - {"stills"} <= SearchRequest.model_fields.keys()


def test_items_may_come_as_text() -> None:
    sent = '[{"item_id": "a", "note": "n"}]'
    read = ChangeArguments.model_validate({"shortlist_id": "a" * 12, "version": 1, "items": sent})
    assert read.items is not None
    assert read.items[0].note == "n"
