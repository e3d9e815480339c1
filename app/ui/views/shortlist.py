"""The shortlist page: one list by its address (``?id=…&item=…``), or all of them."""

from typing import Any

import streamlit as st

from app.artwork.finding import artwork_of_shortlist
from app.shortlists import edits
from app.shortlists.overview import overview
from app.shortlists.records import Shortlist
from app.ui.components.rows import draw_rows
from app.ui.parts.artwork import artwork_section
from app.ui.parts.labelling import author_box
from app.ui.parts.shortlist.editing import attempt, problems, watch
from app.ui.parts.shortlist.exporting import export_dialog
from app.ui.parts.shortlist.head import draw_head
from app.ui.parts.shortlist.lines import chosen_item, lines
from app.ui.parts.shortlist.listing import draw_lists, new_list, suggest_dialog
from app.ui.parts.shortlist.playing import begin, is_played, play_panel
from app.ui.parts.shortlist.reviewing import item_feedback, list_feedback, read_feedback
from app.ui.parts.shortlist.trimming import plain_name, trim_panel
from app.ui.parts.state import stop_unless_ready
from app.ui.parts.words import plain
from app.ui.shared import page_runtime, shortlists
from indexer.errors import ReelfindError
from indexer.library import Library

runtime = page_runtime()
catalogue = runtime.catalogue


def act_on(seen: Shortlist, act: dict[str, Any]) -> None:
    """Apply a user's action on a row."""
    item_id, to = str(act["id"]), act["to"]
    if act["kind"] == "choose":
        st.query_params["item"] = item_id
        return
    item = edits.item_named(seen, item_id)
    name = plain_name(seen, item_id, catalogue.manifest(item.title_id))
    if act["kind"] == "move":
        attempt(seen, f"Move {name} to place {to}", lambda now: edits.move(now, item_id, to))
    else:
        attempt(seen, f"Remove {name}", lambda now: edits.remove(now, item_id))


def one_list(seen: Shortlist) -> None:
    """Draw a list: its items on one side, the selected one on the other."""
    shown = overview(catalogue, seen)
    draw_head(seen, shown, lambda: begin(seen), lambda: export_dialog(runtime, seen))
    watch(seen)
    problems(seen)
    feedback = read_feedback(runtime, seen)
    list_feedback(seen, feedback)
    item = chosen_item(seen, st.query_params.get("item"))
    if item is None:
        st.info(
            "Press “Add” at a clip of a search.",
            icon=":material/playlist_add:",
            title="Nothing in this list yet",
        )
        st.page_link("views/search.py", label="Search", icon=":material/search:")
        return
    played = is_played(seen)
    # On a phone the columns are one below the other, and a film must be in sight.
    first, second = st.columns([3, 2] if played else [1, 1], gap="medium")
    panel, rows = (first, second) if played else (second, first)
    with rows:
        draw_rows(
            lines(catalogue, seen, item.item_id, feedback), lambda act: act_on(seen, act), played
        )
    with panel:
        if played:
            play_panel(catalogue, seen)
        else:
            trim_panel(seen, item, catalogue.manifest(item.title_id))
            item_feedback(seen, feedback, item.item_id)
    artwork_section(
        runtime,
        f"shortlists/{seen.shortlist_id}",
        lambda count: artwork_of_shortlist(Library(catalogue), seen, runtime.settings, count),
    )


def all_lists() -> None:
    """Draw all lists."""
    st.title("Shortlists", anchor=False)
    with st.container(horizontal=True):
        if st.button("New shortlist", icon=":material/add:", type="primary"):
            new_list(shortlists(runtime))
        if st.button("Suggest a trailer", icon=":material/auto_awesome:"):
            stop_unless_ready(runtime)
            suggest_dialog(runtime, shortlists(runtime))
        author_box()
    draw_lists(catalogue, shortlists(runtime))


try:
    if "id" in st.query_params:
        one_list(shortlists(runtime).find(st.query_params["id"]))
    else:
        all_lists()
except ReelfindError as error:
    st.error(plain(str(error)), icon=":material/error:")
    st.page_link("views/shortlist.py", label="All lists", icon=":material/list:")
