"""The brief: what an ad should stand beside, and what it must not. All of it is in the address."""

from collections.abc import Mapping
from typing import get_args

import streamlit as st

from app.ads.openrtb import Roll
from app.ads.records import AdBrief, Never
from probes.tasks import AD_RELEVANCY, TONE, Task

ROLLS: tuple[Roll, ...] = get_args(Roll)
USUAL = AdBrief()


def brief_form(tasks: Mapping[str, Task]) -> AdBrief:
    """Draw the fields of a brief, and return what they say."""
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
        distance = st.number_input(
            "Seconds between two breaks of a title, at least",
            0.0,
            1e6,
            float(USUAL.min_distance),
            step=10.0,
            format="%g",
            key="min_distance",
            bind="query-params",
        )
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
        min_distance=distance,
        rolls=rolls or USUAL.rolls,
    )


def _words(label: str, key: str, example: str, *, longest: int, icon: str | None = None) -> str:
    return st.text_input(
        label, key=key, bind="query-params", max_chars=longest, icon=icon, placeholder=example
    )


def _several(label: str, key: str, options: list[str]) -> list[str]:
    return st.multiselect(label, options, key=key, bind="query-params", placeholder="Any number")
