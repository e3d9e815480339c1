"""Downloads of the breaks of one title as lists for ad servers."""

import streamlit as st

from app.ads.formats import FORMATS
from app.ads.lists import break_list
from app.ads.records import AdCandidates
from app.exports.records import ExportError
from app.ui.parts.words import plain


def export_breaks(answer: AdCandidates, tag_url: str | None) -> None:
    """Draw the title, the ad server's address, and a button for each format."""
    names = {each.title_id: each.title for each in answer.breaks}
    title_id = st.selectbox(
        "Title", list(names), format_func=lambda each: names[each], key="breaks-title"
    )
    tag = st.text_input(
        "Ad tag URL (for VMAP)",
        tag_url or "",
        max_chars=2000,
        placeholder="https://ads.example.com/vast?break={break_id}",
        key="breaks-tag",
    )
    own = [each for each in answer.breaks if each.title_id == title_id]
    exported = break_list(answer.model_copy(update={"breaks": own}), tag.strip() or None)
    for form in FORMATS:
        try:
            content = form.content(exported)
        except ExportError as error:
            st.error(plain(str(error)), icon=":material/error:")
            continue
        st.download_button(
            form.label,
            content,
            f"{exported.name}.{form.suffix}",
            form.media_type,
            icon=":material/download:",
            key=f"breaks-{form.name}",
            on_click="ignore",
        )
