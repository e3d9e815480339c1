"""The dialog that asks before a title is removed."""

import streamlit as st

from app.jobs.records import JobRequest
from app.runtime import Runtime
from app.ui.components.words import plain
from indexer.catalogue import Manifest
from indexer.errors import ReelfindError


def remove_dialog(runtime: Runtime, manifest: Manifest) -> None:
    """Open the dialog over a title."""
    name = plain(manifest.title.metadata.name)
    st.dialog(f"Remove {name}?")(_ask)(runtime, manifest)


def _ask(runtime: Runtime, manifest: Manifest) -> None:
    name = plain(manifest.title.metadata.name)
    st.markdown(
        f"Search finds none of the {manifest.clips:,} clips of **{name}** any more, and what the "
        "analysis made is deleted. Adding the film again analyses it again."
    )
    st.caption(
        f"The film itself is not touched: {plain(str(manifest.title.media.path))}. "
        "Labels stay; entries of shortlists stay and say that their title is gone."
    )
    with st.container(horizontal=True):
        if st.button("Remove", type="primary", icon=":material/delete:", key="remove.yes"):
            asked = JobRequest(kind="remove", titles=(manifest.title.title_id,))
            try:
                runtime.jobs.submit(asked)
            except ReelfindError as error:
                st.error(plain(str(error)), icon=":material/error:")
            else:
                st.rerun()
        if st.button("Keep", key="remove.no"):
            st.rerun()
