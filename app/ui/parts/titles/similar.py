"""Titles that are like one: their stills, names and how alike they are, by what is compared."""

import streamlit as st

from app.runtime import NotFoundError, Runtime
from app.titles.records import ASPECTS, Aspect, SimilarTitle
from app.titles.similar import similar_titles
from app.ui.parts.titles.row import title_still
from app.ui.parts.words import plain

SHOWN = 6
_ASPECTS: dict[Aspect, str] = {"story": "Story", "look": "Look", "sound": "Sound"}


@st.fragment
def similar_strip(runtime: Runtime, title_id: str) -> None:
    """Draw the titles that are most like one; nothing where the index has no others."""
    if runtime.listing.count() < 2:
        return
    st.header("Similar titles", anchor=False)
    key = f"similar-by-{title_id}"
    by = st.segmented_control(
        "Compare",
        ASPECTS,
        selection_mode="multi",
        key=key,
        format_func=_ASPECTS.__getitem__,
        help="Story: what is said. Without a choice, everything is compared.",
    )
    try:
        found = similar_titles(runtime, title_id, by, SHOWN).titles
    except NotFoundError:
        st.info("Run `reelfind index` to bring the index up to date.", icon=":material/update:")
        return
    if not found:
        st.info(f"No {' or '.join(by)} to compare.", icon=":material/search_off:")
        return
    known = runtime.listing.of(each.title.title_id for each in found)
    with st.container(horizontal=True, gap="medium", key=f"similar-{title_id}"):
        for each in found:
            if each.title.title_id in known:
                _tile(each, title_still(known[each.title.title_id]))


def _tile(similar: SimilarTitle, still: str) -> None:
    about = similar.title
    with st.container(width="content", gap="xsmall"):
        st.html(still, width="content")
        st.page_link(
            "views/title.py", label=plain(about.title), query_params={"id": about.title_id}
        )
        st.caption(f"{similar.score:.0%} alike")
