"""Ad briefs on a page: the form, whose fields are all in the address, and the clips and breaks."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, get_args

import streamlit as st

from app.ads.openrtb import Roll
from app.ads.records import AdBreak, AdBrief, AdCandidates, AdClip, LeftOut, Never, Reason
from app.runtime import Runtime
from app.ui.addresses import still_address
from app.ui.components.player import play_dialog
from app.ui.parts.break_lists import export_breaks
from app.ui.parts.cards import TITLE_PAGE
from app.ui.parts.shortlisting import open_adding
from app.ui.parts.words import counted, plain
from indexer.sections import AdSettings
from probes.tasks import AD_RELEVANCY, TONE, Task

ROLLS: tuple[Roll, ...] = get_args(Roll)
USUAL = AdBrief()


def brief_form(tasks: Mapping[str, Task], usual: AdSettings) -> AdBrief:
    """Draw the fields of a brief, and return the brief; pacing starts from the settings."""
    categories, tones = sorted(tasks[AD_RELEVANCY].class_names), sorted(tasks[TONE].class_names)
    text = _words(
        "What the ad should stand beside",
        "text",
        "people playing music, a family in a car",
        longest=1000,
        icon=":material/campaign:",
    )
    seeking, sparing = st.columns(2, gap="medium")
    with seeking:
        cat = _several("Categories to seek", "cat", categories)
        wanted = _several("Tones to seek", "tones", tones)
    with sparing:
        avoid = _several("Tones to avoid where possible", "avoid", tones)
        bcat = _several("Categories that are never beside it", "bcat", categories)
        never = _several("Tones that are never beside it", "never", tones)
    said = _words(
        "Words that are never said beside it, with commas between",
        "words",
        "gun, blood",
        longest=200,
    )
    rolls = st.pills(
        "Where breaks may be",
        ROLLS,
        selection_mode="multi",
        default=USUAL.rolls,
        key="rolls",
        bind="query-params",
    )
    return AdBrief(
        text=text,
        cat=cat,
        bcat=bcat,
        cattax=tasks[AD_RELEVANCY].cattax,
        tones=wanted,
        avoid=avoid,
        never=Never(tones=never, words=[word.strip() for word in said.split(",") if word.strip()]),
        rolls=rolls or USUAL.rolls,
        **_pacing(usual),
    )


_PACING = (
    ("min_distance", "Minimum gap between breaks (s)", 0.0),
    ("break_seconds", "Break length (s)", 1.0),
    ("max_per_hour", "Maximum breaks per hour", 1),
    ("max_load", "Maximum ads per hour (s)", 1.0),
    ("earliest", "No mid-roll in the first (s)", 0.0),
    ("clear_end", "No mid-roll in the last (s)", 0.0),
)
"""Fields of a brief, their labels, and the least that they take."""


def _pacing(usual: AdSettings) -> dict[str, Any]:
    """Draw the pacing rules, and return them by the brief's fields."""
    with st.expander("Pacing", icon=":material/schedule:"):
        columns = st.columns(2, gap="medium")
        return {
            name: columns[place % 2].number_input(
                label,
                least,
                value=getattr(usual, name),
                step=1 if isinstance(least, int) else 10.0,
                format="%d" if isinstance(least, int) else "%g",
                placeholder="No limit",
                key=name,
                bind="query-params",
            )
            for place, (name, label, least) in enumerate(_PACING)
        }


def _words(label: str, key: str, example: str, *, longest: int, icon: str | None = None) -> str:
    return st.text_input(
        label, key=key, bind="query-params", max_chars=longest, icon=icon, placeholder=example
    )


def _several(label: str, key: str, options: list[str]) -> list[str]:
    return st.multiselect(label, options, key=key, bind="query-params", placeholder="Any number")


def draw_answer(runtime: Runtime, answer: AdCandidates) -> None:
    """Draw the clips and breaks, best first."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(looked_words(answer), width="stretch")
        if answer.breaks:
            with st.popover("Export breaks", icon=":material/ios_share:"):
                export_breaks(answer, runtime.settings.ads.tag_url)
        st.download_button(
            "Download JSON",
            answer.model_dump_json(indent=1),
            "ad-candidates.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    breaks, clips = st.columns(2, gap="large")
    with breaks:
        st.header("Breaks", anchor=False)
        if not answer.breaks:
            st.info(
                "Fewer exclusions or a smaller distance leave more places.",
                icon=":material/search_off:",
                title="No break suits the brief",
            )
        for found in answer.breaks:
            _break(found)
    with clips:
        st.header("Clips", anchor=False)
        if not answer.clips:
            st.info("Fewer exclusions leave more.", icon=":material/search_off:", title="No clip")
        for suited in answer.clips:
            _clip(runtime, suited)


def looked_words(answer: AdCandidates) -> str:
    """Return a sentence on how many titles were analysed, and why some places cannot be breaks."""
    left: LeftOut = answer.left_out
    return (
        f"{counted(answer.titles, 'title')} looked at · {answer.took_ms:.0f} ms · places between "
        f"shots left out: {left.spoken:,} inside a spoken line, {left.unsafe:,} beside what is "
        f"excluded, {left.outside:,} where no break is wanted"
    )


def _break(found: AdBreak) -> None:
    key = f"{found.title_id}-{found.frame}"
    with st.container(border=True, gap="xsmall", key=f"break-{key}"):
        place = f"{found.roll} · {found.timecode}"
        stills = {"Last frame before": found.still_before, "First frame after": found.still_after}
        pictures = [(source, label) for label, source in stills.items() if source is not None]
        _head(f"about-{key}", found.title, found.title_id, found.frame, pictures, place)
        st.html(reasons_html(found.score, found.reasons))
        with st.popover("Bid request", icon=":material/data_object:", key=f"bid-{key}"):
            st.caption(
                "What the place decides of it, in OpenRTB 2.6's names. Estimates are under data, "
                "each with its confidence."
            )
            st.code(found.openrtb.model_dump_json(indent=1, exclude_none=True), language=None)


def _clip(runtime: Runtime, suited: AdClip) -> None:
    clip = suited.clip
    with st.container(border=True, gap="xsmall", key=f"suited-{clip.id}"):
        span = f"{clip.timecode_in} – {clip.timecode_out}"
        still = [(still_address(clip.id), "")]
        _head(f"about-{clip.id}", clip.title, clip.title_id, clip.start_frame, still, span)
        st.html(reasons_html(suited.score, suited.reasons))
        with st.container(horizontal=True, gap="small"):
            if st.button(
                "Play", key=f"play-{clip.id}", icon=":material/play_arrow:", type="tertiary"
            ):
                play_dialog([clip])
            if st.button(
                "Add to a shortlist",
                key=f"add-{clip.id}",
                icon=":material/playlist_add:",
                type="tertiary",
            ):
                open_adding(runtime, [clip])


def _head(
    key: str,
    title: str,
    title_id: str,
    frame: int,
    stills: Sequence[tuple[str, str]],
    place: str,
) -> None:
    """Draw stills, given as address and caption, and a link to a frame of their title."""
    with st.container(horizontal=True, gap="medium", key=key):
        for source, label in stills:
            st.html(
                f'<div class="title-still"><img src="{escape(source)}" loading="lazy" '
                f'alt="{label}" title="{label}"></div>',
                width="content",
            )
        with st.container(gap=None):
            address = {"id": title_id, "frame": str(frame)}
            st.page_link(TITLE_PAGE, label=plain(title), query_params=address)
            st.caption(plain(place))


def reasons_html(score: float, reasons: Sequence[Reason]) -> str:
    """Return a score and its parts, each with its meaning and weight."""
    rows = "".join(_reason_html(each) for each in reasons)
    return f'<div class="reasons"><p><b>{score:.2f}</b> of 1</p><ul>{rows}</ul></div>'


def _reason_html(reason: Reason) -> str:
    return (
        f'<li title="counts {reason.weight:g} times"><span>{escape(reason.part)}</span>'
        f'<span class="meter"><i style="width: {reason.value:.0%}"></i></span>'
        f"<b>{reason.value:.2f}</b><span>{escape(reason.told)}</span></li>"
    )
