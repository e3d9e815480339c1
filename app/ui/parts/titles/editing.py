"""The dialog that edits a title's metadata."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from app.jobs.records import JobRequest
from app.runtime import Runtime
from app.ui.parts.words import plain
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.metadata_fields import (
    HIGHEST_NUMBER,
    LONGEST_LANGUAGE,
    LONGEST_NAME,
    LONGEST_SYNOPSIS,
)
from indexer.records import Metadata
from probes.tasks import GENRE


def edit_dialog(runtime: Runtime, manifest: Manifest) -> None:
    """Open the dialog over a title."""
    name = plain(manifest.title.metadata.name)
    st.dialog(f"Edit {name}", width="medium")(_edit)(runtime, manifest)


def _edit(runtime: Runtime, manifest: Manifest) -> None:
    title_id, known = manifest.title.title_id, manifest.title.metadata
    st.caption(
        "What is said here is stronger than the files beside the film. The film is not analysed "
        "again; another synopsis or other tags are read by the encoder, which takes seconds."
    )
    with st.form(f"edit-{title_id}", border=False):
        said = _fields(runtime, known)
        saved = st.form_submit_button("Save", type="primary", icon=":material/save:")
    if not saved:
        return
    changed = changes(known, said)
    if not changed:
        st.info("Nothing was changed.")
        return
    try:
        asked = JobRequest.model_validate(
            {"kind": "edit", "titles": [title_id], "metadata": changed}
        )
        runtime.jobs.submit(asked)
    except ValidationError as error:
        for each in error.errors():
            st.error(f"{each['loc'][-1]}: {plain(each['msg'])}", icon=":material/error:")
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()


def changes(known: Metadata, said: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that the user changed, as a job takes them."""
    found = {}
    for name, value in said.items():
        before = getattr(known, name)
        now = (value or None) if isinstance(value, str) else value
        if now != (list(before) if isinstance(before, tuple) else before):
            found[name] = now
    return found


def _fields(runtime: Runtime, known: Metadata) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": st.text_input("Name", known.name, max_chars=LONGEST_NAME).strip()
    }
    said["series"] = st.text_input("Series", known.series or "", max_chars=LONGEST_NAME).strip()
    with st.container(horizontal=True):
        for name in ("season", "episode", "year"):
            said[name] = st.number_input(
                name.capitalize(), 0, HIGHEST_NUMBER, getattr(known, name), step=1, format="%d"
            )
        said["language"] = st.text_input(
            "Language",
            known.language or "",
            max_chars=LONGEST_LANGUAGE,
            help="A code, such as en or pt-BR",
        ).strip()
    shipped = runtime.tasks[GENRE].class_names
    said["genres"] = st.multiselect(
        "Genres",
        [*dict.fromkeys((*known.genres, *shipped))],
        list(known.genres),
        accept_new_options=True,
        help="Where genres are given, they are shown instead of estimated ones.",
    )
    said["tags"] = st.multiselect("Tags", known.tags, list(known.tags), accept_new_options=True)
    said["synopsis"] = st.text_area(
        "Synopsis", known.synopsis or "", max_chars=LONGEST_SYNOPSIS
    ).strip()
    return said
