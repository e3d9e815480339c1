"""The one Runtime of this process, which the pages and the API share.

Streamlit runs a page as a script, so nothing can be handed to it: the server puts where
the data lie into the application's secrets (Streamlit's own channel for this), and the
pages open the Runtime through the same cache as the server did.
"""

import json
from functools import cache
from pathlib import Path

import streamlit as st

from app.runtime import Runtime
from app.saved.store import SavedStore
from app.shortlists.store import ShortlistStore
from indexer.settings import Settings

SECRETS = "reelfind"
"""The section of the secrets that holds the whereabouts."""
AUTHENTICATION = "authenticator"
"""The section that says who comes in."""


def whereabouts(data: Path, settings: Settings) -> dict[str, str]:
    """Return what leads to the Runtime of ``data``, in words that secrets can hold."""
    held = settings.model_dump(mode="json", exclude={"server", "api"})
    if settings.database.url is not None:
        # A dump shows stars in its place.
        held["database"]["url"] = settings.database.url.get_secret_value()
    return {"data": str(data), "settings": json.dumps(held)}


@cache
def open_runtime(data: str, settings: str) -> Runtime:
    """Return the Runtime of the folder ``data``; ``settings`` is their JSON."""
    return Runtime(Path(data), Settings.model_validate_json(settings))


def page_data() -> Path:
    """Return the data directory of the page that is running."""
    return Path(st.secrets[SECRETS]["data"])


def page_runtime() -> Runtime:
    """Return the Runtime of the page that is running."""
    return open_runtime(**st.secrets[SECRETS])


def is_own_machine() -> bool:
    """Return whether whoever has the page open sits at the server's own machine.

    Such a person may have any film indexed, as on the command line.
    """
    return bool(st.secrets.get(AUTHENTICATION, {}).get("own", False))


def shortlists(runtime: Runtime) -> ShortlistStore:
    """Return the shortlists beside what the Runtime searches."""
    return ShortlistStore(runtime.database)


def saved_searches(runtime: Runtime) -> SavedStore:
    """Return the saved searches beside what the Runtime searches."""
    return SavedStore(runtime.database)
