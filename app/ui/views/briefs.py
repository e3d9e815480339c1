"""The ads page: a brief, the clips that suit it, and the breaks for the ad."""

import streamlit as st

from app.ads.planning import AdPlanner
from app.ui.parts.briefs import brief_form, draw_answer
from app.ui.parts.state import stop_unless_ready
from app.ui.parts.words import plain
from app.ui.shared import page_runtime
from indexer.errors import ReelfindError


def main() -> None:
    """Draw the page."""
    runtime = page_runtime()
    st.title("Ads", anchor=False)
    stop_unless_ready(runtime)
    brief = brief_form(runtime.tasks, runtime.settings.ads)
    try:
        with st.spinner("Looking for clips and breaks"):
            (answer,) = AdPlanner(runtime).answer([brief])
        draw_answer(runtime, answer)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")


main()
