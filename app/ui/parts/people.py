"""People: their faces, and what makes one of two or two of one."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.people.pictures import face_picture
from app.people.records import FacesOfTitle, GroupOfTitle, Person
from app.people.store import PeopleStore
from app.runtime import NotFoundError, Runtime
from app.search.request import SearchRequest
from app.ui.parts.words import counted, plain
from app.ui.query import PAGE_LIMIT, SEARCH_PAGE, address_of
from indexer.errors import ReelfindError

SHOWN = 48
"""People on the page; a button shows as many more."""
WIDTH = 400
"""Pixels of a card: its buttons stand in a row."""
FACES = 4
"""Groups whose face is shown of a person; the dialogs show all."""


def people_names(runtime: Runtime) -> dict[str, str]:
    """Return how people are called, by id; empty where nobody is recognised."""
    if not runtime.settings.who.enabled:
        return {}
    return {each.id: each.shown_name for each in PeopleStore(runtime.database).all(hidden=True)}


def person_card(runtime: Runtime, store: PeopleStore, person: Person, every: list[Person]) -> None:
    """Draw a person, with what can be done."""
    with st.container(border=True, width=WIDTH, gap="xsmall", key=f"person-{person.id}"):
        with st.container(horizontal=True, gap="xsmall"):
            for group in person.groups[:FACES]:
                face(runtime, group, person.shown_name)
        hidden = " · hidden" if person.hidden else ""
        st.subheader(plain(person.shown_name), anchor=False)
        titles = len({each.title_id for each in person.groups})
        st.caption(f"{counted(person.shots, 'shot')} in {counted(titles, 'title')}{hidden}")
        _acts(runtime, store, person, every)


def face(runtime: Runtime, group: FacesOfTitle, name: str, width: int = 72) -> None:
    """Draw the face that shows a group of somebody's; nothing where it is gone."""
    try:
        picture = face_picture(runtime.title(group.title_id), group)
    except (NotFoundError, FileNotFoundError):
        picture = None  # The title was removed since.
    if picture is not None:
        st.image(picture, width=width, alt=f"Face of {name}")


def _acts(runtime: Runtime, store: PeopleStore, person: Person, every: list[Person]) -> None:
    with st.container(horizontal=True, gap="small"):
        if st.button("All shots", key=f"shots-{person.id}", icon=":material/search:"):
            request = SearchRequest(person=[person.id], level="shot", limit=PAGE_LIMIT)
            st.switch_page(SEARCH_PAGE, query_params=address_of(request))
        if st.button("Name", key=f"name-{person.id}", icon=":material/edit:", type="tertiary"):
            _name(store, person)
        others = [each for each in every if each.id != person.id]
        if others and st.button(
            "Merge", key=f"merge-{person.id}", icon=":material/merge:", type="tertiary"
        ):
            _merge(runtime, store, person, others)
        if len(person.groups) > 1 and st.button(
            "Split", key=f"split-{person.id}", icon=":material/call_split:", type="tertiary"
        ):
            _split(runtime, store, person)
        st.button(
            "Show" if person.hidden else "Hide",
            key=f"hide-{person.id}",
            icon=":material/visibility:" if person.hidden else ":material/visibility_off:",
            type="tertiary",
            on_click=_hide,
            args=(store, person),
        )


def _hide(store: PeopleStore, person: Person) -> None:
    store.hide(person, not person.hidden)


@st.dialog("Who is it?")
def _name(store: PeopleStore, person: Person) -> None:
    name = st.text_input("Name", person.name, key="people.name", max_chars=200)
    if st.button("Save", key="people.save", type="primary"):
        _done(lambda: store.rename(person, name))


@st.dialog("Who is the same person?")
def _merge(runtime: Runtime, store: PeopleStore, person: Person, others: Sequence[Person]) -> None:
    names = {each.id: f"{each.shown_name} ({counted(each.shots, 'shot')})" for each in others}
    chosen = st.multiselect(
        f"The same as {plain(person.shown_name)}",
        list(names),
        key="people.others",
        format_func=names.__getitem__,
        placeholder="Choose",
    )
    found = [each for each in others if each.id in chosen]
    with st.container(horizontal=True, gap="xsmall"):
        for each in found:
            for group in each.groups[:FACES]:
                face(runtime, group, each.shown_name)
    if st.button("Merge", key="people.merge", type="primary", disabled=not found):
        _done(lambda: store.merge(person, found))


@st.dialog("Which faces are somebody else's?")
def _split(runtime: Runtime, store: PeopleStore, person: Person) -> None:
    chosen = []
    for place, group in enumerate(person.groups):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            face(runtime, group, person.shown_name)
            label = f"{counted(group.faces, 'face')} in {counted(group.shots, 'shot')}"
            if st.checkbox(label, key=f"people.group-{place}"):
                chosen.append(GroupOfTitle(title_id=group.title_id, number=group.number))
    some = 0 < len(chosen) < len(person.groups)
    if st.button("Split", key="people.split", type="primary", disabled=not some):
        _done(lambda: store.split(person, chosen))


def _done(act: Callable[[], object]) -> None:
    """Do what a dialog was opened for and close it; on an error, show it."""
    try:
        act()
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()
