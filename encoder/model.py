"""The encoder: a transformer over the shots of a title, trained by masked shot modelling.

The method is MediaFM's (Netflix Technology Blog): fused shot embeddings projected to the
model's width, a learned [CLS], the title's metadata as [GLOBAL], learned positions, a
BERT-like stack, and a projection back to the fused width. Depth and width are not published.
Pre-norm and separate query, key and value matrices are later practice: the one trains without
care, the other lets Muon orthogonalise each matrix on its own.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from encoder.config import EncoderConfig

PREFIX = 2
"""Positions before the shots: [CLS] and [GLOBAL]."""

ROTARY_BASE = 1000.0
"""The slowest pair of a rotary position turns once in about 6,000 shots."""

Rotation = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Encoded:
    """Hidden states after the final norm: ``cls`` [B, W] and ``shots`` [B, L, W]."""

    cls: Tensor
    shots: Tensor


class Attention(nn.Module):
    """Multi-head self-attention, in both directions, over the positions that are not padding."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def start_local(self) -> None:
        """Let every shot begin by reading its neighbours, which holds with rotary positions.

        A bias that queries and keys share gives two shots a score that falls with the distance
        over which rotation turns one away from the other.
        """
        nn.init.normal_(self.query.bias)
        with torch.no_grad():
            self.key.bias.copy_(self.query.bias)

    def forward(self, x: Tensor, keep: Tensor | None, rotation: Rotation | None) -> Tensor:
        """Read ``x`` [B, T, W]; ``keep`` [B, 1, 1, T] is True where a position may be read.

        None for ``keep`` reads every position, and lets a GPU take its fastest kernel.
        """
        read: Tensor = self.out(self.mix(x, keep, rotation))
        return read

    def mix(self, x: Tensor, keep: Tensor | None, rotation: Rotation | None) -> Tensor:
        """Return the values that each position reads, [B, T, W], before the output matrix."""
        # Three parameters in one product, so that ``x`` is read (and converted by autocast) once.
        projects = (self.query, self.key, self.value)
        weight = torch.cat([project.weight for project in projects])
        bias = torch.cat([project.bias for project in projects])
        q, k, v = (
            each.view(*each.shape[:-1], self.heads, -1).transpose(1, 2)
            for each in F.linear(x, weight, bias).chunk(3, dim=-1)
        )
        if rotation is not None:
            q, k = rotate(q, rotation), rotate(k, rotation)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=keep).transpose(1, 2).flatten(2)


class Block(nn.Module):
    """One pre-norm transformer layer: attention, then a GELU network four times as wide."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.mlp_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Tensor, keep: Tensor | None, rotation: Rotation | None) -> Tensor:
        """Return ``x`` [B, T, W] plus this layer's output."""
        x = x + self.attention(self.attention_norm(x), keep, rotation)
        mlp: Tensor = self.down(F.gelu(self.up(self.mlp_norm(x))))
        return x + mlp


class Encoder(nn.Module):
    """Shots in, shots in context out. There is no dropout: train and eval are the same.

    Shapes: B titles, L shots (padded), D fused width, M metadata width, W hidden width.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.project_in = nn.Linear(config.fused_dim, width)
        # No bias: a title without metadata (zeros) leaves nothing in [GLOBAL] but its position.
        self.project_metadata = nn.Linear(config.metadata_dim, width, bias=False)
        self.cls_token = nn.Parameter(torch.empty(width))
        self.mask_token = nn.Parameter(torch.empty(width))
        self.positions = (
            nn.Parameter(sinusoids(PREFIX + config.max_shots, width))
            if config.positions == "learned"
            else None
        )
        self.blocks = nn.ModuleList(Block(width, config.heads) for _ in range(config.depth))
        self.final_norm = nn.LayerNorm(width)
        self.project_out = nn.Linear(width, config.fused_dim)
        self._initialise()

    def encode(
        self,
        fused: Tensor,
        valid: Tensor | None,
        metadata: Tensor,
        hidden: Tensor | None = None,
    ) -> Encoded:
        """Embed every shot in the context of its title.

        Args:
            fused: [B, L, D], unit rows (or zeros where a shot has no modality at all).
            valid: [B, L] bool, True for shots, False for padding; None where nothing is
                padding. What padding holds changes no state of a shot; the states at padding
                mean nothing.
            metadata: [B, M] unit rows, or zeros for none.
            hidden: [B, L] bool, True where the learned [MASK] takes the place of the shot's
                input, so that nothing of the shot is left in it; None hides nothing.

        Raises:
            ValueError: ``fused`` is wider or narrower than the encoder's, or L > max_shots.
        """
        x, keep, rotation = self.enter(fused, valid, metadata, hidden)
        for block in self.blocks:
            x = block(x, keep, rotation)
        x = self.final_norm(x)
        return Encoded(cls=x[:, 0], shots=x[:, PREFIX:])

    def enter(
        self, fused: Tensor, valid: Tensor | None, metadata: Tensor, hidden: Tensor | None
    ) -> tuple[Tensor, Tensor | None, Rotation | None]:
        """Return the input of the first block, from the arguments of ``encode``."""
        self._check(fused)
        # A unit row has elements of 1/√D; the projections are made for elements of about 1.
        x = self.project_in(fused * math.sqrt(self.config.fused_dim))
        if hidden is not None:
            x = torch.where(hidden[..., None], self.mask_token, x)
        title = self.project_metadata(metadata * math.sqrt(self.config.metadata_dim))
        x = torch.cat([torch.stack([self.cls_token.expand_as(title), title], dim=1), x], dim=1)
        if self.positions is not None:
            x = x + self.positions[: x.shape[1]]
        keep = None if valid is None else F.pad(valid, (PREFIX, 0), value=True)[:, None, None]
        return x, keep, self._rotation(fused)

    def predict(self, states: Tensor) -> Tensor:
        """Predict fused embeddings [..., D] from ``states`` [..., W]; their length is free."""
        predicted: Tensor = self.project_out(states)
        return predicted

    def loss(self, predicted: Tensor, fused: Tensor, hidden: Tensor) -> Tensor:
        """Return the mean cosine distance over hidden shots, float32; 0 when none is hidden.

        Args:
            predicted: [..., D] of any length and floating type.
            fused: [..., D], what was there.
            hidden: [...] bool, True for the shots that count.
        """
        distance = 1 - F.cosine_similarity(predicted.float(), fused.float(), dim=-1)
        return torch.where(hidden, distance, 0).sum() / hidden.sum().clamp(min=1)

    def forward(
        self, fused: Tensor, valid: Tensor | None, metadata: Tensor, hidden: Tensor
    ) -> Tensor:
        """Predict the hidden shots alone, [hidden, D], in the order of ``fused[hidden]``.

        Four shots in five are visible and count for nothing in the loss.
        """
        return self.predict(self.encode(fused, valid, metadata, hidden).shots[hidden])

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.cls_token.device

    def _rotation(self, fused: Tensor) -> Rotation | None:
        """Return cosines and sines [T, W / heads / 2] by position, or None for learned ones."""
        if self.positions is not None:
            return None
        half = self.config.width // self.config.heads // 2
        rates = ROTARY_BASE ** (-torch.arange(half, device=fused.device) / half)
        angles = torch.arange(fused.shape[1], device=fused.device)[:, None] * rates
        angles = F.pad(angles, (0, 0, PREFIX, 0))  # [CLS] and [GLOBAL] are not rotated.
        return angles.cos().to(fused.dtype), angles.sin().to(fused.dtype)

    def _check(self, fused: Tensor) -> None:
        length, dim = fused.shape[1:]
        if dim != self.config.fused_dim:
            raise ValueError(
                f"fused embeddings are {dim} wide and the encoder's are {self.config.fused_dim}:"
                " they are of two profiles; fit an encoder to this one"
            )
        if length > self.config.max_shots:
            raise ValueError(f"{length} shots in a sequence of at most {self.config.max_shots}")

    def _initialise(self) -> None:
        """Start weights at 1/√(inputs), the last of each residual branch at zero."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=module.in_features**-0.5)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for module in self.modules():
            if isinstance(module, Block):
                nn.init.zeros_(module.attention.out.weight)
                nn.init.zeros_(module.down.weight)
                if self.positions is None:
                    module.attention.start_local()
        nn.init.normal_(self.cls_token)
        nn.init.normal_(self.mask_token)


def sinusoids(length: int, width: int) -> Tensor:
    """Return the positions of Vaswani et al. 2017, [length, width], as a start for learned ones.

    Which positions are neighbours need then not be learned from noise, and positions beyond
    the longest title of the training still mean something.
    """
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    angles = torch.arange(length)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def rotate(x: Tensor, rotation: Rotation) -> Tensor:
    """Turn the pairs (i, i + half) of ``x`` [B, heads, T, 2·half] by their positions' angles."""
    cos, sin = rotation
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def new_encoder(config: EncoderConfig, seed: int) -> Encoder:
    """Return an untrained encoder on the CPU; its weights depend on ``config`` and ``seed`` alone.

    torch's global generators are left as they were.
    """
    # torch.manual_seed would touch every GPU's generator too, which fork_rng does not restore.
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return Encoder(config)
