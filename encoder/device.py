"""Where torch computes."""

import torch


def best_device() -> torch.device:
    """Return an NVIDIA GPU where there is one, else the GPU of a Mac, else the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
