"""The export dialog: a file for each editing system, subtitles, stills, and a reel."""

from fractions import Fraction
from itertools import groupby

import streamlit as st

from app.exports.aaf import linking_words
from app.exports.cut import Cut, make_cut
from app.exports.delivering import deliver
from app.exports.delivery import Delivery
from app.exports.formats import FORMATS, Format
from app.exports.rates import rate_words
from app.exports.records import ReelBody
from app.exports.reel import ReelOptions
from app.exports.reels import Reels, file_name, reel_id_of
from app.runtime import Runtime
from app.shortlists.records import Shortlist
from app.ui.parts.words import plain
from indexer.errors import ReelfindError
from indexer.path_mapping import PathMapping

REFRESH_SECONDS = 1.0

_BUTTON = 240
"""Width of a format's button in pixels: the longest label fits."""

_MAP_PATH = "export.map_path"
"""The path mapping that the user typed: a widget's own state goes with the dialog."""


@st.dialog("Export", width="large")
def export_dialog(runtime: Runtime, seen: Shortlist) -> None:
    """Offer all export formats for the version of the list on the page."""
    try:
        cut = make_cut(runtime.catalogue, seen)
        rate = _rate(cut)
        cut = make_cut(runtime.catalogue, seen, rate)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    length = float(cut.frames / cut.fps)
    st.caption(
        f"{len(cut.events)} clips · {length:.2f} s · {cut.frames} frames at "
        f"{rate_words(cut.fps)} fps"
    )
    delivery = deliver(runtime, cut, _mapping(runtime, cut), _reasons(cut))
    for group, formats in groupby(FORMATS, key=lambda form: form.group):
        st.markdown(f"**{group}**")
        for form in formats:
            _row(delivery, form)
    st.divider()
    _reel(runtime.reels, cut)


def _rate(cut: Cut) -> Fraction | None:
    """Ask for the sequence's frame rate if the titles have several."""
    if len(cut.rates) == 1:
        return None
    ordered = sorted(cut.rates, key=lambda fps: fps != cut.fps)
    return st.selectbox(
        "Sequence frame rate",
        ordered,
        format_func=lambda fps: f"{rate_words(fps)} fps, as {', '.join(cut.rates[fps])}",
    )


def _mapping(runtime: Runtime, cut: Cut) -> PathMapping:
    """Ask where the editor's machine has the films; what cannot be read maps nothing."""
    usual = "\n".join(runtime.settings.exports.map_path)
    with st.expander("Paths on the editor's computer", icon=":material/folder_open:"):
        text = st.text_area(
            "Path mapping",
            st.session_state.get(_MAP_PATH, usual),
            height=68,
            max_chars=10_000,
            placeholder="/mnt/films=/Volumes/Films",
            help="One a line: the folder on this server, =, and the same folder on the computer "
            r"that imports the file, such as /mnt/films=/Volumes/Films or /mnt/films=D:\films.",
        )
        st.session_state[_MAP_PATH] = text
        try:
            mapping = PathMapping.parse(text.splitlines())
        except ReelfindError as error:
            st.error(plain(str(error)), icon=":material/error:")
            mapping = PathMapping()
        paths = {str(mapping.path(event.media.path)) for event in cut.events}
        st.caption(f"Files link to {plain(min(paths))}{' and others' if len(paths) > 1 else ''}")
    return mapping


def _reasons(cut: Cut) -> bool:
    """Ask whether reasons go along, if the list has any."""
    return any(event.reason for event in cut.events) and st.toggle(
        "Include reasons", help="Adds why Reelfind suggested an item to its note."
    )


def _row(delivery: Delivery, form: Format[Delivery]) -> None:
    """Draw a format: its button and how to import it, or why the list cannot be exported in it."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"row-{form.suffix}"
    ):
        try:
            form.check(delivery)
        except ReelfindError as error:
            st.button(form.label, disabled=True, key=f"format-{form.suffix}", width=_BUTTON)
            st.caption(plain(str(error)), width="stretch")
            return
        st.download_button(
            form.label,
            data=lambda: form.content(delivery),
            file_name=f"{file_name(delivery.cut.name)}.{form.suffix}",
            mime="application/octet-stream",
            key=f"format-{form.suffix}",
            icon=":material/download:",
            on_click="ignore",
            width=_BUTTON,
        )
        linking = f" {linking_words(delivery)}" if form.name == "aaf" else ""
        st.caption(plain(f"{form.how}{linking}"), width="stretch")


def _reel(reels: Reels, cut: Cut) -> None:
    """Offer the reel: its options, its progress, and the finished film."""
    st.markdown("**Rendered reel** (H.264 and AAC)")
    with st.container(horizontal=True):
        timecode = st.toggle("Burnt-in source timecode")
        slate = st.toggle("Slate", help="Three seconds with the name, the length and the rate.")
    options = ReelOptions(timecode, slate)
    if st.button("Render", icon=":material/movie_creation:"):
        try:
            reels.start(cut, options)
        except ReelfindError as error:
            st.error(plain(str(error)), icon=":material/error:")
    reel_id = reel_id_of(cut, options)
    if reels.find(reel_id) is not None:
        _progress(reels, reel_id)


@st.fragment(run_every=REFRESH_SECONDS)
def _progress(reels: Reels, reel_id: str) -> None:
    try:
        reel = reels.find(reel_id) or ReelBody.of(reel_id, "cancelled")
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    match reel.state:
        case "waiting" | "rendering":
            what = "Waits for another reel" if reel.state == "waiting" else "Rendering"
            st.progress(reel.share, text=f"{what}: {reel.share:.0%}")
            st.button("Cancel", icon=":material/cancel:", on_click=_cancel, args=(reels, reel_id))
        case "done":
            st.link_button("Download the reel", str(reel.file), icon=":material/download:")
        case "failed":
            st.error(plain(reel.problem), icon=":material/error:")
        case "cancelled":
            st.caption("Cancelled.")


def _cancel(reels: Reels, reel_id: str) -> None:
    try:
        reels.cancel(reel_id)
    except ReelfindError as error:
        st.toast(plain(str(error)), icon=":material/error:")
