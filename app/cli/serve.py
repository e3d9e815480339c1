"""``reelfind serve``: the browser application and the API in one process."""

from typing import Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, settings_of


def serve(
    data: DataOption = DEFAULT_DATA,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8501,
) -> None:
    """Serve the browser application at / and the API at /api (its pages: /api/docs)."""
    from app.server import serve as serve_data

    serve_data(data, settings_of(data), host, port)
