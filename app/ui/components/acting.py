"""What happens when somebody acts on a hit: the same wherever hits are shown."""

import streamlit as st

from app.runtime import Runtime
from app.ui.components.hits import Act
from app.ui.components.labelling import said_of, set_thumb, tone_dialog
from app.ui.components.player import play_dialog
from app.ui.components.shortlisting import open_adding
from probes.tasks import TONE

TITLE_PAGE = "views/title.py"


def act_on(runtime: Runtime, act: Act) -> None:
    """Play, label, add to a shortlist, or open; what a search alone can do is its own."""
    match act.what:
        case "play":
            play_dialog(act.hit)
        case "thumb":
            set_thumb(act.hit, runtime.tasks, act.value)
        case "tones":
            tone_dialog(act.hit, said_of([act.hit])[act.hit.id], runtime.tasks[TONE])
        case "shortlist":
            open_adding(runtime, [act.hit])
        case "open":
            address = {"id": act.hit.title_id, "frame": str(act.hit.start_frame)}
            st.switch_page(TITLE_PAGE, query_params=address)
