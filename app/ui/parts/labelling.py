"""The annotator's name, and the labels they give: a thumb for clip-worthiness, and tones."""

import streamlit as st

from app.labelling.store import Annotations, Said
from app.records import Hit
from app.ui.parts.words import plain
from app.ui.shared import page_runtime
from indexer.errors import ReelfindError
from probes.tasks import CLIP_WORTHINESS, TONE, Task

ANNOTATOR = "annotator"
NOBODY = "browser"
"""The annotator's name by default."""


def annotator_box() -> None:
    """Draw the box for the name that labels carry."""
    st.session_state.setdefault(ANNOTATOR, NOBODY)
    st.text_input(
        "Label as",
        key=ANNOTATOR,
        help="Your name on the labels you make. Where two people differ, both are kept, and "
        "`reelfind labels summary` says how far they agree.",
    )


def annotations() -> Annotations:
    """Return the labels as the person at this page sees them."""
    name = str(st.session_state.get(ANNOTATOR, "")).strip()
    return Annotations(page_runtime().database, name or NOBODY)


def set_thumb(hit: Hit, tasks: dict[str, Task], value: int | None) -> None:
    """Label a clip as clip-worthy (1) or not (0), or remove the label (None)."""
    _label(hit, CLIP_WORTHINESS, {tasks[CLIP_WORTHINESS].class_names[0]: value})


def labels_of(hits: list[Hit]) -> dict[str, Said]:
    """Return this annotator's labels of hits; show the error if they cannot be read."""
    try:
        return annotations().labels_of(hits)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return {hit.id: {} for hit in hits}


@st.dialog("Tones")
def tone_dialog(hit: Hit, said: Said, task: Task) -> None:
    """Ask which tones to add to a clip, and which of its tones don't apply."""
    st.caption(f"{plain(hit.title)} · {hit.timecode_in} – {hit.timecode_out}")
    groups = {each.name: each.group for each in task.classes}
    meanings = {each.name: each.meaning for each in task.classes}
    names = sorted(groups, key=lambda name: (groups[name], name))
    known = {name: said.get((TONE, name)) for name in names}
    has = st.multiselect(
        "Add tones",
        names,
        [name for name in names if known[name] == 1],
        format_func=lambda name: f"{name} ({groups[name]})" if groups[name] else name,
        placeholder="Type to find a tone",
    )
    has_not = st.multiselect(
        "Remove tones",
        names,
        [name for name in names if known[name] == 0],
        placeholder="Tones that don't apply",
    )
    both = sorted(set(has) & set(has_not))
    for name in both:
        st.warning(f"{plain(name)}: it is in both boxes; remove it from one.")
    for name in has:
        st.caption(f"**{plain(name)}**: {plain(meanings[name])}")
    if st.button("Save", type="primary", disabled=bool(both)):
        wanted = dict.fromkeys(has, 1) | dict.fromkeys(has_not, 0)
        if _label(hit, TONE, {n: wanted.get(n) for n in names if wanted.get(n) != known[n]}):
            st.rerun()


def _label(hit: Hit, task: str, values: dict[str, int | None]) -> bool:
    """Write labels and return whether it worked; show the error otherwise."""
    try:
        for name, value in values.items():
            annotations().set_label(hit, task, name, value)
    except ReelfindError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return False
    st.toast("Label saved.", icon=":material/check:")
    return True


def author_box() -> None:
    """Draw the button that opens the box for the name that changes of shortlists carry."""
    st.session_state.setdefault(ANNOTATOR, NOBODY)
    with st.popover(plain(author()), icon=":material/person:"):
        st.text_input(
            "Your name",
            key=ANNOTATOR,
            help="It stands at what you change, so that others who edit the list know who it was.",
        )


def author() -> str:
    """Return the name of this page's user."""
    return str(st.session_state.get(ANNOTATOR, "")).strip() or NOBODY
