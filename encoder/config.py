"""The shape of an encoder and of its training: one frozen record each, and the presets."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

Modalities = tuple[tuple[str, int], ...]
"""Names and widths of the modality embeddings inside a fused one, in order."""

Positions = Literal["learned", "rotary"]
Start = Literal["linear", "noise"]

TEXT = "text"
"""The modality that tells shots with timed text from those without."""


class _Json:
    """JSON for a frozen dataclass of numbers and tuples of numbers; unknown names are refused."""

    def to_json(self) -> str:
        """Return the record as one JSON object with sorted names."""
        return json.dumps(asdict(self), sort_keys=True)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the record that ``to_json`` wrote; fields added since take their defaults.

        Raises:
            ValueError: not an object, a name this version does not know, or a value out of range.
        """
        values: Any = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError(f"{cls.__name__}: expected a JSON object")
        unknown = values.keys() - {field.name for field in fields(cls)}  # type: ignore[arg-type]
        if unknown:
            raise ValueError(f"{cls.__name__}: unknown names {sorted(unknown)}")
        return cls(**{name: _frozen(value) for name, value in values.items()})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


@dataclass(frozen=True)
class EncoderConfig(_Json):
    """The whole shape of an encoder: two encoders with equal configs have equal tensors.

    ``fused_dim`` is the width of a fused embedding, ``metadata_dim`` of a title's metadata
    embedding, ``width`` of the hidden states. ``modalities`` may be empty, when they are not known.
    """

    fused_dim: int
    metadata_dim: int
    width: int
    depth: int
    heads: int
    max_shots: int = 512
    """Shots in one sequence; a longer title is read in windows of this length."""
    modalities: Modalities = ()
    positions: Positions = "learned"
    """Learned is as published. Rotary (Su et al. 2021) is the same wherever a shot lies, which a
    few hundred shots suffice to train."""

    def __post_init__(self) -> None:
        sizes = (self.fused_dim, self.metadata_dim, self.width, self.depth, self.heads)
        if min(*sizes, self.max_shots) < 1:
            raise ValueError(f"every size of an encoder must be at least 1: {self}")
        if self.width % (2 * self.heads):
            raise ValueError(f"width {self.width} must be an even multiple of heads {self.heads}")
        if self.positions not in ("learned", "rotary"):
            raise ValueError(f'positions must be "learned" or "rotary", not {self.positions!r}')
        if self.modalities and sum(width for _, width in self.modalities) != self.fused_dim:
            raise ValueError(f"modalities {self.modalities} do not add up to {self.fused_dim}")


@dataclass(frozen=True)
class TrainingConfig(_Json):
    """How an encoder is trained. The same record, titles and threads give the same weights."""

    steps: int = 2000
    batch_shots: int = 8192
    """Most positions, padding included, in one step; titles fill it up in random order."""
    learning_rate: float = 1e-3
    """Peak rate, for Muon and AdamW alike."""
    weight_decay: float = 0.01
    muon: bool = True
    """Muon for hidden matrices, as published; False gives them to AdamW with all the rest."""
    warmup: float = 0.1
    """Share of the steps over which the rate rises, before its cosine decay to zero."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    mask_ratio: float = 0.2
    """Share of a title's shots that is hidden, as published."""
    mask_span: int = 1
    """Length of the runs of shots that are hidden together; 1 hides independently."""
    modality_dropout: float = 0.0
    """Chance that one modality of a title's input is zeroed; needs ``modalities``."""
    start: Start = "noise"
    """``noise`` begins with random weights that predict the mean of all shots; ``linear`` with the
    best linear guess (``encoder.start``), which takes rotary positions and far fewer steps."""
    validate_every: int = 100
    """Steps between two validations, each followed by saving the state of the training."""
    patience: int = 0
    """Validations without a better one after which training stops; 0 goes through all steps."""
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.steps, self.batch_shots, self.mask_span, self.validate_every) < 1:
            raise ValueError(
                f"steps, batch_shots, mask_span and validate_every must be at least 1: {self}"
            )
        if min(self.patience, self.seed) < 0:
            raise ValueError(f"patience and seed must not be negative: {self}")
        if self.start not in ("linear", "noise"):
            raise ValueError(f'start must be "linear" or "noise", not {self.start!r}')
        if not 0 < self.mask_ratio < 1:
            raise ValueError(f"mask_ratio must lie between 0 and 1, not {self.mask_ratio}")
        if not (0 <= self.warmup <= 1 and 0 <= self.modality_dropout <= 1):
            raise ValueError(f"warmup and modality_dropout must lie in 0…1: {self}")
        rates = (self.learning_rate, self.clip)
        if not (all(0 < each < math.inf for each in rates) and 0 <= self.weight_decay < math.inf):
            raise ValueError(f"learning_rate and clip must be positive, and finite: {self}")


def catalogue(modalities: Modalities, metadata_dim: int) -> EncoderConfig:
    """Return the encoder that is fitted to a user's catalogue on a CPU in seconds."""
    config = _shape(modalities, metadata_dim, width=128, depth=3, heads=4)
    return replace(config, positions="rotary")


def tiny(modalities: Modalities, metadata_dim: int) -> EncoderConfig:
    """Return about 5 million parameters."""
    return _shape(modalities, metadata_dim, width=256, depth=5, heads=4)


def small(modalities: Modalities, metadata_dim: int) -> EncoderConfig:
    """Return about 30 million parameters."""
    return _shape(modalities, metadata_dim, width=512, depth=8, heads=8)


def base(modalities: Modalities, metadata_dim: int) -> EncoderConfig:
    """Return about 110 million parameters."""
    return _shape(modalities, metadata_dim, width=768, depth=15, heads=12)


def _shape(
    modalities: Modalities, metadata_dim: int, *, width: int, depth: int, heads: int
) -> EncoderConfig:
    fused_dim = sum(size for _, size in modalities)
    return EncoderConfig(fused_dim, metadata_dim, width, depth, heads, modalities=modalities)


PRESETS: dict[str, Callable[[Modalities, int], EncoderConfig]] = {
    "catalogue": catalogue,
    "tiny": tiny,
    "small": small,
    "base": base,
}
"""Presets by name, each a function of the modalities and the metadata's width."""


CATALOGUE_RATE = 5e-4
"""On half a film, twice and four times this rate predict the other half ever worse, though they
fit their own half better."""


def catalogue_training(shots: int) -> TrainingConfig:
    """Return how an encoder is fitted to a catalogue of ``shots`` shots.

    The number of steps grows with the catalogue between two bounds: seconds on two cores for a
    few films, two or three minutes for any number. AdamW steps all matrices: they are so small that
    Muon's iterations would take 40 % of the time, in operations too short for two cores.
    """
    return TrainingConfig(
        steps=min(max(shots // 20, 100), 1500),
        batch_shots=512,
        learning_rate=CATALOGUE_RATE,
        muon=False,
        start="linear",
    )
