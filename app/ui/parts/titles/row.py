"""One title of the catalogue as a row: its facts, the state of its film, and its actions."""

from datetime import timedelta
from html import escape
from pathlib import Path

import streamlit as st

from app.jobs.records import JobRequest
from app.runtime import Runtime
from app.ui.addresses import still_address
from app.ui.parts.titles.editing import edit_dialog
from app.ui.parts.words import plain
from indexer.characters import clean
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.named_roots import check_root
from indexer.records import TextSource
from indexer.remote_path import RemotePath
from indexer.timecode import timecode
from indexer.versions import point_of
from probes.tasks import ZERO_SHOT

_TEXT: dict[TextSource, str] = {
    "sidecar": "text beside the film",
    "embedded": "text in the file",
    "transcription": "transcribed",
    "none": "no text",
}


def title_row(runtime: Runtime, manifest: Manifest, moved: bool, working: bool) -> None:
    """Draw a title.

    Args:
        runtime: of the catalogue.
        manifest: of the title.
        moved: its film is no longer where it was indexed.
        working: a job about it is in the queue.
    """
    title_id, name = manifest.title.title_id, manifest.title.metadata.name
    with st.container(border=True, gap="xsmall", key=f"title-{title_id}"):
        with st.container(horizontal=True, gap="medium", key=f"about-{title_id}"):
            st.html(title_still(manifest), width="content")
            with st.container(gap=None):
                st.page_link("views/title.py", label=plain(name), query_params={"id": title_id})
                st.html(_facts(manifest))
        if moved:
            st.warning(_away(manifest.title.media.path), icon=":material/drive_file_move:")
        elif _has_another_size(manifest):
            st.warning(
                f"{plain(str(manifest.title.media.path))} was replaced after it was indexed. Add "
                "it again above: the new version takes this one's place.",
                icon=":material/history:",
            )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if st.button(
                "Search in it", key=f"search-{title_id}", icon=":material/search:", type="tertiary"
            ):
                st.switch_page("views/search.py", query_params={"title": name})
            if st.button(
                "Edit",
                key=f"edit-{title_id}",
                icon=":material/edit:",
                type="tertiary",
                help=f"Edit what is known of {plain(name)}",
                disabled=working,
            ):
                edit_dialog(runtime, manifest)
            if st.button(
                "Remove",
                key=f"remove-{title_id}",
                icon=":material/delete:",
                type="tertiary",
                help=f"Remove {plain(name)} from the catalogue; its film is not touched",
                disabled=working,
            ):
                remove_dialog(runtime, manifest)
            if working:
                st.caption("In the queue")


def _away(film: Path) -> str:
    """Return what to do about a film that is no longer where it was indexed."""
    try:
        check_root(film)
    except ReelfindError as error:
        return plain(str(error))
    return (
        f"The film is no longer at {plain(str(film))}. Put it back, or add it at its new place "
        "above: nothing is analysed again."
    )


def _has_another_size(manifest: Manifest) -> bool:
    """Return whether the file's size changed, which shows a replacement without reading it.

    An object store is not asked: it takes longer than the row, and playing the film tells.
    """
    media = manifest.title.media
    if isinstance(media.path, RemotePath):
        return False
    try:
        return media.path.stat().st_size != media.size
    except OSError:
        return False


def title_still(manifest: Manifest) -> str:
    """Return the still that represents a title: that of its middle clip."""
    still = point_of(manifest, "clip", manifest.clips // 2)
    source = still_address(still)
    return f'<div class="title-still"><img src="{source}" loading="lazy" alt=""></div>'


def _facts(manifest: Manifest) -> str:
    """Return the facts about a title as HTML; everything from films is escaped."""
    metadata, media = manifest.title.metadata, manifest.title.media
    guessed = " (zero-shot)" if manifest.genres and manifest.genres_from == ZERO_SHOT else ""
    parts = [_episode(manifest), str(metadata.year or ""), ", ".join(manifest.genres) + guessed]
    about = " · ".join(part for part in parts if part)
    rate = f"{float(media.fps):.3f}".rstrip("0").rstrip(".")
    facts = [
        str(timedelta(seconds=round(manifest.seconds))),
        f"{manifest.shots:,} shots",
        f"{manifest.clips:,} clips",
        ", ".join(part for part in (manifest.language or "", _TEXT[manifest.text_source]) if part),
        f"{media.width} × {media.height}, {rate} fps"
        + (" (variable)" if media.variable_frame_rate else ""),
        f"starts at {timecode(0, media.fps, media.start_timecode)}",
    ]
    warnings = "".join(f'<p class="warning">{escape(each)}</p>' for each in manifest.warnings)
    return (
        f'<div class="title-facts"><p>{escape(about)}</p>'
        f"<p>{' · '.join(f'<span>{escape(fact)}</span>' for fact in facts)}</p>"
        f'<p class="path">{escape(clean(str(media.path)))}</p>{warnings}</div>'
    )


def _episode(manifest: Manifest) -> str:
    metadata = manifest.title.metadata
    if not metadata.series:
        return ""
    number = "".join(
        f"{letter}{value:02}"
        for letter, value in (("S", metadata.season), ("E", metadata.episode))
        if value is not None
    )
    return f"{metadata.series} {number}".strip()


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
