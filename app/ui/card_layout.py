"""The layout of hits. It is in the address with the search, so that a link shows the same."""

from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st

View = Literal["grid", "list"]
Density = Literal["roomy", "compact"]
VIEWS: tuple[View, ...] = get_args(View)
DENSITIES: tuple[Density, ...] = get_args(Density)


@dataclass(frozen=True)
class CardLayout:
    """A grid or a list, and the amount of detail for each hit."""

    view: View = "grid"
    density: Density = "roomy"

    @property
    def classes(self) -> str:
        """The class names for the cards' style sheet."""
        return f"{self.view} {self.density}"


def read_layout() -> CardLayout:
    """Return the layout in the address; unknown values are ignored."""
    view, density = st.query_params.get("view"), st.query_params.get("density")
    return CardLayout(
        next((each for each in VIEWS if each == view), CardLayout.view),
        next((each for each in DENSITIES if each == density), CardLayout.density),
    )


def write_layout(layout: CardLayout) -> None:
    """Put ``layout`` into the address; defaults are left out."""
    for name, value, usual in (
        ("view", layout.view, CardLayout.view),
        ("density", layout.density, CardLayout.density),
    ):
        if value == usual:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value
