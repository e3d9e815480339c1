"""Recipes: named ways to form and train an encoder, whatever its size and its data."""

from dataclasses import dataclass
from types import MappingProxyType

from encoder.config import Positions, TrainingConfig

PUBLISHED_WIDTH = 2304
"""Width of MediaFM's fused embeddings, 3 × 768: what profile ``full`` makes."""


@dataclass(frozen=True)
class Recipe:
    """What the options of a training run begin as; each option that is given replaces its own."""

    positions: Positions
    training: TrainingConfig


RECIPES = MappingProxyType(
    {
        "catalogue": Recipe(
            positions="rotary",
            training=TrainingConfig(
                batch_shots=1024,
                learning_rate=3e-4,
                weight_decay=0.3,
                muon=False,
                start="linear",
                patience=10,
            ),
        ),
        # Masking, objective, [CLS], [GLOBAL] and 512 shots are published, and all encoders have
        # them. The rates are not: they are the best from noise on CondensedMovies.
        "mediafm": Recipe(
            positions="learned",
            training=TrainingConfig(
                batch_shots=1024,
                learning_rate=3e-3,
                weight_decay=0.05,
                muon=True,
                mask_ratio=0.2,
                mask_span=1,
                start="noise",
                patience=10,
            ),
        ),
    }
)
"""``catalogue`` is the default, ``mediafm`` the published form (Netflix Technology Blog, 2026)."""
