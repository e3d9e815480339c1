"""``reelfind mcp``: the tools for an assistant on this machine."""

from typing import Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, settings_of


def mcp(
    data: DataOption = DEFAULT_DATA,
    server: Annotated[
        str | None,
        typer.Option(
            help="Ask the server at this address instead of --data. The key comes from the "
            "environment: REELFIND_API_KEY."
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Offer no tool that changes shortlists.")
    ] = False,
) -> None:
    """Let an assistant search and cut shortlists: an MCP server on standard input and output.

    Assistants start this command themselves. It asks the server that runs over the data directory,
    or opens the index while it is asked. `reelfind serve` has the same tools at /api/mcp.
    """
    from app.mcp import check_installed

    check_installed()
    from app.mcp.stdio import run

    run(data.absolute(), settings_of(data), server, read_only)
