"""The quality page: the evaluation of the scores, and the labelling queue."""

import streamlit as st

from app.ui.parts.quality.evaluation import evaluation_panel
from app.ui.parts.quality.labelling_queue import labelling_panel
from app.ui.parts.state import stop_unless_ready
from app.ui.shared import page_runtime

LABELLING, PROBES, SEARCH = "Labelling", "Probes", "Search"

runtime = page_runtime()
stop_unless_ready(runtime)
st.title("Quality", anchor=False)
view = st.segmented_control(
    "What to look at",
    [LABELLING, PROBES, SEARCH],
    key="view",
    default=LABELLING,
    required=True,
    bind="query-params",
    label_visibility="collapsed",
)
match view:
    case "Labelling":
        labelling_panel(runtime)
    case "Probes":
        evaluation_panel(runtime)
    case _:
        st.markdown(
            "How well search finds what is asked for is measured on labelled queries, from a "
            "checkout of Reelfind, each route alone and all together:"
        )
        st.code("python bench/search.py FOLDER_OF_FILMS", language="bash")
        st.caption(
            "Queries and the spans that answer them are in bench/queries.csv, the last figures in "
            "docs/results/search.md. Nothing of it is kept in this data directory."
        )
