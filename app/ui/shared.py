"""The one Runtime of this process, which the pages and the API share.

Streamlit runs a page as a script, which takes no arguments. So the server puts the path of the
data directory into the application's secrets (Streamlit's own channel for this), and the pages
open the Runtime through the same cache as the server.
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
"""The section of the secrets with the data directory and its settings."""
AUTHENTICATION = "authenticator"
"""The section of the secrets with the authenticator."""


def runtime_arguments(data: Path, settings: Settings) -> dict[str, str]:
    """Return the arguments of ``open_runtime`` as strings for the application's secrets."""
    held = settings.model_dump(mode="json", exclude={"server", "api"})
    held["server"] = {"base_path": settings.server.base_path}
    if settings.database.url is not None:
        # ``model_dump`` masks the URL, because it may hold a password.
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
    """Return whether the page's user works on the server's own machine.

    They may index any film, as on the command line.
    """
    return bool(st.secrets.get(AUTHENTICATION, {}).get("own", False))


def shortlists(runtime: Runtime) -> ShortlistStore:
    """Return the shortlists of the Runtime's data directory."""
    return ShortlistStore(runtime.database)


def saved_searches(runtime: Runtime) -> SavedStore:
    """Return the saved searches of the Runtime's data directory."""
    return SavedStore(runtime.database)


def show_in(key: str, value: object) -> None:
    """Let the widget ``key`` show a value; call it before the widget is drawn.

    A widget that is given a value loses what is being typed into it. So it is given one only where
    it shows another, and a redraw for a reason of its own leaves an unfinished text alone.
    """
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def key_of(name: str, value: object) -> str:
    """Return the key of a widget that shows a value which others change, too.

    A browser that has not been told of a change sends the text that it still shows along with its
    next click, and Streamlit takes that for typed. So a widget whose value was changed elsewhere
    gives way to a new one, and its callback asks ``is_shown`` first.
    """
    changes = _changes(name)
    if st.session_state.get(f"{name}.{changes}", value) != value:
        changes += 1
        st.session_state[f"{name}.changes"] = changes
    key = f"{name}.{changes}"
    show_in(key, value)
    return key


def is_shown(key: str) -> bool:
    """Return whether a key that ``key_of`` returned is still that of its widget."""
    name, _, changes = key.rpartition(".")
    return _changes(name) == int(changes)


def _changes(name: str) -> int:
    return int(st.session_state.get(f"{name}.changes", 0))
