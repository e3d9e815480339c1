"""Muon for the hidden matrices, AdamW for all the rest."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer

from encoder.config import TrainingConfig
from encoder.model import Encoder


def import_ahead() -> None:
    """Let torch import what it does with the first optimizer of a process: it takes a second."""
    AdamW([nn.Parameter(torch.zeros(1))])


def make_optimizers(encoder: Encoder, training: TrainingConfig) -> list[Optimizer]:
    """Return the optimizers that together step every parameter once.

    Muon (Jordan 2024) orthogonalises the update of a hidden matrix. With the scaling of Liu
    et al. 2025 (``match_rms_adamw``) its updates are as large as AdamW's, and both share one
    learning rate. Weight decay is for matrices.
    """
    hidden, projections, others = split_parameters(encoder)
    adamw_groups = [
        {"params": projections, "weight_decay": training.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    rate, decay = training.learning_rate, training.weight_decay
    if not training.muon:
        adamw_groups.append({"params": hidden, "weight_decay": decay})
        return [AdamW(adamw_groups, lr=rate, betas=(0.9, 0.95), fused=True)]
    return [
        AdamW(adamw_groups, lr=rate, betas=(0.9, 0.95), fused=True),
        _muon(encoder)(hidden, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"),
    ]


class Float32Muon(Muon):
    """Torch's Muon with iterations in float32; takes ``match_rms_adamw`` and ignores others.

    Torch's are in bfloat16, which processors without instructions for it emulate: a step of an
    encoder of width 384 takes ten times as long.
    """

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Step each matrix with a gradient once."""
        del closure
        for group in self.param_groups:
            momentum, rate = group["momentum"], group["lr"]
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                state = self.state[matrix]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(matrix.grad)
                buffer = state["momentum_buffer"]
                buffer.lerp_(matrix.grad, 1 - momentum)
                update = orthogonal(
                    matrix.grad.lerp(buffer, momentum), group["ns_coefficients"], group["ns_steps"]
                )
                matrix.mul_(1 - rate * group["weight_decay"])
                matrix.add_(update, alpha=-0.2 * math.sqrt(max(matrix.shape)) * rate)


def orthogonal(matrix: Tensor, coefficients: Sequence[float], steps: int) -> Tensor:
    """Return ``matrix`` with singular values near 1, by Newton-Schulz iterations (Jordan 2024)."""
    a, b, c = coefficients
    wide = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    wide = wide / wide.norm().clamp(min=1e-7)
    for _ in range(steps):
        gram = wide @ wide.T
        wide = torch.addmm(wide, torch.addmm(gram, gram, gram, beta=b, alpha=c), wide, beta=a)
    return wide.T if matrix.shape[0] > matrix.shape[1] else wide


def _muon(encoder: Encoder) -> type[Muon]:
    slow = encoder.device.type == "cpu" and torch.backends.cpu.get_cpu_capability() != "AVX512"
    return Float32Muon if slow else Muon


def split_parameters(
    encoder: Encoder,
) -> tuple[list[nn.Parameter], list[nn.Parameter], list[nn.Parameter]]:
    """Return the hidden matrices, the projections, and all other parameters.

    Hidden are the matrices inside the blocks, where Muon belongs. "Every parameter of two
    axes" would take the input, [GLOBAL] and output projections and the positions too, which
    face the data and not the hidden states.
    """
    hidden = [p for p in encoder.blocks.parameters() if p.ndim == 2]
    ends = (encoder.project_in, encoder.project_metadata, encoder.project_out)
    projections = [p for end in ends for p in end.parameters() if p.ndim == 2]
    taken = {id(p) for p in (*hidden, *projections)}
    others = [p for p in encoder.parameters() if id(p) not in taken]
    cover = sorted(id(p) for p in (*hidden, *projections, *others))
    assert cover == sorted(map(id, encoder.parameters())), "each parameter in exactly one group"
    return hidden, projections, others


def learning_rate(step: int, training: TrainingConfig) -> float:
    """Return the rate of ``step`` (from 0): a linear rise, then half a cosine down to zero."""
    rise = round(training.steps * training.warmup)
    if step < rise:
        return training.learning_rate * (step + 1) / rise
    done = (step - rise) / max(training.steps - rise, 1)
    return training.learning_rate * (1 + math.cos(math.pi * done)) / 2


def write_state(optimizers: Sequence[Optimizer]) -> dict[str, Tensor]:
    """Return the optimizers' tensors by name: ``<optimizer>.<parameter>.<moment>``."""
    return {
        f"{number}.{parameter}.{name}": value
        for number, optimizer in enumerate(optimizers)
        for parameter, moments in optimizer.state_dict()["state"].items()
        for name, value in moments.items()
    }


def read_state(optimizers: Sequence[Optimizer], state: Mapping[str, Tensor]) -> None:
    """Set the optimizers to what ``write_state`` returned; other names are left alone."""
    for number, optimizer in enumerate(optimizers):
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            owner, _, rest = key.partition(".")
            if owner == str(number):
                parameter, _, name = rest.partition(".")
                moments.setdefault(int(parameter), {})[name] = value
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": moments, "param_groups": groups})
