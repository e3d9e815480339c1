"""The export dialog: a file for each editing system, made on demand, and a reel."""

from fractions import Fraction

import streamlit as st

from app.exports.cut import Cut, make_cut
from app.exports.formats import FORMATS, Format
from app.exports.rates import rate_words
from app.exports.records import ReelBody
from app.exports.reel import ReelOptions
from app.exports.reels import Reels, file_name, reel_id_of
from app.runtime import Runtime
from app.shortlists.records import Shortlist
from app.ui.parts.words import plain
from indexer.errors import ReelfindError

REFRESH_SECONDS = 1.0


@st.dialog("Hand over", width="large")
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
        f"{rate_words(cut.fps)} a second"
    )
    with st.container(horizontal=True, key="formats"):
        for form in FORMATS:
            _download(cut, form)
    st.divider()
    _reel(runtime.reels, cut)


def _rate(cut: Cut) -> Fraction | None:
    """Ask for the sequence's frame rate if the titles have several."""
    if len(cut.rates) == 1:
        return None
    ordered = sorted(cut.rates, key=lambda fps: fps != cut.fps)
    return st.selectbox(
        "Frames a second of the sequence",
        ordered,
        format_func=lambda fps: f"{rate_words(fps)}, that of {', '.join(cut.rates[fps])}",
    )


def _download(cut: Cut, form: Format[Cut]) -> None:
    """Draw the button of a format, or why the list cannot be exported in it."""
    try:
        form.write(cut)
    except ReelfindError as error:
        st.button(form.label, disabled=True, key=f"format-{form.suffix}", help=plain(str(error)))
        st.caption(plain(str(error)))
        return
    st.download_button(
        form.label,
        data=lambda: form.content(cut),
        file_name=f"{file_name(cut.name)}.{form.suffix}",
        mime="application/octet-stream",
        key=f"format-{form.suffix}",
        icon=":material/download:",
        on_click="ignore",
    )


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
