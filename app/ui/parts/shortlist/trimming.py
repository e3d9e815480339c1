"""The selected item: its preview, its frame-accurate in and out, and its note."""

from fractions import Fraction

import streamlit as st

from app.shortlists import edits
from app.shortlists.records import Item, Shortlist
from app.shortlists.spans import MARK, check_inside, frame_at
from app.summaries import summary
from app.ui.components.marks import mark_buttons
from app.ui.components.player import span_player
from app.ui.parts.shortlist.editing import attempt, fail
from app.ui.parts.words import plain
from app.ui.shared import is_shown, key_of, page_runtime
from indexer.earlier_versions import EarlierVersion, EarlierVersions
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.timecode import nominal_rate, timecode

_AT_OUT = "shortlist.at_out"
"""Whether the preview stands at the end of the item: its out was trimmed last."""

NAMES = {"in": "In", "out": "Out"}


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
    span_player(
        summary(manifest),
        item.start_frame,
        min(item.end_frame, manifest.frame_count),
        at_end=st.session_state.get(_AT_OUT) == item.item_id,
    )
    mark_buttons(
        item.title_id, lambda edge, frame: _trim(seen, item.item_id, manifest, edge, frame)
    )
    for edge, frame in (("in", item.start_frame), ("out", item.end_frame)):
        _steppers(seen, item, manifest, edge, frame)
    st.caption(
        f"{item.frames} frames, {float(item.frames / media.fps):.2f} s at "
        f"{float(media.fps):.3f} a second. Out is the first frame that is left out."
    )
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


def _steppers(seen: Shortlist, item: Item, manifest: Manifest, edge: str, frame: int) -> None:
    """Draw one end of the item: a box for a timecode or frame, and step buttons."""
    media = manifest.title.media
    name = f"{edge}.{item.item_id}"
    key = key_of(name, timecode(frame, media.fps, media.start_timecode))
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key=f"trim-{edge}"
    ):
        st.text_input(
            NAMES[edge],
            key=key,
            help="A timecode, or a number of frames from the film's first. Frame "
            f"{frame} of {manifest.frame_count}.",
            on_change=_typed,
            args=(seen, item.item_id, manifest, edge, key),
        )
        second = nominal_rate(media.fps)
        for by, words in ((-second, "−1 s"), (-1, "−1"), (1, "+1"), (second, "+1 s")):
            # Full names: a screen reader reads a button without the text next to it.
            st.button(
                f"{NAMES[edge]} {words}",
                key=f"{name} {by}",
                help=f"{NAMES[edge]} {_step_words(by, media.fps)}",
                on_click=_step,
                args=(seen, item.item_id, manifest, edge, by),
            )


def _step_words(by: int, fps: Fraction) -> str:
    length = "one frame" if abs(by) == 1 else f"one second ({nominal_rate(fps)} frames)"
    return f"{length} {'earlier' if by < 0 else 'later'}"


def _typed(seen: Shortlist, item_id: str, manifest: Manifest, edge: str, key: str) -> None:
    if not is_shown(key):
        return
    try:
        frame = frame_at(manifest.title.media, str(st.session_state[key]).strip())
    except ReelfindError as error:
        fail(str(error))
        return
    _trim(seen, item_id, manifest, edge, frame)


def _trim(seen: Shortlist, item_id: str, manifest: Manifest, edge: str, frame: int) -> None:
    """Move one end of an item to a frame."""
    media = manifest.title.media
    place = timecode(frame, media.fps, media.start_timecode)
    words = f"{NAMES[edge]} of {plain_name(seen, item_id, manifest)} at {place} (frame {frame})"
    st.session_state[_AT_OUT] = item_id if edge == "out" else None
    attempt(seen, words, lambda now: _with_end(now, item_id, manifest, edge, frame))


def _step(seen: Shortlist, item_id: str, manifest: Manifest, edge: str, by: int) -> None:
    """Move one end of an item by frames from its current place, so that fast clicks add up."""

    def edit(now: Shortlist) -> Shortlist:
        item = edits.item_named(now, item_id)
        frame = item.start_frame if edge == "in" else item.end_frame
        return _with_end(now, item_id, manifest, edge, max(0, frame + by))

    name = plain_name(seen, item_id, manifest)
    st.session_state[_AT_OUT] = item_id if edge == "out" else None
    attempt(seen, f"{NAMES[edge]} of {name} {_step_words(by, manifest.title.media.fps)}", edit)


def _with_end(now: Shortlist, item_id: str, manifest: Manifest, edge: str, frame: int) -> Shortlist:
    if edge == "in":
        return edits.trim(now, item_id, start_frame=frame)
    check_inside(manifest, frame)
    return edits.trim(now, item_id, end_frame=frame)


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
