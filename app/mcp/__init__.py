"""The MCP server: search, titles and shortlists as tools for an assistant.

Tools call the HTTP API through its one client, so keys, scopes, limits and errors are the API's:
over the network, or in this process where no server runs.
"""

from importlib.util import find_spec

from indexer.errors import ReelfindError


def check_installed() -> None:
    """Check that the package ``mcp`` is installed, which is optional.

    Raises:
        ReelfindError: it is not.
    """
    if find_spec("mcp") is None:
        raise ReelfindError(
            "MCP: the package mcp is not installed; install Reelfind with it: "
            "pip install 'reelfind[mcp]'"
        )
