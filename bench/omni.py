"""What profile omni costs for an hour of film: operations and memory, counted and not measured.

    python -m bench.omni

Qwen2.5-Omni-7B's parameters are counted from its configuration, shots and frames of an hour are
those of ``docs/results/measurements.md``. ``docs/scale.md`` has the output; a test keeps it equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from transformers import Qwen2_5OmniThinkerConfig

from bench.scale import MEASUREMENTS, Assumptions, FilmHour, measured
from indexer.backbones.omni import CELL, FRAME_PIXELS
from indexer.backbones.omni_memory import GB, memory, parameters

PATCHES = 4
"""Patches of a picture that make one token."""
SOUND_TOKENS = 25
"""Tokens of a second of sound; the network for sound has twice as many steps."""
ASKED = 40
"""Tokens around what is read: the instruction."""
SAID = 12
"""Tokens of dialogue of a shot, about: 1.5 for a word, of which ``bench.scale`` assumes 8."""


def config() -> Qwen2_5OmniThinkerConfig:
    """Return the published model's configuration: the library's, but for the width for pictures."""
    return Qwen2_5OmniThinkerConfig(
        vision_config={"hidden_size": 1280},
        audio_config={},
        text_config={},
    )


@dataclass(frozen=True)
class Tokens:
    """Tokens of an hour that the language model reads: of shots, of pictures and lines alone."""

    shots: float
    pictures: float
    lines: float


def tokens(film: FilmHour) -> Tokens:
    """Return the tokens of an hour of film."""
    frame = round(FRAME_PIXELS / CELL**2) + 2
    seen, heard = film.frames * frame, 3600 * SOUND_TOKENS
    around = film.shots * (ASKED + SAID)
    return Tokens(seen + heard + around, seen + film.frames * ASKED, around)


def rows(film: FilmHour, assumed: Assumptions) -> Iterator[tuple[str, str]]:
    """Yield what an hour of film takes, with its name."""
    shape = config()
    counted = parameters(shape)
    words = shape.get_text_config().vocab_size * shape.get_text_config().hidden_size
    read = tokens(film)
    # Two operations for each parameter and token; embedding a token takes none.
    language = 2 * (counted["language_model"] - words)
    pictures = 2 * counted["visual"] * film.frames * FRAME_PIXELS / CELL**2 * PATCHES
    sound = 2 * counted["audio_tower"] * 3600 * 2 * SOUND_TOKENS
    together = language * read.shots + pictures + sound
    alone = language * (read.pictures + read.lines) + pictures
    yield "parameters of the language model", f"{counted['language_model'] / GB:.2f} billion"
    yield "parameters for pictures", f"{counted['visual'] / GB:.2f} billion"
    yield "parameters for sound", f"{counted['audio_tower'] / GB:.2f} billion"
    half = memory(shape, torch.bfloat16)
    yield "memory on a GPU, in bfloat16", f"{half / GB:.1f} GB"
    yield "memory on a processor, in float32", f"{2 * half / GB:.1f} GB"
    yield "tokens of an hour, shots as a whole", f"{read.shots:,.0f}"
    yield "tokens of an hour, pictures and dialogue alone", f"{read.pictures + read.lines:,.0f}"
    yield "operations, shots as a whole", f"{together / 1e15:.1f} × 10¹⁵"
    yield "operations, pictures and dialogue alone", f"{alone / 1e15:.1f} × 10¹⁵"
    seconds = (together + alone) / (assumed.gpu_teraflop_per_second * 1e12)
    yield (
        f"minutes on a GPU that sustains {assumed.gpu_teraflop_per_second:g} × 10¹² a second",
        f"{seconds / 60:.0f}",
    )


def table() -> str:
    """Return the rows as a table in Markdown."""
    film = measured(MEASUREMENTS.read_text(encoding="utf-8"))
    lines = [f"| {name} | {value} |" for name, value in rows(film, Assumptions())]
    return "\n".join(["| An hour of film with profile `omni` | |", "|---|---|", *lines])


if __name__ == "__main__":
    print(table())
