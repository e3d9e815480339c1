"""Adding films: by a path on the server, or by upload."""

from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from app.jobs.records import JobRequest
from app.runtime import Runtime
from app.ui.components.dropping import drop_zone
from app.ui.parts.words import plain
from app.ui.shared import is_own_machine
from indexer.discovery import MEDIA_SUFFIXES
from indexer.errors import ReelfindError
from indexer.remote_path import RemotePath, path_of

_TICKET = "upload.ticket"


def adding_panel(runtime: Runtime, folded: bool) -> None:
    """Draw the two ways to add films."""
    with st.expander("Add films", expanded=not folded, icon=":material/add:"):
        left, right = st.columns(2, gap="large")
        with left:
            _by_path(runtime)
        with right:
            _by_drop(runtime)


def _by_path(runtime: Runtime) -> None:
    own = is_own_machine()
    folders = (*runtime.settings.jobs.roots, *runtime.settings.jobs.watch)
    with st.form("add", border=False, clear_on_submit=False):
        st.text_input(
            "Folder or film on the server",
            key="add.path",
            placeholder="/films/season-1",
            help="A folder is searched for films, and in its folders too. A film that was added "
            "before and has moved is found again by its content and not analysed again.",
        )
        asked = st.form_submit_button(
            "Add", type="primary", icon=":material/add:", disabled=not (own or folders)
        )
    if not own and not folders:
        st.caption(
            "No folder is open to this page: name some as `roots` under `[jobs]` in "
            "reelfind.toml and start the server again."
        )
    elif not own:
        st.caption(f"Open folders: {plain(', '.join(map(str, folders)))}")
    if runtime.settings.jobs.watch:
        watched = ", ".join(map(str, runtime.settings.jobs.watch))
        st.caption(f"Watched, so that new films in it are added by themselves: {plain(watched)}")
    if asked:
        _submit(runtime, [_typed(st.session_state["add.path"])], own)


def _typed(text: str) -> Path:
    """Return the path in a text; Windows' *Copy as path* puts it in quotes."""
    path = path_of(text.strip().strip('"'))
    return path if isinstance(path, RemotePath) else path.expanduser()


def _by_drop(runtime: Runtime) -> None:
    inbox = runtime.inbox
    if not inbox.largest:
        st.caption("Films are not taken from browsers here: `largest_upload` under `[jobs]` is 0.")
        return
    if _TICKET not in st.session_state:
        try:
            st.session_state[_TICKET] = inbox.ticket()
        except ReelfindError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
    ticket = st.session_state[_TICKET]
    sent = drop_zone(ticket, inbox.largest, key="drop")
    st.caption(
        f"Up to {inbox.largest / 2**30:,.1f} GiB each; they stay in {plain(str(inbox.folder))}, "
        "where the index plays them from."
    )
    if not sent:
        return
    try:
        places = [inbox.place(ticket, name) for name in sent]
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    films = [path for path in places if path.suffix.lower() in MEDIA_SUFFIXES and path.is_file()]
    del st.session_state[_TICKET]
    if films:
        _submit(runtime, films, own=False)
    else:
        st.info("There is no film among these files; send them together with their film.")


def _submit(runtime: Runtime, paths: list[Path], own: bool) -> None:
    try:
        asked = JobRequest(paths=tuple(paths))
        asked.limited_to(None if own else runtime.roots)
        missing = [path for path in paths if not path.exists()]
        if missing:
            raise ReelfindError(f"{missing[0]}: no such file or folder; look how it is written")
        runtime.jobs.submit(asked, anywhere=own)
    except ValidationError:
        st.error("Write the whole path, from /.", icon=":material/error:")
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()
