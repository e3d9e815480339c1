"""The titles page: what is in the catalogue."""

from datetime import timedelta

import streamlit as st

from app.results import TitleSummary
from app.ui.components.state import stop_unless_ready
from app.ui.components.words import plain
from app.ui.shared import page_service

_TEXT = {
    "sidecar": "beside the film",
    "embedded": "in the file",
    "transcription": "transcribed",
    "none": "none",
}


def row(title: TitleSummary) -> dict[str, object]:
    """Return one line of the table, as people read it."""
    return {
        "Title": title.title,
        "Duration": str(timedelta(seconds=round(title.duration_seconds))),
        "Shots": title.shots,
        "Clips": title.clips,
        "Genres": title.genres,
        "Timed text": _TEXT[title.timed_text],
        "Language": title.language,
        "Frame rate": title.fps,
        "Picture": f"{title.width} × {title.height}",
        "Starts at": title.start_timecode,
        "File": title.path,
    }


service = page_service()
stop_unless_ready(service)
titles = service.titles()
shots, clips = sum(each.shots for each in titles), sum(each.clips for each in titles)
st.caption(f"{len(titles)} titles · {clips:,} clips · {shots:,} shots")
table = st.dataframe(
    [row(title) for title in titles],
    hide_index=True,
    on_select="rerun",
    selection_mode="single-row",
    key="titles",
)
rows = table.selection.rows
if st.button(
    f"Search in {plain(titles[rows[0]].title)}" if rows else "Search in the chosen title",
    icon=":material/search:",
    disabled=not rows,
    help="Choose a title by the box at the start of its row.",
):
    st.switch_page("views/search.py", query_params={"title": titles[rows[0]].title})
