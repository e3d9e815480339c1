"""The filter panel: scores, and the classes of each task with counts that follow the search."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import streamlit as st

from app.records import FacetCount, Facets
from app.search.filters import COMPARED
from app.search.request import SearchRequest
from app.ui import query
from app.ui.parts.words import plain
from indexer.traits import GROUPS
from probes.tasks import TONE, Task

LONGEST = 60.0
"""Seconds at the end of the slider; an address may hold more."""
DIALOGUE: dict[str, bool | None] = {"any": None, "1": True, "0": False}
KINDS = {
    "temperature": "Colour temperature",
    "camera": "Camera movement",
    "shot_size": "Shot size",
    "onscreen": "On screen",
    "sound": "Heard",
}
"""Labels that differ from the names of the fields."""
_DIALOGUE_NAMES = {"any": "Any", "1": "Spoken", "0": "Silent"}


def filter_panel(
    request: SearchRequest, facets: Facets, tasks: Mapping[str, Task], names: Mapping[str, str]
) -> None:
    """Draw the filters; ``names`` are those of titles and people by id."""
    st.subheader("Filters", anchor=False)
    _score(request, "worthiness", "Clip-worthiness (percentile)", "Within the catalogue")
    _score(request, "popularity", "Popularity (within title)", "Within its title")
    _length(request)
    _dialogue(request, facets)
    _traits(request, facets)
    if people := _with_chosen(facets.person, request.person):
        _pills("Person", "person", people, request, names=names)
    _tones(request, facets, tasks[TONE])
    _classes("Genre", "genre", facets.genre, request)
    _classes("Ad category", "ad_category", facets.ad_category, request, folded=True)
    _names("Title", "title", facets.title, request, names)
    _names("Series", "series", facets.series, request, {})
    _classes("Language", "language", facets.language, request)


def _score(request: SearchRequest, name: str, label: str, within: str) -> None:
    key = f"filter.{name}"
    min_, max_ = getattr(request, f"min_{name}"), getattr(request, f"max_{name}")
    st.session_state[key] = (min_ or 0.0, 1.0 if max_ is None else max_)
    st.slider(
        label,
        0.0,
        1.0,
        step=0.05,
        format="percent",
        key=key,
        help=f"{within}: 90 % leaves the best tenth. “Estimated” on a card means that no labels "
        "stand behind its scores: good for sorting and no more.",
        on_change=_bound,
        args=(name, 1.0),
    )


def _length(request: SearchRequest) -> None:
    min_, max_ = request.min_duration or 0.0, request.max_duration
    end = max(LONGEST, min_, max_ or 0.0)
    st.session_state["filter.duration"] = (min_, end if max_ is None else max_)
    st.slider(
        "Seconds",
        0.0,
        end,
        step=0.5,
        format="%g",
        key="filter.duration",
        help="The right end means as long as it may be.",
        on_change=_bound,
        args=("duration", end),
    )


def _bound(name: str, end: float) -> None:
    """Put both ends of a range into the address; an end that excludes nothing is left out."""
    min_, max_ = st.session_state[f"filter.{name}"]
    bounds = {
        f"min_{name}": round(min_, 2) or None,
        f"max_{name}": None if max_ >= end else round(max_, 2),
    }
    query.change(**bounds)


def _dialogue(request: SearchRequest, facets: Facets) -> None:
    counts = {each.value: each.count for each in facets.has_dialogue}
    st.session_state["filter.dialogue"] = next(
        name for name, value in DIALOGUE.items() if value is request.has_dialogue
    )

    def named(name: str) -> str:
        count = "" if name == "any" else f" :gray[{counts.get(name, 0)}]"
        return f"{_DIALOGUE_NAMES[name]}{count}"

    st.segmented_control(
        "Dialogue",
        list(DIALOGUE),
        key="filter.dialogue",
        required=True,
        format_func=named,
        on_change=_speak,
    )


def _speak() -> None:
    chosen = DIALOGUE[st.session_state["filter.dialogue"]]
    query.change(has_dialogue=chosen)


def _traits(request: SearchRequest, facets: Facets) -> None:
    """Draw the traits by group; a group is folded unless one of its kinds filters.

    A kind with a filter ``<kind>_none`` has its values a second time, to be without.
    """
    for group, kinds in GROUPS.items():
        shown = {
            name: counts
            for name in kinds
            if (counts := _with_chosen(getattr(facets, name), getattr(request, name)))
        }
        if not shown:
            continue
        fields = [field for field, compare in COMPARED.items() if compare.kind in shown]
        chosen = any(getattr(request, field) for field in fields)
        with st.expander(f"**{group}**", chosen, key=f"traits-{group}"):
            for name, counts in shown.items():
                _pills(KINDS.get(name, name.capitalize()), name, counts, request)
                if f"{name}_none" in fields:
                    _without(f"{name}_none", kinds[name], request)


def _tones(request: SearchRequest, facets: Facets, task: Task) -> None:
    """Draw the tones, folded by the vocabulary's groups."""
    counts = {each.value: each for each in facets.tone}
    counts |= {name: FacetCount(value=name, count=0) for name in request.tone if name not in counts}
    groups: dict[str, list[FacetCount]] = {}
    for each in task.classes:
        if each.name in counts:
            groups.setdefault(each.group, []).append(counts.pop(each.name))
    if counts:
        # A class from an older declaration of the task, when the title was indexed.
        groups.setdefault("", []).extend(counts.values())
    if not groups:
        return
    st.markdown("**Tone**")
    for group, own in sorted(groups.items(), key=lambda each: -sum(c.count for c in each[1])):
        chosen = any(each.value in request.tone for each in own)
        name = (group or "other").capitalize()
        label = f"{plain(name)} :gray[{sum(each.count for each in own)}]"
        with st.expander(label, chosen, key=f"tones-{group}"):
            _pills(name, "tone", own, request, collapsed=True)


def _classes(
    label: str,
    name: str,
    counts: Sequence[FacetCount],
    request: SearchRequest,
    *,
    folded: bool = False,
) -> None:
    chosen = getattr(request, name)
    shown = _with_chosen(counts, chosen)
    if not shown:
        return
    if folded:
        with st.expander(f"**{label}**", bool(chosen), key=f"classes-{name}"):
            _pills(label, name, shown, request, collapsed=True)
    else:
        _pills(label, name, shown, request)


def _with_chosen(counts: Sequence[FacetCount], chosen: Sequence[str]) -> list[FacetCount]:
    """Return the counts, with 0 for what filters and has none."""
    known = {each.value for each in counts}
    return [*counts, *(FacetCount(value=each, count=0) for each in chosen if each not in known)]


def _pills(
    label: str,
    name: str,
    counts: Sequence[FacetCount],
    request: SearchRequest,
    *,
    collapsed: bool = False,
    names: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Draw values, as ``names`` call them, as pills: hits need any of the pressed ones."""
    numbers = {each.value: each.count for each in counts}
    options = sorted(numbers, key=lambda value: (-numbers[value], value))
    key = f"filter.{name}.{label}"
    st.session_state[key] = [each for each in getattr(request, name) if each in numbers]
    st.pills(
        label,
        options,
        selection_mode="multi",
        key=key,
        format_func=lambda value: f"{plain(names.get(value, value))} :gray[{numbers[value]}]",
        label_visibility="collapsed" if collapsed else "visible",
        on_change=_press,
        args=(name, options, key),
    )


def _without(name: str, values: Sequence[str], request: SearchRequest) -> None:
    """Draw values as pills: hits have none of the pressed ones."""
    key = f"filter.{name}"
    st.session_state[key] = [each for each in values if each in getattr(request, name)]
    st.pills(
        "Without",
        values,
        selection_mode="multi",
        key=key,
        format_func=plain,
        on_change=_press,
        args=(name, values, key),
    )


def _press(name: str, options: Sequence[str], key: str) -> None:
    others = [each for each in getattr(query.latest(), name) if each not in options]
    query.change(**{name: [*others, *st.session_state[key]]})


def _names(
    label: str,
    name: str,
    counts: Sequence[FacetCount],
    request: SearchRequest,
    names: Mapping[str, str],
) -> None:
    """Draw a box to type names into, for fields with hundreds of values."""
    chosen = [names.get(each, each) for each in getattr(request, name)]
    numbers = {each.value: each.count for each in counts} | {
        each: 0 for each in chosen if each not in {count.value for count in counts}
    }
    if not numbers:
        return
    key = f"filter.{name}"
    st.session_state[key] = chosen
    st.multiselect(
        label,
        sorted(numbers, key=lambda value: (-numbers[value], value)),
        key=key,
        format_func=lambda value: f"{value} ({numbers[value]})",
        placeholder="Any",
        on_change=_press,
        args=(name, [*numbers, *getattr(request, name)], key),
    )
