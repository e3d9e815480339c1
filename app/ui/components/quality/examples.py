"""Examples of a class, with stills: what its probe found, took by mistake, and missed."""

from html import escape

import streamlit as st

from app.labelling.examples import ExamplePlace
from app.runtime import NotFoundError, Runtime
from indexer.versions import point_of
from probes.evaluation.records import ClassEvaluation, Example

_KINDS = (
    ("found", "Rightly at the top"),
    ("mistaken", "At the top by mistake"),
    ("missed", "At the bottom by mistake"),
)


def examples_of(
    runtime: Runtime, measured: ClassEvaluation, places: dict[int, ExamplePlace]
) -> None:
    """Draw the examples of a class that are known to lie somewhere."""
    for name, words in _KINDS:
        shown = [each for each in getattr(measured.examples, name) if each.row in places]
        if shown:
            cards = "".join(_card(runtime, each, places[each.row]) for each in shown)
            st.html(f'<section class="examples"><h4>{words}</h4><ul>{cards}</ul></section>')


def _card(runtime: Runtime, example: Example, place: ExamplePlace) -> str:
    """Return an example as a list item; everything that comes from films is escaped."""
    title = escape(place.title)
    told = f"<b>{title}</b><span>{escape(place.starts)} – {escape(place.ends)}</span>"
    try:
        manifest = runtime.manifest(place.title_id)
    except NotFoundError:
        return f'<li class="gone">{told}<span>No longer in the catalogue</span></li>'
    middle = (place.first + place.end - 1) // 2
    still = point_of(manifest, "shot", middle)
    return (
        f'<li><img src="/api/v1/stills/{still}" loading="lazy" alt="Still of {title} at '
        f'{escape(place.starts)}">{told}<span>score {example.score:.2f}, label '
        f"{example.label:g}</span></li>"
    )
