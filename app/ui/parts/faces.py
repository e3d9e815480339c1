"""The faces of a picture or a frame: who they may be, and all shots with them."""

import streamlit as st
from PIL import Image

from app.people.pictures import cut_face
from app.people.recognising import read_picture, recognise_in
from app.people.records import FaceInPicture, LikelyPerson, Recognise, UnknownPersonError
from app.people.store import PeopleStore
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.ui.example import drop_example, read_example
from app.ui.parts.people import face as known_face
from app.ui.parts.words import plain
from app.ui.query import PAGE_LIMIT, SEARCH_PAGE, address_of
from indexer.errors import ReelfindError
from indexer.who.embedder import Pixels

WIDTH = 280
"""Pixels of a card."""
MOST = 3
"""People who are named beside a face, the nearest first."""


def faces_of_example(runtime: Runtime) -> None:
    """Draw the button that asks whose faces are in a picture that is searched by."""
    still = read_example().get("still")
    if still is None or not runtime.settings.who.enabled:
        return
    if st.button("Who is this?", key="example.who", icon=":material/face:", type="tertiary"):
        _show(runtime, Recognise(still=still))


@st.dialog("Who is this?", width="medium")
def _show(runtime: Runtime, asked: Recognise) -> None:
    faces(runtime, asked, "example.who")
    st.caption("The picture is compared with the people of the index, and not kept.")


def ask_for_faces(key: str, frame: int | None) -> None:
    """Note the frame of a player whose faces somebody asked for; None changes nothing."""
    if frame is not None:
        st.session_state[key] = frame


def faces_of_frame(runtime: Runtime, title_id: str, key: str) -> None:
    """Draw the faces of the frame that was asked for by ``key``, until somebody closes them."""
    frame = st.session_state.get(key)
    if frame is None:
        return
    faces(runtime, Recognise(title_id=title_id, frame=frame), key)
    st.button(
        "Close", key=f"{key}.close", type="tertiary", on_click=st.session_state.pop, args=(key,)
    )


def faces(runtime: Runtime, asked: Recognise, key: str) -> None:
    """Draw the faces of a picture; where there is none, or nobody is near, say so."""
    try:
        picture = read_picture(runtime, asked)
        found = recognise_in(runtime, picture)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if found.notice:
        st.info(found.notice, icon=":material/face:")
    with st.container(horizontal=True, gap="small", key=f"{key}.faces"):
        for place, face in enumerate(found.faces):
            _face(runtime, picture, face, f"{key}.{place}")


def _face(runtime: Runtime, picture: Pixels, face: FaceInPicture, key: str) -> None:
    likely = face.likely[:MOST]
    with st.container(border=True, width=WIDTH, gap="xsmall"):
        st.image(cut_face(Image.fromarray(picture), face.box), width=96, alt="Face in the picture")
        for each in likely:
            _person(runtime, each, f"{key}.{each.id}")
        if not likely:
            st.caption("Nobody near")


def _person(runtime: Runtime, person: LikelyPerson, key: str) -> None:
    """Draw somebody with a known face, to compare, and a button."""
    try:
        known = PeopleStore(runtime.database).find(person.id)
    except UnknownPersonError:
        return  # Merged or deleted since.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        known_face(runtime, known.groups[0], known.shown_name, width=48)
        label = f"All shots with {plain(known.shown_name)}"
        if st.button(label, key=key, icon=":material/search:"):
            drop_example()
            request = SearchRequest(person=[person.id], level="shot", limit=PAGE_LIMIT)
            st.switch_page(SEARCH_PAGE, query_params=address_of(request))
