"""The page of people: whose faces are in the films, where that is switched on."""

import streamlit as st

from app.people.store import PeopleStore
from app.ui.parts.people import SHOWN, person_card
from app.ui.parts.state import stop_unless_ready
from app.ui.parts.words import plain
from app.ui.shared import page_runtime
from indexer.errors import ReelfindError

_COUNT = "people.shown"


def main() -> None:
    """Draw the page."""
    runtime = page_runtime()
    st.title("People", anchor=False)
    stop_unless_ready(runtime)
    if not runtime.settings.who.enabled:
        st.info(
            "Recognising people makes biometric data, so it is off. `who.enabled` in the settings "
            "switches it on.",
            icon=":material/visibility_off:",
            title="People are not recognised",
        )
        return
    st.caption(
        "These are biometric data: `reelfind people delete-all` deletes all of them, with every "
        "name. Set `who.enabled` to false to recognise nobody any more."
    )
    hidden = st.toggle("Also who is hidden", key="people.hidden")
    store = PeopleStore(runtime.database)
    try:
        found = store.all(hidden)
        shown = st.session_state.setdefault(_COUNT, SHOWN)
        with st.container(horizontal=True, gap="medium"):
            for person in found[:shown]:
                person_card(runtime, store, person, found)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not found:
        st.info(
            "The next reelfind index looks for people in your films.",
            icon=":material/face:",
            title="Nobody yet",
        )
    elif len(found) > shown and st.button(f"More of {len(found):,}", key="people.more"):
        st.session_state[_COUNT] = shown + SHOWN
        st.rerun()


main()
