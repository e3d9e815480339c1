"""The entry script: names the pages and runs the chosen one."""

from pathlib import Path

import streamlit as st

from app.ui import query
from app.ui.shared import page_runtime

st.set_page_config(page_title="Reelfind", page_icon="🎬", layout="wide")
st.html(Path(__file__).with_name("style.css"))
st.logo(":material/movie_filter:", size="large")
search = st.Page("views/search.py", title="Search", icon=":material/search:", default=True)
page = st.navigation(
    [
        search,
        st.Page("views/saved.py", title="Saved searches", icon=":material/bookmarks:"),
        st.Page("views/briefs.py", title="Ads", icon=":material/campaign:"),
        st.Page("views/shortlist.py", title="Shortlists", icon=":material/playlist_play:"),
        st.Page("views/title.py", title="Title", icon=":material/movie:", visibility="hidden"),
        st.Page("views/catalogue.py", title="Titles", icon=":material/video_library:"),
        st.Page(
            "views/people.py",
            title="People",
            icon=":material/face:",
            # Of no use until it is switched on; its address says how.
            visibility="visible" if page_runtime().settings.who.enabled else "hidden",
        ),
        st.Page("views/quality.py", title="Quality", icon=":material/monitoring:"),
        st.Page("views/settings.py", title="Settings", icon=":material/settings:"),
    ],
    position="top",
)
if page != search:
    query.leave()
page.run()
