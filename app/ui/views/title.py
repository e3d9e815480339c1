"""The page of one title: player, transcript, curves, shots and clips, and similar clips.

The address holds the title (``id``), the playhead (``frame``) and the visible curves.
"""

from bisect import bisect_right
from datetime import timedelta

import streamlit as st

from app.artwork.finding import artwork_of_title
from app.runtime import NotFoundError, Runtime
from app.shortlists.records import Item
from app.titles.files import media_file
from app.titles.layout import Layout, lay_out, read_curves
from app.titles.records import TitleSound
from app.titles.sound import read_sound
from app.ui.components.player import film_player
from app.ui.components.timeline import MOST_CURVES, STEPS, resting_place, timeline
from app.ui.components.transcript import transcript
from app.ui.parts.artwork import artwork_section
from app.ui.parts.faces import ask_for_faces, faces_of_frame
from app.ui.parts.moment import moment
from app.ui.parts.shortlisting import add_to_current
from app.ui.parts.state import stop_unless_ready
from app.ui.parts.titles.choosing import title_choices
from app.ui.parts.titles.similar import similar_strip
from app.ui.parts.words import counted, plain
from app.ui.shared import page_runtime
from indexer.errors import ReelfindError

# A parameter of the address, which may be repeated.
CURVES = "curve"


def chosen_title(runtime: Runtime) -> str:
    """Return the id in the address; without one, ask for a title and end the page."""
    if given := st.query_params.get("id"):
        return str(given)
    head = st.empty()
    with head.container():
        st.title("Title", anchor=False)
        st.caption("Choose a title to see its player, transcript, score graphs, clips and shots.")
    names = title_choices(runtime, "choose.find")
    picked = st.selectbox(
        "Title", list(names), index=None, format_func=names.__getitem__, placeholder="Choose one"
    )
    if picked is None:
        st.page_link("views/catalogue.py", label="All titles", icon=":material/video_library:")
        st.stop()
    head.empty()
    st.query_params["id"] = picked
    return str(picked)


def opened(runtime: Runtime, title_id: str) -> Layout:
    """Return the title; if there is none, show the error and end the page."""
    try:
        return lay_out(runtime, title_id)
    except NotFoundError:
        st.error(
            "The link leads to a title that was removed, or that another catalogue holds.",
            icon=":material/error:",
            title="No such title",
        )
        st.page_link("views/catalogue.py", label="See the titles that are there")
        st.stop()


def place(layout: Layout) -> int:
    """Return the frame in the address, limited to the title; by default, its start."""
    given = st.query_params.get("frame", "0")
    return min(int(given), layout.frame_count - 1) if given.isdecimal() else 0


def head(runtime: Runtime, layout: Layout) -> None:
    """Draw the name and the facts, and a note if the film cannot be played."""
    about = layout.about
    st.title(plain(about.title), anchor=False)
    part = [f"season {layout.season}"] if layout.season is not None else []
    part += [f"episode {layout.episode}"] if layout.episode is not None else []
    facts = [
        *([plain(" ".join([layout.series, *part]))] if layout.series else []),
        str(timedelta(seconds=round(about.duration_seconds))),
        counted(about.clips, "clip"),
        counted(about.shots, "shot"),
        *map(plain, about.genres),
        f"starts at {plain(about.start_timecode)}",
    ]
    st.caption(" · ".join(facts))
    if layout.synopsis:
        st.markdown(plain(layout.synopsis))
    try:
        media_file(runtime, about.title_id)
    except ReelfindError as error:
        st.warning(plain(str(error)), icon=":material/video_file:")


def sound_of(runtime: Runtime, layout: Layout) -> TitleSound | None:
    """Return what is heard along the title; None if an earlier version indexed it."""
    try:
        return read_sound(runtime, layout.about.title_id, layout.about.duration_seconds / STEPS)
    except NotFoundError:
        return None


def write_curves(title_id: str) -> None:
    """Put the chosen curves into the address."""
    st.query_params[CURVES] = st.session_state[f"curves-{title_id}"]


def move(layout: Layout) -> None:
    """Put the frame at which the player stopped into the address."""
    if place := resting_place(layout.about.title_id):
        st.query_params["frame"] = str(place[1])


@st.fragment
def along(runtime: Runtime, layout: Layout, sound: TitleSound | None, at: int) -> None:
    """Draw the timeline and the clip at the playhead. A fragment: the player plays on."""
    title_id = layout.about.title_id
    starts = [each.start_frame for each in layout.clips]
    known = [each.id for each in layout.clips]
    rest = resting_place(title_id)
    current = rest[0] if rest else ""
    if current not in known:
        current = known[max(0, bisect_right(starts, at) - 1)]
    picked = f"curves-{title_id}"
    if picked not in st.session_state:
        asked = [each for each in st.query_params.get_all(CURVES) if each in layout.curves]
        st.session_state[picked] = (asked or list(layout.at_first))[:MOST_CURVES]
    names = st.multiselect(
        "Score graphs",
        layout.curves,
        key=picked,
        max_selections=MOST_CURVES,
        help="Each curve is drawn against its own highest value; the number is its score at the "
        "playhead, smoothed over some seconds.",
        on_change=write_curves,
        args=(title_id,),
    )
    curves = read_curves(runtime, title_id, names)
    timeline(layout, curves, sound, current, at, lambda: move(layout))
    moment(runtime, current)


@st.fragment
def watch(runtime: Runtime, layout: Layout, at: int) -> None:
    """Draw the player, and who is seen where somebody asked. A fragment: the page stays."""
    title_id, asks_who = layout.about.title_id, runtime.settings.who.enabled
    key = f"faces.{title_id}"
    asked = film_player(layout.about, layout.frame_count, at, asks_who)
    if asked.span is not None:
        add_to_current(runtime, Item(title_id, *asked.span))
    ask_for_faces(key, asked.who)
    faces_of_frame(runtime, title_id, key)


runtime = page_runtime()
stop_unless_ready(runtime)
layout = opened(runtime, chosen_title(runtime))
at = place(layout)
head(runtime, layout)
watching, reading = st.columns([3, 2], gap="medium")
with watching:
    watch(runtime, layout, at)
with reading:
    if layout.lines:
        transcript(layout)
    else:
        st.info(
            "Put a subtitle file next to the film, named as it is (Film.srt), and index "
            "the title again.",
            icon=":material/subtitles_off:",
            title="No subtitles found",
        )
along(runtime, layout, sound_of(runtime, layout), at)
similar_strip(runtime, layout.about.title_id)
artwork_section(
    runtime,
    f"titles/{layout.about.title_id}",
    lambda count: artwork_of_title(runtime.title(layout.about.title_id), runtime.settings, count),
)
