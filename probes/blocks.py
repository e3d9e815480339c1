"""The names of blocks, and which of them a probe chooses from."""

from collections.abc import Iterable

from probes.tasks import TaskLevel

PLACE = "place"
FUSED = "fused"
NEIGHBOURS = "neighbours"
FUSED_TITLE = "title fused"
CLIP_ONLY = "clip-only context"
WITHOUT_GLOBAL = "in context without [GLOBAL]"
IN_CONTEXT = "in context"
TITLE_FORM = "title form"
TITLE_IN_CONTEXT = "title in context"

PROBE = "probe"
"""The column of an evaluation for the probe, which chooses among the others."""

WITHOUT_EMBEDDING = frozenset({PLACE, TITLE_FORM})
BY_ENCODER = frozenset({IN_CONTEXT, TITLE_IN_CONTEXT})
"""Blocks that the encoder's context is in."""
BEYOND_THE_CLIP = frozenset({NEIGHBOURS, FUSED_TITLE})
"""Blocks with other shots of the title in them, by means alone."""
_OF_CLIPS = frozenset({PLACE, NEIGHBOURS})
_OF_TITLES = frozenset({TITLE_FORM, TITLE_IN_CONTEXT})


def block_names(level: TaskLevel, modalities: Iterable[str]) -> tuple[str, ...]:
    """Return the blocks that a probe of a task of this level chooses from, the simplest first."""
    if level == "title":
        return (TITLE_FORM, FUSED_TITLE, TITLE_IN_CONTEXT)
    names = tuple(modalities)
    return (
        PLACE,
        *(names if len(names) > 1 else ()),  # A single one is the fused embedding.
        *(FUSED, NEIGHBOURS, FUSED_TITLE, IN_CONTEXT),
    )


def columns(level: TaskLevel, names: Iterable[str]) -> list[str]:
    """Return those of some representations that a task of this level is measured on."""
    others = _OF_CLIPS if level == "title" else _OF_TITLES
    return [name for name in names if name not in others]


def context_words(read: Iterable[str]) -> str:
    """Return a sentence on the context that a probe of these blocks reads."""
    known = frozenset(read)
    if known & BY_ENCODER:
        return "It reads the encoder's context."
    if known & BEYOND_THE_CLIP:
        return "It reads means of other shots, and not the encoder's context."
    return "It reads no context."
