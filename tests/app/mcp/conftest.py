"""The SDK's own client, with the MCP server in this process."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool, ToolAnnotations
from starlette.types import ASGIApp

from tests.app.api.conftest import authenticator, runtime
from tests.app.cli.conftest import reelfind

__all__ = ["authenticator", "reelfind", "runtime"]

Result = TypeVar("Result")

ADDRESS = "http://127.0.0.1:8501"


def over_http(
    app: ASGIApp,
    act: Callable[[Client], Awaitable[Result]],
    key: str = "",
    mode: str = "auto",
    base_path: str = "",
) -> Result:
    """Return what ``act`` does with a client of the MCP server of ``app``, below ``base_path``."""

    async def talk() -> Result:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, headers=headers, timeout=60) as http:
            reached = streamable_http_client(f"{ADDRESS}{base_path}/api/mcp", http_client=http)
            async with Client(reached, mode=mode) as client:
                return await act(client)

    return asyncio.run(talk())


async def cut_a_shortlist(client: Client) -> tuple[str, str]:
    """Search, gather three clips and export them, as an assistant does.

    Returns:
        The id of the shortlist, and its EDL.
    """
    hit = (await answer(client, "search", q="people playing music", limit=1))["hits"][0]
    alike = await answer(client, "similar", like=[hit["id"]], limit=5)
    same = [each for each in alike["hits"] if each["fps"] == hit["fps"]]
    clips = [hit, *same][:2]
    looked = await client.call_tool("still", {"ids": [each["id"] for each in clips]})
    assert [each.type for each in looked.content] == ["text", "image", "image"]
    about = await answer(client, "title", title_id=hit["title_id"], limit=1)
    assert about["about"]["title"] == hit["title"]
    items = [{"hit_id": each["id"]} for each in clips]
    made = await answer(client, "create_shortlist", name="A first cut", items=items)
    named = {"shortlist_id": made["shortlist_id"]}
    first = about["clips"][0]
    span = {"title_id": first["title_id"], "start_frame": 0, "end_frame": first["end_frame"]}
    longer = await answer(client, "add_to_shortlist", **named, items=[span], position=1)
    kept = [{"item_id": each["item_id"], "note": "keep"} for each in reversed(longer["items"])]
    turned = await answer(
        client, "change_shortlist", **named, version=longer["version"], items=kept
    )
    assert turned == await answer(client, "shortlist", **named)
    assert [each["start_frame"] for each in turned["items"]][-1] == 0
    exported = await answer(client, "export_shortlist", **named, format="edl")
    return made["shortlist_id"], exported["content"]


async def answer(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return the record that a tool answers."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, said(result)
    record: dict[str, Any] = result.structured_content
    return record


def hints(tool: Tool) -> ToolAnnotations:
    """Return what a tool says of itself."""
    assert tool.annotations is not None
    return tool.annotations


def said(result: CallToolResult) -> str:
    """Return the text of an answer or error."""
    first = result.content[0]
    assert isinstance(first, TextContent)
    return first.text
