"""Chooses the shots that masked shot modelling hides."""

import torch
from torch import Tensor


def draw_mask(
    candidates: Tensor, ratio: float, generator: torch.Generator, *, span: int = 1
) -> Tensor:
    """Choose the shots to hide: [B, L] bool, True where hidden.

    Of a title's n candidates round(ratio · n) are hidden, at least one and never all of them;
    a title with one candidate hides nothing, since no other shot could predict it.

    Args:
        candidates: [B, L] bool on the CPU, True for shots that may be hidden (no padding).
        ratio: share to hide; MediaFM and BERT hide little, 0.2 and 0.15.
        generator: of random numbers, on the CPU.
        span: length of the runs hidden together. 1 hides each shot independently, as
            published; adjacent shots are near-copies, and longer runs stop the model from
            copying the neighbour (SpanBERT, Joshi et al. 2020).
    """
    titles, length = candidates.shape
    counts = candidates.sum(dim=1)
    quotas = (counts * ratio).round().clamp(min=1).minimum(counts - 1).clamp(min=0)
    # Runs begin at a random phase; every run has one score, and the lowest scores are hidden.
    phases = torch.randint(span, (titles, 1), generator=generator)
    runs = (torch.arange(length) + phases) // span
    scores = torch.rand(titles, length // span + 2, generator=generator).gather(1, runs)
    scores = scores.masked_fill(~candidates, torch.inf)
    order = scores.argsort(dim=1, stable=True)
    chosen = torch.arange(length) < quotas[:, None]
    return torch.zeros_like(candidates).scatter(1, order, chosen)
