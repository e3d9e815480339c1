"""The selected item: its preview, its frame-accurate in and out, and its note."""

import streamlit as st

from app.shortlists import edits
from app.shortlists.records import Item, Shortlist
from app.shortlists.spans import MARK, check_inside, frame_at
from app.summaries import summary
from app.ui.components.player import Trim, trim_player
from app.ui.parts.shortlist.editing import attempt, fail
from app.ui.parts.words import plain
from app.ui.shared import is_shown, key_of, page_runtime
from indexer.earlier_versions import EarlierVersion, EarlierVersions
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.timecode import timecode

_AT_OUT = "shortlist.at_out"
"""Whether the preview stands at the end of the item: its out was trimmed last."""
_TURN = "shortlist.turn"
"""The last change of the player that was dealt with."""

NAMES = {"start": "In", "end": "Out"}


def trim_panel(seen: Shortlist, item: Item, manifest: Manifest | None) -> None:
    """Draw the selected item; if its title is gone, only a note on that."""
    place = seen.items.index(item) + 1
    versions = EarlierVersions(page_runtime().catalogue)
    earlier = versions.find(item.title_id)
    if earlier is not None:
        _earlier(item, place, earlier, versions.current(item.title_id))
        _note(seen, item, place)
        return
    if manifest is None:
        st.subheader(f"Item {place}", anchor=False)
        st.info(
            "Its title is no longer in the catalogue. Index the film again and it is back, or take "
            "the item out of the list.",
            icon=":material/movie_off:",
        )
        _note(seen, item, place)
        return
    media = manifest.title.media
    st.subheader(f"Item {place} · {plain(manifest.title.metadata.name)}", anchor=False)
    trim_player(
        summary(manifest),
        manifest.frame_count,
        (item.start_frame, min(item.end_frame, manifest.frame_count)),
        at_end=st.session_state.get(_AT_OUT) == item.item_id,
        turn=st.session_state.get(_TURN, 0),
        on_trim=lambda trim: trimmed(seen, item, manifest, trim),
    )
    st.caption(f"{float(media.fps):.5g} fps. Out is exclusive.")
    _note(seen, item, place)


def _earlier(item: Item, place: int, earlier: EarlierVersion, current: Manifest | None) -> None:
    """Draw an item from an earlier version of a file: its span, and a link to the current title."""
    then = earlier.manifest.title
    st.subheader(f"Item {place} · {plain(then.metadata.name)}", anchor=False)
    st.warning(
        f"{plain(then.media.path.name)} was replaced after this item was chosen, so the same "
        "frames may show something else. Find the moment in the current version and add it again, "
        "or remove this item.",
        title=MARK,
        icon=":material/history:",
    )
    if current is not None:
        st.page_link(
            "views/title.py",
            label="Open the current version",
            icon=":material/open_in_new:",
            query_params={"id": current.title.title_id, "frame": str(item.start_frame)},
        )


def trimmed(seen: Shortlist, item: Item, manifest: Manifest, trim: Trim) -> None:
    """Save what was trimmed, as one change; only the ends that were moved."""
    media = manifest.title.media
    st.session_state[_TURN] = trim.turn
    st.session_state[_AT_OUT] = item.item_id if trim.edge == "end" else None
    frames = {"start": trim.start, "end": trim.end}
    try:
        if trim.text:
            frames[trim.edge] = frame_at(media, trim.text)
        check_inside(manifest, frames["end"])
    except ReelfindError as error:
        fail(str(error))
        return
    before = {"start": item.start_frame, "end": item.end_frame}
    moved = {edge: frame for edge, frame in frames.items() if frame != before[edge]}
    if not moved:
        return
    ends = ", ".join(
        f"{NAMES[edge]} at {timecode(frame, media.fps, media.start_timecode)} (frame {frame})"
        for edge, frame in moved.items()
    )
    words = f"{plain_name(seen, item.item_id, manifest)}: {ends}"
    attempt(
        seen,
        words[0].upper() + words[1:],
        lambda now: edits.trim(
            now, item.item_id, start_frame=moved.get("start"), end_frame=moved.get("end")
        ),
    )


def plain_name(seen: Shortlist, item_id: str, manifest: Manifest | None) -> str:
    """Return the title and timecode of an item, a name that stays valid when it is moved."""
    place = [item.item_id for item in seen.items].index(item_id) + 1
    title = manifest.title.metadata.name if manifest is not None else "a removed title"
    return f"item {place} ({title})"


def _note(seen: Shortlist, item: Item, place: int) -> None:
    key = key_of(f"note.{item.item_id}", item.note)
    st.text_area(
        "Note",
        key=key,
        max_chars=2000,
        height=90,
        placeholder="Exported as a marker",
        on_change=_annotate,
        args=(seen, item.item_id, place, key),
    )
    if item.reason:
        st.caption(f"Suggested: {plain(item.reason)}")


def _annotate(seen: Shortlist, item_id: str, place: int, key: str) -> None:
    if not is_shown(key):
        return
    note = str(st.session_state[key])
    attempt(seen, f"Note of item {place}: {note}", lambda now: edits.annotate(now, item_id, note))
